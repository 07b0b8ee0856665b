"""Steelyard: a marketplace back end that is compiled from its contract."""
