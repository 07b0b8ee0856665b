"""Steelyard: a marketplace back end driven by one hand-written OpenAPI document."""
