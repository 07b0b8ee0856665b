"""Tests made from the laws of the contract, for any operation: `x-filter`, `x-order`, `x-read`, `x-unique`, `x-case`, `x-once`, writes."""
