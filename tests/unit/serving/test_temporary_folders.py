"""Temporary folders: gone at the end, and after a process that was killed at the next start."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from steelyard.serving import temporary_folders
from tests.kit.servers.processes import python

PREFIX = "steelyard-test-"
HOLDS_ONE = f"""
import threading
from steelyard.serving import temporary_folders
with temporary_folders.folder({PREFIX!r}) as folder:
    (folder / "kept").write_text("something")
    print(folder, flush=True)
    threading.Event().wait(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Stopped(Exception):
    """Raised by the handler of SIGTERM, between any two steps."""


@pytest.fixture
def raising_handler() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    yield
    signal.signal(signal.SIGTERM, before)


def signalled(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, with a SIGTERM just after it."""

    def called(*arguments: Any, **named: Any) -> Any:
        result = call(*arguments, **named)
        signal.raise_signal(signal.SIGTERM)
        return result

    return called


def listed(place: Path) -> set[Path]:
    return set(place.iterdir())


def test_a_folder_is_gone_at_the_end_also_after_an_error(place: Path) -> None:
    with suppress(KeyError), temporary_folders.folder(PREFIX) as folder:
        (folder / "file").touch()
        assert listed(place) == {folder}
        raise KeyError

    assert listed(place) == set()


@pytest.mark.parametrize(
    ("step", "tempdir_is_known"),
    [((os, "open"), False), ((tempfile, "mkdtemp"), True), ((os, "unlink"), True)],
    ids=["tried", "made", "removed"],
)
@pytest.mark.usefixtures("raising_handler")
def test_a_signal_while_a_folder_is_made_or_removed_leaves_nothing(
    place: Path, step: tuple[Any, str], tempdir_is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not tempdir_is_known:
        monkeypatch.setattr(tempfile, "tempdir", None)
        monkeypatch.setenv("TMPDIR", str(place))
    module, name = step
    monkeypatch.setattr(module, name, signalled(getattr(module, name)))

    with pytest.raises(Stopped), temporary_folders.folder(PREFIX) as folder:
        (folder / "file").touch()

    assert listed(place) == set()


def test_folders_that_are_in_use_stay(place: Path) -> None:
    with temporary_folders.folder(PREFIX) as first, temporary_folders.folder(PREFIX) as second:
        assert listed(place) == {first, second}


async def test_the_folder_of_a_killed_process_is_removed_at_the_next_start(place: Path) -> None:
    async with python("-c", HOLDS_ONE, folder=place, environment={"TMPDIR": str(place)}) as process:
        left = Path((await process.line(PREFIX)).strip())
        process.signal(signal.SIGKILL)
        await process.ended()
    assert (left / "kept").exists()

    with temporary_folders.folder(PREFIX) as folder:
        assert listed(place) == {folder}


def test_files_links_and_other_folders_stay(place: Path) -> None:
    (place / f"{PREFIX}file").touch()
    (place / "other").mkdir()
    (place / f"{PREFIX}elsewhere").symlink_to(place / "other")

    with temporary_folders.folder(PREFIX):
        pass

    assert {each.name for each in place.iterdir()} == {f"{PREFIX}file", "other", f"{PREFIX}elsewhere"}


FORKS = f"""
import os
from contextlib import ExitStack
from steelyard.serving import temporary_folders
kept = ExitStack()
folder = kept.enter_context(temporary_folders.folder({PREFIX!r}))
if os.fork() == 0:
    temporary_folders.remove_all()
    kept.close()
    os._exit(0)
os.wait()
print(folder.exists(), flush=True)
kept.close()
print(folder.exists(), flush=True)
"""


async def test_a_forked_process_does_not_remove_the_folder(tmp_path: Path) -> None:
    async with python("-c", FORKS, folder=tmp_path, environment={"TMPDIR": str(tmp_path)}) as process:
        assert await process.ended() == 0

    assert process.stdout == ["True\n", "False\n"]
