"""Promotions: the discounts of codes, and their conditions."""
