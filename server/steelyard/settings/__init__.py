"""The settings of a process: one frozen object, from arguments, variables and files."""

from steelyard.settings.loading import SECRET_BYTES, Settings, SettingsError, variable

__all__ = ("SECRET_BYTES", "Settings", "SettingsError", "variable")
