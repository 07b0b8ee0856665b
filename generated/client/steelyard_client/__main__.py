# `nox -s generate`: never edit.
"""The command line: `python -m steelyard_client login URL`."""

import sys

from steelyard_runtime.login_command import main

from .login import in_browser

if __name__ == "__main__":
    sys.exit(main("steelyard_client", in_browser))
