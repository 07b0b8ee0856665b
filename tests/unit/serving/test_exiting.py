"""A signal before a server handles signals: it is never lost, and no temporary folder stays."""

import signal
from pathlib import Path

import pytest

from tests.kit.servers.processes import python

SIGNALLED_IN_A_CALLBACK = """
import signal, sys, weakref
from steelyard.serving import exiting, temporary_folders

class Thing:
    pass

exiting.exit_at_signals()
with temporary_folders.folder("steelyard-test-"):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: signal.raise_signal(int(sys.argv[1])))
    del thing
    print("survived")
"""


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_in_a_callback_that_drops_exceptions_ends_the_process(tmp_path: Path, number: signal.Signals) -> None:
    environment = {"TMPDIR": str(tmp_path)}
    async with python("-c", SIGNALLED_IN_A_CALLBACK, str(int(number)), folder=tmp_path, environment=environment) as process:
        assert await process.ended() == 128 + number

    assert process.printed == []
    assert is_empty(tmp_path)


async def test_an_ignored_interrupt_stays_ignored(tmp_path: Path) -> None:
    ignoring = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)" + SIGNALLED_IN_A_CALLBACK
    async with python("-c", ignoring, str(int(signal.SIGINT)), folder=tmp_path, environment={"TMPDIR": str(tmp_path)}) as process:
        assert await process.ended() == 0

    assert process.printed == ["survived\n"]
