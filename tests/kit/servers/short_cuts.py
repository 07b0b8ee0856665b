"""The short cuts that an operator can switch off. `nox -s tests -- --plain` runs the suite without them."""

import os
from typing import Any

ENVIRONMENT = "STEELYARD_TEST_PLAIN"
# Those by which simultaneous requests share a statement or a transaction.
SHARING = ("database_shared_reads", "database_group_commit")
SHORT_CUTS = (
    *SHARING,
    "database_direct_calls",
    "database_pipelining",
    "whole_responses",
    "immediate_dependencies",
    "item_cache",
)
# The settings that every server and database of the kit starts from. A test that sets one of them overrides it.
BASE_SETTINGS: dict[str, Any] = dict.fromkeys(SHORT_CUTS, False) if os.environ.get(ENVIRONMENT) else {}
