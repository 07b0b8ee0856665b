"""The gates run in a process that has the code of their contract, which `python -m tests.contracts` starts."""

import os

from tests.contracts.subject import ENVIRONMENT

collect_ignore = [] if ENVIRONMENT in os.environ else ["gates"]
