"""Timeouts for tests of outcomes, which must also pass on a busy machine."""

from typing import Any

PATIENT: dict[str, Any] = dict.fromkeys(
    (
        "operation_timeout_s",
        "pool_acquire_timeout_s",
        "database_command_timeout_s",
        "database_statement_timeout_s",
        "database_lock_timeout_s",
        "sqlite_busy_timeout_s",
    ),
    60,
)
