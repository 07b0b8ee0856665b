"""The tag `odd_words`."""
