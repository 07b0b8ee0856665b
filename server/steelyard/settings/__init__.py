"""The settings of a process: one frozen object, from arguments, variables and files."""

from steelyard.settings.base import variable
from steelyard.settings.loading import SettingsError, load_settings
from steelyard.settings.model import Settings
from steelyard.settings.security import SECRET_BYTES

__all__ = ("SECRET_BYTES", "Settings", "SettingsError", "load_settings", "variable")
