"""A tag and operations whose names are words of Python."""


async def import_() -> None:
    """Nothing."""


async def del_() -> None:
    """Nothing."""
