"""Which rate class lets more requests pass. The document has no quotas, so little can be decided."""

# The classes that all contracts have, the widest first. Others limit single operations further.
WIDEST = ("none", "default")


def is_wider(name: str, other: str) -> bool:
    """Whether the first one certainly lets all requests pass that the other lets pass."""
    first, second = (WIDEST.index(each) if each in WIDEST else len(WIDEST) for each in (name, other))
    return first < second
