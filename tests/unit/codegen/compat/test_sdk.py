"""The SDK still has every public name of its newest wheel, or its version and the changelog state the change."""

import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.compat import sdk, versions
from codegen.compat.annotations import covers
from codegen.compat.changes import Change
from codegen.compat.surface import Surface, surface
from steelyard_client import CONTRACT_VERSION
from tests.kit.project import ROOT
from tests.unit.codegen.compat.sdk_edits import EDITS, HAND, MADE, Edit

FOLDERS = ("client", "generated/client")
WHEELS = ROOT / "tests" / "sdk" / "released"


@pytest.fixture(scope="module")
def current() -> Surface:
    return surface(*(ROOT / folder for folder in FOLDERS))


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdk")
    for package in (HAND, MADE):
        shutil.copytree(ROOT / package, folder / package)
    return folder


@pytest.fixture
def copy(copied: Path) -> Iterator[Path]:
    """A copy of the SDK, restored after the test."""
    kept = {file: file.read_bytes() for file in copied.rglob("*.py")}
    yield copied
    for file in copied.rglob("*.py"):
        file.unlink()
    for file, content in kept.items():
        file.write_bytes(content)


def replace(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")


def changes_in(folder: Path, before: Surface) -> list[Change]:
    return list(sdk.changes(before, surface(*(folder / name for name in FOLDERS))))


def texts(changes: list[Change]) -> list[str]:
    return [f"{change.level}: {change.place} {change.what}" for change in changes]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_has_its_level_for_users(edit: Edit, copy: Path, current: Surface) -> None:
    replace(copy, edit.file, edit.old, edit.new)

    changes = changes_in(copy, current)

    assert (versions.level(changes) if changes else None) == edit.level, texts(changes)
    assert any(edit.message in text for text in texts(changes)) == (edit.level is not None), texts(changes)
    assert all(change.reason is not None for change in changes if change.level == "breaking")


def test_there_are_many_edits_of_each_level_and_none_twice() -> None:
    levels = Counter(edit.level for edit in EDITS)

    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert levels["breaking"] >= 30
    assert levels["addition"] >= 5
    assert levels[None] >= 15


def test_a_private_module_may_move(copy: Path, current: Surface) -> None:
    (copy / HAND / "retry.py").rename(copy / HAND / "again.py")
    for file in copy.rglob("*.py"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("steelyard_runtime.retry", "steelyard_runtime.again").replace("from .retry", "from .again"), "utf-8")

    assert texts(changes_in(copy, current)) == []


def test_a_public_module_that_moves_is_a_breaking_change(copy: Path, current: Surface) -> None:
    (copy / MADE / "webhooks.py").rename(copy / MADE / "deliveries.py")
    replace(copy, f"{MADE}/__init__.py", "webhooks", "deliveries")

    assert texts(changes_in(copy, current)) == ["breaking: webhooks is gone", "addition: deliveries is new"]


def test_both_clients_and_every_resource_are_compared(current: Surface) -> None:
    assert {"Steelyard.items", "AsyncSteelyard.items", "Items.list", "AsyncItems.list", "Call.operation", "Stream.iter_bytes"} <= set(
        current.names
    )
    assert not [name for name in current.names if name.rpartition(".")[2].startswith("_") and not name.endswith("__")]


def test_an_sdk_is_compatible_with_itself(copied: Path, current: Surface) -> None:
    assert changes_in(copied, current) == []


# -- annotations ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("int | None", "int"),
        ("Optional[str]", "None | str"),
        ("Union[int, str]", "str | int"),
        ("str", "Literal['a', 'b']"),
        ("Literal['b', 'a', 'c'] | Unset", "Unset | Literal['a', 'b']"),
        ("Any", "dict[str, int]"),
        ("float", "int"),
        ("Sequence[int | None]", "list[int]"),
        ("Mapping[str, float]", "dict[str, int]"),
        ("datetime.date", "date"),
        ("list", "list[int]"),
        ("NotRequired[int | str]", "int"),
        ("Callable[[], str]", "Callable[[], str]"),
    ],
)
def test_an_annotation_covers_another_and_not_the_other_way_round(wide: str, narrow: str) -> None:
    assert covers(wide, narrow)
    assert covers(narrow, wide) == (wide in {"Optional[str]", "Union[int, str]", "datetime.date", "Callable[[], str]"})


