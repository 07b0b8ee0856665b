"""Checks of settings, machine and neighbours before and while a server runs; `checks/` has one module per subject."""
