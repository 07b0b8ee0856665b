"""A release never changes; a later bundle has the version, the changelog and the notice that its changes require."""

import json
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.__main__ import main
from codegen.compat import check, deprecations, released, versions
from codegen.compat.changes import Change, Level
from codegen.contract.bundle import bundle, to_text
from codegen.contract.deprecations import deprecation, headers
from codegen.contract.yaml import ContractError
from tests.kit.codegen.contracts import FILES, written
from tests.kit.codegen.small_sdk import sdk
from tests.kit.project import ROOT

TODAY = date(2027, 3, 1)
DEPRECATED = "deprecated: true\n    x-deprecation: {since: 2027-01-10, sunset: %s, use: createThing}\n    summary: A thing"
REMOVED = (
    FILES["paths/things.yaml"]
    .partition("thing:\n")[0]
    .replace("get: {operationId: getThing, parameters: {thing_id: $response.body#/id}}", "{}")
)


class Project:
    """A small contract, its bundle, its releases and its changelog, in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.source, self.target, self.folder, self.changelog = (folder / name for name in ("source", "target", "released", "CHANGELOG.md"))
        self.bundled = self.target / "server" / "steelyard_contract" / "openapi.json"
        self.sdk, self.sdks = folder / "sdk", folder / "sdks"
        self.bundled.parent.mkdir(parents=True)
        self.changelog.write_text("# Changes\n", "utf-8")
        self.edit()

    def edit(self, *replaced: tuple[str, str, str], version: str = "1.0.0", removed: bool = False) -> None:
        """Write the contract with texts replaced in its files."""
        root = written(self.source)
        for name, old, new in (*replaced, ("openapi.yaml", "version: 1.0.0", f"version: {version}")):
            file = self.source / name
            assert old in file.read_text("utf-8")
            file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
        if removed:
            (self.source / "paths" / "things.yaml").write_text(REMOVED, "utf-8")
            (self.source / "examples" / "getThing.yaml").unlink()
            root.write_text(root.read_text("utf-8").replace("  /things/{thing_id}: {$ref: 'paths/things.yaml#/thing'}\n", ""), "utf-8")
        self.bundled.write_text(to_text(bundle(root)), "utf-8")

    def note(self, text: str) -> None:
        self.changelog.write_text(f"# Changes\n\n{text}\n", "utf-8")

    def release(self) -> None:
        released.release(self.bundled.read_bytes(), self.folder)

    def compare(self, today: date = TODAY) -> check.Comparison:
        return check.compare(self.bundled, self.folder, self.changelog, today, None)

    def run(self, *command: str) -> int:
        places = ("--contract", self.source / "openapi.yaml", "--target", self.target)
        folders = ["--released", self.folder, "--changelog", self.changelog, "--sdk", self.sdk, "--sdks", self.sdks]
        return main([*map(str, places), *command, *map(str, folders)])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


NEW_VALUE = ("schemas/things.yaml", "enum: [solid, liquid]", "enum: [solid, liquid, gas]")
NEW_MEMBER = (
    "schemas/things.yaml",
    "    note: {",
    "    colour: {type: string, description: Any., maxLength: 9, pattern: '^[a-z]*$', examples: [red]}\n    note: {",
)
NEW_WORDING = ("paths/things.yaml", "summary: Weigh a thing", "summary: Put a thing on the scales")


# -- versions ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("edit", "least", "below"),
    [(NEW_VALUE, "2.0.0", "1.9.9"), (NEW_MEMBER, "1.1.0", "1.0.9"), (NEW_WORDING, "1.0.1", "1.0.0")],
)
def test_a_change_requires_a_version(project: Project, edit: tuple[str, str, str], least: str, below: str) -> None:
    project.release()
    project.note(f"## {least}\ncreateThing and getThing\n\n## {below}\ncreateThing and getThing")

    for version, fits in ((least, True), ("3.0.0", True), (below, False)):
        project.edit(edit, version=version)
        complaints = [line for line in project.compare().complaints if "changelog" not in line.lower()]

        assert (complaints == []) == fits, complaints
        assert fits or f"this is {least} or later, not {below}" in complaints[0]


def test_changed_bytes_without_a_change_require_a_patch(project: Project) -> None:
    project.release()
    project.bundled.write_bytes(project.bundled.read_bytes().replace(b"\n", b"\n\n"))

    assert "Bytes have changed since 1.0.0, so this is 1.0.1 or later" in project.compare().complaints[0]


def test_a_lower_version_is_rejected(project: Project) -> None:
    project.edit(version="1.4.0")
    project.release()
    project.edit(version="1.3.0")

    assert "this is 1.4.1 or later, not 1.3.0" in project.compare().complaints[0]


@pytest.mark.parametrize(("level", "least"), [("breaking", "2.0.0"), ("addition", "1.10.0"), ("wording", "1.9.4")])
def test_versions_are_compared_as_numbers(level: Level, least: str) -> None:
    assert versions.least("1.9.3", level) == least
    assert versions.parsed(least) > versions.parsed("1.9.3")


@pytest.mark.parametrize("version", ["1.0", "1.0.0-rc1", "01.0.0", "v1.0.0", ""])
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(ContractError, match="is no version"):
        versions.parsed(version)


# -- changelog -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("## Unreleased\n* createThing takes a colour.", "no section for 1.1.0"),
        ("## 11.1.0\n* createThing takes a colour.", "no section for 1.1.0"),
        ("## 1.1.0\n* Colours.\n\n## 1.0.0\n* createThing weighs.", "does not name createThing"),
        ("## 1.1.0\n* createThings takes a colour.", "does not name createThing"),
        ("## 1.1.0\n* createThing takes a colour.", None),
        ("## Contract 1.1.0, 2027-03-01\n### Added\n* `createThing` takes a colour.", None),
    ],
)
def test_the_changelog_names_each_changed_operation(project: Project, text: str, complaint: str | None) -> None:
    project.release()
    project.edit(NEW_MEMBER, version="1.1.0")
    project.note(text)

    complaints = project.compare().complaints

    assert complaints == [] if complaint is None else complaint in complaints[0]


def test_two_words_name_every_operation(project: Project) -> None:
    project.release()
    project.edit(NEW_VALUE, version="2.0.0")
    project.note("## 2.0.0\n* Things may be a gas, in every operation.")

    assert project.compare().complaints == []


def test_two_words_do_not_name_a_single_operation(project: Project) -> None:
    project.release()
    project.edit(NEW_MEMBER, version="1.1.0")
    project.note("## 1.1.0\n* Every operation.")

    assert "does not name createThing" in project.compare().complaints[0]


def test_the_wording_of_a_shared_part_concerns_no_operation() -> None:
    shared = Change("wording", "description", "getThing", "response 200", "has changed", "/components/schemas/Thing")
    own = Change("wording", "summary", "createThing", "", "has changed", "/paths/~1things/post/summary")

    assert versions.touched([shared, own]) == ["createThing"]


# -- releases ------------------------------------------------------------------------------------------------------------
def test_before_the_first_release_every_bundle_is_compatible(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.run("compat", "--alone") == 0
    assert "There is no release yet" in capsys.readouterr().out


def test_the_changelog_of_the_first_release_names_every_operation(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for text, complaint in (("", "no section for 1.0.0"), ("## 1.0.0\ncreateThing.", "does not name getThing")):
        project.note(text)

        assert project.run("release") == 1
        assert complaint in capsys.readouterr().err
    assert not project.folder.exists()


def test_the_section_of_the_newest_release_stays(project: Project) -> None:
    project.release()
    project.note("## Unreleased\n")

    assert "no section for 1.0.0" in project.compare().complaints[0]


def test_the_released_bundle_is_compatible(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.note("## 1.0.0\ncreateThing, getThing")
    sdk(project.sdk, "1.0.0", released.digest(project.bundled.read_bytes()))

    assert project.run("release") == 0
    assert [file.name for file in (project.sdks / "1.0.0").iterdir()] == ["steelyard_client-1.0.0-py3-none-any.whl"]
    assert (project.folder / "1.0.0.json").read_bytes() == project.bundled.read_bytes()
    assert project.run("compat", "--alone") == 0
    assert "1.0.0 against the release 1.0.0: nothing has changed." in capsys.readouterr().out


def test_a_contract_is_released_with_its_sdk_or_not_at_all(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.note("## 1.0.0\ncreateThing, getThing")
    sdk(project.sdk, "0.9.0", released.digest(project.bundled.read_bytes()))

    assert project.run("release") == 1
    assert "has the version 0.9.0, not 1.0.0" in capsys.readouterr().err
    assert not project.folder.exists()


def test_the_newest_release_has_the_highest_number(project: Project) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        project.edit(version=version)
        project.release()

    assert project.compare().release == "1.10.0"


def test_a_version_is_released_once(project: Project) -> None:
    project.release()
    project.edit(NEW_WORDING)

    with pytest.raises(ContractError, match="released already"):
        project.release()


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda folder: (folder / "1.0.0.json").write_text("{}"), "1.0.0.json differs from the release"),
        (lambda folder: (folder / "1.0.0.json").unlink(), "1.0.0.json was released and is missing"),
        (lambda folder: (folder / "0.9.0.json").write_text("{}"), "0.9.0.json is no release"),
    ],
)
def test_an_altered_release_is_reported(project: Project, spoil: Any, complaint: str) -> None:
    project.release()
    project.edit(version="1.0.1")
    project.release()
    project.note("## 1.0.1\nNothing.")
    assert project.compare().complaints == []

    spoil(project.folder)

    assert complaint in project.compare().complaints[0]


def test_sha256sum_checks_the_released_files(project: Project) -> None:
    project.release()

    done = subprocess.run(
        ["sha256sum", "--check", "--strict", released.SUMS], cwd=project.folder, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "1.0.0.json: OK\n")


def test_a_stale_bundle_is_not_released(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.bundled.write_text("{}", "utf-8")

    assert project.run("release") == 1
    assert "Run `nox -s generate` first" in capsys.readouterr().err
    assert not project.folder.exists()


def test_a_breaking_change_is_not_released_as_a_minor_version(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codegen.__main__._second_opinion", lambda _old, _new: [])
    project.release()
    project.edit(NEW_VALUE, version="1.1.0")

    assert project.run("release") == 1
    assert "this is 2.0.0 or later" in capsys.readouterr().err
    assert not (project.folder / "1.1.0.json").exists()


def test_the_report_has_operation_place_change_reason_and_way_out(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.release()
    project.edit(NEW_VALUE)

    assert project.run("compat", "--alone") == 1
    printed = capsys.readouterr()
    for text in (
        'breaking: "gas" is new',
        "createThing response 201 kind",
        "at   #/components/schemas/Kind",
        "Why: Callers get",
        "Now: Keep",
    ):
        assert text in printed.out
    assert "this is 2.0.0 or later, not 1.0.0" in printed.err


# -- deprecation ---------------------------------------------------------------------------------------------------------
def deprecating(sunset: str) -> tuple[str, str, str]:
    return ("paths/things.yaml", "summary: A thing", DEPRECATED % sunset)


def test_a_deprecation_is_an_addition_with_all_its_headers(project: Project) -> None:
    project.release()
    project.edit(deprecating("2027-09-01"), version="1.1.0")
    project.note("## 1.1.0\ngetThing is deprecated.")

    comparison = project.compare()

    assert comparison.complaints == []
    assert {(change.level, change.kind) for change in comparison.changes} == {("addition", "deprecation")}


def test_the_withdrawal_of_a_deprecation_is_an_addition(project: Project) -> None:
    project.edit(deprecating("2027-09-01"))
    project.release()
    project.edit(version="1.1.0")

    assert {change.level for change in project.compare().changes} == {"addition"}


@pytest.mark.parametrize(("sunset", "level"), [("2027-08-01", "breaking"), ("2027-10-01", "addition")])
def test_an_earlier_sunset_is_a_breaking_change(project: Project, sunset: str, level: Level) -> None:
    project.edit(deprecating("2027-09-01"))
    project.release()
    project.edit(deprecating(sunset), version="1.0.1")

    assert [(change.level, change.kind) for change in project.compare().changes] == [(level, "deprecation")]


def test_a_major_version_keeps_a_deprecated_operation_until_its_sunset(project: Project) -> None:
    project.edit(deprecating("2027-09-01"))
    project.release()
    project.edit(version="2.0.0", removed=True)
    project.note("## 2.0.0\ngetThing is gone, and createThing does not lead to it.")

    before, after = project.compare(date(2027, 8, 31)), project.compare(date(2027, 9, 1))

    assert before.complaints == ["getThing: GET /things/{thing_id} is gone, but has to stay until 2027-09-01. Restore it."]
    assert after.complaints == []
    assert "breaking" in {change.level for change in after.changes}


def test_an_operation_is_not_removed_without_notice(project: Project) -> None:
    project.release()
    project.edit(version="2.0.0", removed=True)
    project.note("## 2.0.0\ngetThing is gone, and createThing does not lead to it.")

    (complaint,) = project.compare().complaints

    assert complaint.startswith("getThing: GET /things/{thing_id} is gone without notice. Restore it, release it as deprecated")


def test_the_notice_starts_at_the_day_of_the_release() -> None:
    node = {"x-deprecation": {"since": "2027-01-10", "sunset": "2027-09-01", "use": "other"}}

    assert deprecations.short_notice({}, {"things": node}, date(2027, 3, 5)) == []
    (late,) = deprecations.short_notice({}, {"things": node}, date(2027, 3, 6))
    assert late == "/things: a release announces a sunset 180 days ahead, so its sunset is 2027-09-02 or later, not 2027-09-01."
    assert deprecations.short_notice({"things": node}, {"things": node}, date(2027, 9, 1)) == []


def test_a_release_with_a_near_sunset_is_rejected(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit(deprecating("2020-09-01"))
    project.note("## 1.0.0\nEvery operation.")

    assert project.run("compat", "--alone") == 0
    assert project.run("release") == 1
    assert "a release announces a sunset 180 days ahead" in capsys.readouterr().err


def test_only_a_major_version_removes_an_operation_after_its_sunset(project: Project) -> None:
    project.edit(deprecating("2027-09-01"))
    project.release()
    project.edit(version="1.1.0", removed=True)

    assert "this is 2.0.0 or later" in project.compare(date(2027, 9, 1)).complaints[0]


def test_a_deprecated_member_stays_until_its_sunset(project: Project) -> None:
    note = (
        "schemas/things.yaml",
        "note: {",
        "note: {deprecated: true, x-deprecation: {since: 2027-01-10, sunset: 2027-09-01, use: kind}, ",
    )
    project.edit(note)
    project.release()
    text = next(line for line in FILES["schemas/things.yaml"].splitlines() if line.startswith("    note: {"))
    project.edit(("schemas/things.yaml", f"{text}\n", ""), ("schemas/things.yaml", "\n  then: {required: [note]}", ""), version="2.0.0")

    assert "createThing body note: is gone, but has to stay until 2027-09-01. Restore it." in project.compare().complaints


def test_overdue_reports_parts_that_outlive_their_sunset(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.edit(deprecating("2020-01-01"))

    assert project.run("compat", "--alone") == 0
    assert project.run("compat", "--alone", "--overdue") == 1
    assert "/paths/~1things~1{thing_id}/get: its sunset was 2020-01-01" in capsys.readouterr().err


def test_a_part_is_not_overdue_on_the_day_of_its_sunset() -> None:
    node = json.loads('{"items": [{"x-deprecation": {"since": "2027-01-10", "sunset": "2027-09-01", "use": "other"}}]}')

    assert deprecations.overdue(node, date(2027, 9, 1)) == []
    assert deprecations.overdue(node, date(2027, 9, 2)) == ["/items/0: its sunset was 2027-09-01. Remove it, or move its sunset away."]


def test_the_guide_shows_the_headers_that_are_sent() -> None:
    page = (ROOT / "docs" / "guide" / "versions.md").read_text("utf-8")
    (written_down,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (shown,) = re.findall(r"```\n(Deprecation.*?)\n```", page, re.DOTALL)

    announced = deprecation(yaml.safe_load(written_down.replace("2027-01-10", "'2027-01-10'").replace("2027-09-01", "'2027-09-01'")))

    assert announced is not None
    assert announced.use == "listItems"
    sent = headers(announced)
    lines = dict(line.split(": ", 1) for line in shown.splitlines())
    assert {name: lines[name] for name in ("Deprecation", "Sunset")} == {
        name: sent[name]["schema"]["const"] for name in ("Deprecation", "Sunset")
    }
    assert re.search(sent["Link"]["schema"]["pattern"], lines["Link"])
