"""The event log, its feed and the audit log."""
