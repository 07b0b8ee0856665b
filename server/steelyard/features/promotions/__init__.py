"""Promotions: what a discount code gives, and to whom."""
