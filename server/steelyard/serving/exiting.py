"""Exiting at once: at a signal before the server handles signals, and then at the second signal."""

import os
import signal
from typing import NoReturn

from steelyard.serving import temporary_folders


def exit_at_signals() -> None:
    """Exit at SIGTERM and SIGINT from now on. As the first process of a container, this one would ignore a SIGTERM without a handler.

    An ignored SIGINT stays ignored, because a shell ignores it for its background jobs.
    """
    signal.signal(signal.SIGTERM, exit_now)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, exit_now)


def exit_now(number: int, _: object = None) -> NoReturn:
    """Exit, without temporary folders to stay behind. What was committed is safe.

    An exception would not do: Python drops those that a handler raises inside a finalizer, and the signal would be lost.
    """
    temporary_folders.remove_all()
    os._exit(128 + number)
