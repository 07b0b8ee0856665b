"""The filter `q` of listUsers, alike on both databases: the text occurs in the name or the e-mail, in any case."""

from steelyard.db.search_text import fold


def search_text(name: str, email: str) -> str:
    return fold(f"{name}\n{email}")
