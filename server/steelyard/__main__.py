"""`python -m steelyard` and the installed `steelyard` are the command line."""

import signal


def main() -> None:
    """Load the command line, then run it. Ctrl-C while it loads ends the process without a traceback of imports."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from steelyard.cli import main as cli  # noqa: PLC0415  # the reason for this function
    from steelyard.serving.exiting import exit_at_signals  # noqa: PLC0415

    exit_at_signals()
    cli.main()


if __name__ == "__main__":
    main()
