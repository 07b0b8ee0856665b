"""What the SDK offered in its last wheel it still offers, or its version and the changelog say so."""

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
def today() -> Surface:
    return surface(*(ROOT / folder for folder in FOLDERS))


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdk")
    for package in (HAND, MADE):
        shutil.copytree(ROOT / package, folder / package)
    return folder


@pytest.fixture
def copy(copied: Path) -> Iterator[Path]:
    """A copy of the SDK, as it was again afterwards."""
    kept = {file: file.read_bytes() for file in copied.rglob("*.py")}
    yield copied
    for file in copied.rglob("*.py"):
        file.unlink()
    for file, content in kept.items():
        file.write_bytes(content)


def exchange(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")


def found_in(folder: Path, before: Surface) -> list[Change]:
    return list(sdk.changes(before, surface(*(folder / one for one in FOLDERS))))


def told(found: list[Change]) -> list[str]:
    return [f"{one.level}: {one.place} {one.what}" for one in found]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_is_what_it_is_to_users(edit: Edit, copy: Path, today: Surface) -> None:
    exchange(copy, edit.file, edit.old, edit.new)

    found = found_in(copy, today)

    assert (versions.level(found) if found else None) == edit.level, told(found)
    assert any(edit.told in one for one in told(found)) == (edit.level is not None), told(found)
    assert all(one.reason is not None for one in found if one.level == "breaking")


def test_there_are_many_edits_of_each_kind_and_none_twice() -> None:
    levels = Counter(edit.level for edit in EDITS)

    assert len({edit.name for edit in EDITS}) == len(EDITS)
    assert levels["breaking"] >= 30
    assert levels["addition"] >= 5
    assert levels[None] >= 15


def test_a_module_may_move_where_nobody_names_it(copy: Path, today: Surface) -> None:
    (copy / HAND / "retry.py").rename(copy / HAND / "again.py")
    for file in copy.rglob("*.py"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("steelyard_runtime.retry", "steelyard_runtime.again").replace("from .retry", "from .again"), "utf-8")

    assert told(found_in(copy, today)) == []


def test_a_module_that_users_import_stays_where_it_is(copy: Path, today: Surface) -> None:
    (copy / MADE / "webhooks.py").rename(copy / MADE / "deliveries.py")
    exchange(copy, f"{MADE}/__init__.py", "webhooks", "deliveries")

    assert told(found_in(copy, today)) == ["breaking: webhooks is gone", "addition: deliveries is new"]


def test_both_clients_and_every_resource_are_compared(today: Surface) -> None:
    assert {"Steelyard.items", "AsyncSteelyard.items", "Items.list", "AsyncItems.list", "Call.operation", "Stream.iter_bytes"} <= set(
        today.names
    )
    assert not [name for name in today.names if name.rpartition(".")[2].startswith("_") and not name.endswith("__")]


def test_an_sdk_is_compatible_with_itself(copied: Path, today: Surface) -> None:
    assert found_in(copied, today) == []


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


def test_a_list_that_is_written_into_is_of_exactly_one_kind() -> None:
    assert covers("Sequence[int | None]", "Sequence[int]")
    assert not covers("list[int | None]", "list[int]")
    assert not covers("tuple[int, int]", "tuple[int]")


# -- version and changelog -----------------------------------------------------------------------------------------------
GONE = Change("breaking", "sdk", "", "AsyncSteelyard.to_curl", "is gone", "steelyard_runtime/client.py:9 of the release")
NEW = Change("addition", "sdk", "", "Steelyard.ping", "is new", "steelyard_runtime/client.py:9")
# The contract's own comparison asks for words about what is new in it.
GENERATED = Change("addition", "sdk", "", "models.Item.colour", "is new", "steelyard_client/models/items.py:9")
OPERATION = Change("breaking", "sdk", "", "calls.list_items", "demands `q`", "steelyard_client/api/items.py:9")


@pytest.mark.parametrize(
    ("found", "version", "section", "complaint"),
    [
        ([], "1.0.0", "", None),
        ([GONE], "1.9.0", "to_curl", "breaks in the SDK since 1.0.0, so this is 2.0.0 or later, not 1.9.0"),
        ([GONE], "2.0.0", "nothing of interest, nor Steelyard.to_curls", "does not name Steelyard.to_curl."),
        ([GONE], "2.0.0", "`Steelyard.to_curl(call)` is gone", None),
        ([NEW], "1.0.1", "Steelyard.ping", "is new in the SDK since 1.0.0, so this is 1.1.0 or later, not 1.0.1"),
        ([NEW], "1.1.0", "", "does not name Steelyard.ping."),
        ([NEW], "1.1.0", "one can now ask: Steelyard.ping.", None),
        ([GENERATED], "1.0.0", "", "this is 1.1.0 or later"),
        ([GENERATED], "1.1.0", "", None),
        ([OPERATION], "2.0.0", "listItems wants to know what for", None),
        ([OPERATION, GONE], "2.0.0", "", "does not name Steelyard.to_curl, list_items."),
    ],
)
def test_version_and_changelog_say_what_has_changed(
    found: list[Change], version: str, section: str, complaint: str | None, tmp_path: Path
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(f"# Changes\n\n## Contract {version}\n{section}\n\n## Older\nSteelyard.to_curl Steelyard.ping\n", "utf-8")

    complaints = sdk.complaints("1.0.0", version, found, changelog)

    assert len(complaints) == (complaint is not None)
    assert complaint is None or complaint in complaints[0]


def test_the_wheel_of_the_newest_release_counts(tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0"):
        (tmp_path / version).mkdir()
        zipfile.ZipFile(tmp_path / version / f"steelyard_client-{version}-py3-none-any.whl", "w").close()

    newest = sdk.newest(tmp_path)

    assert newest is not None
    assert newest.parent.name == "1.10.0"
    assert sdk.newest(tmp_path / "1.9.0") is None


def test_the_command_names_what_breaks_and_fails(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "generated" / "server", copy / "generated" / "server")
    places = ("--target", str(copy / "generated"), "compat", "--alone", "--sdk", str(copy / "client"))
    kept = main(list(places))
    exchange(copy, f"{HAND}/client.py", "    def sign_out(self)", "    def log_out(self)")

    broken = main(list(places))

    assert (kept, broken) == (0, 1)
    printed = capsys.readouterr()
    assert "breaking: is gone\n    Steelyard.sign_out\n    at   steelyard_runtime/client.py:" in printed.out
    assert "    Now: Keep the name until the next major version" in printed.out
    assert f"so this is 2.0.0 or later, not {CONTRACT_VERSION}" in printed.err