def test_an_annotation_of_a_list_covers_no_list_of_a_wider_type() -> None:
    assert covers("Sequence[int | None]", "Sequence[int]")
    assert not covers("list[int | None]", "list[int]")
    assert not covers("tuple[int, int]", "tuple[int]")


# -- version and changelog -----------------------------------------------------------------------------------------------
GONE = Change("breaking", "sdk", "", "AsyncSteelyard.to_curl", "is gone", "steelyard_runtime/client.py:9 of the release")
NEW = Change("addition", "sdk", "", "Steelyard.ping", "is new", "steelyard_runtime/client.py:9")
# The comparison of the contract requires the mention of this addition.
GENERATED = Change("addition", "sdk", "", "models.Item.colour", "is new", "steelyard_client/models/items.py:9")
OPERATION = Change("breaking", "sdk", "", "calls.list_items", "requires `q`", "steelyard_client/api/items.py:9")


@pytest.mark.parametrize(
    ("changes", "version", "section", "complaint"),
    [
        ([], "1.0.0", "", None),
        ([GONE], "1.9.0", "to_curl", "The SDK has a breaking change since 1.0.0, so this is 2.0.0 or later, not 1.9.0"),
        ([GONE], "2.0.0", "nothing of interest, nor Steelyard.to_curls", "does not name Steelyard.to_curl."),
        ([GONE], "2.0.0", "`Steelyard.to_curl(call)` is gone", None),
        ([NEW], "1.0.1", "Steelyard.ping", "The SDK has an addition since 1.0.0, so this is 1.1.0 or later, not 1.0.1"),
        ([NEW], "1.1.0", "", "does not name Steelyard.ping."),
        ([NEW], "1.1.0", "A call checks the connection: Steelyard.ping.", None),
        ([GENERATED], "1.0.0", "", "this is 1.1.0 or later"),
        ([GENERATED], "1.1.0", "", None),
        ([OPERATION], "2.0.0", "listItems requires a search text", None),
        ([OPERATION, GONE], "2.0.0", "", "does not name Steelyard.to_curl, list_items."),
    ],
)
def test_version_and_changelog_have_to_fit_the_changes(
    changes: list[Change], version: str, section: str, complaint: str | None, tmp_path: Path
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(f"# Changes\n\n## Contract {version}\n{section}\n\n## Older\nSteelyard.to_curl Steelyard.ping\n", "utf-8")

    complaints = sdk.complaints("1.0.0", version, changes, changelog)

    assert len(complaints) == (complaint is not None)
    assert complaint is None or complaint in complaints[0]


def test_the_newest_wheel_has_the_highest_version(tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0"):
        (tmp_path / version).mkdir()
        zipfile.ZipFile(tmp_path / version / f"steelyard_client-{version}-py3-none-any.whl", "w").close()

    newest = sdk.newest(tmp_path)

    assert newest is not None
    assert newest.parent.name == "1.10.0"
    assert sdk.newest(tmp_path / "1.9.0") is None


def test_the_command_prints_a_breaking_change_and_fails(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "generated" / "server", copy / "generated" / "server")
    places = ("--target", str(copy / "generated"), "compat", "--alone", "--sdk", str(copy / "client"))
    kept = main(list(places))
    replace(copy, f"{HAND}/client.py", "    def sign_out(self)", "    def log_out(self)")

    broken = main(list(places))

    assert (kept, broken) == (0, 1)
    printed = capsys.readouterr()
    assert "breaking: is gone\n    Steelyard.sign_out\n    at   steelyard_runtime/client.py:" in printed.out
    assert "    Now: Keep the name until the next major version" in printed.out
    assert f"so this is 2.0.0 or later, not {CONTRACT_VERSION}" in printed.err
