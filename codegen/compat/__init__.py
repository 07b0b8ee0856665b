"""Checks that the contract and the SDK keep the promises of the newest release."""
