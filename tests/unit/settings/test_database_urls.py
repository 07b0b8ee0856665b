"""Database URLs: what operators write, what drivers get, and what a message may show."""

import pytest

from steelyard.settings.database_urls import address, canonical


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgresql://u:p@h:5433/d", "postgresql://u:p@h:5433/d"),
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql://h", "postgresql://h/"),
        ("postgresql://u:p%40ss@h/d", "postgresql://u:p%40ss@h/d"),
        ("postgresql://u:p@ss@h/d", "postgresql://u:p%40ss@h/d"),
        ("postgresql://u@h1:5432,h2:5433/d", "postgresql://u@h1:5432,h2:5433/d"),
        ("postgresql://u@[::1]:5432/d", "postgresql://u@[::1]:5432/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"),
        ("postgresql+asyncpg://u@h/d?ssl=require", "postgresql://u@h/d?sslmode=require"),
        ("postgresql://u@h/d?ssl=true", "postgresql://u@h/d?sslmode=require"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=%2Frun%2Fpostgresql"),
        ("sqlite:///market.db", "sqlite:///market.db"),
        ("sqlite:////srv/market.db", "sqlite:////srv/market.db"),
        ("sqlite+aiosqlite:///market.db", "sqlite:///market.db"),
    ],
)
def test_every_spelling_of_a_url_becomes_the_same(written: str, read: str) -> None:
    assert canonical(written) == read
    assert canonical(read) == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("mysql://u:hunter2@h/d", "neither PostgreSQL nor SQLite"),
        ("", "neither PostgreSQL nor SQLite"),
        ("postgresql:/h/d", "host and port cannot be read"),
        ("postgresql://u:hunter2@h:port/d", "host and port cannot be read"),
        ("postgresql://u:hunter2@h:99999/d", "host and port cannot be read"),
        ("postgresql://u:hunter2/x@h/d", "percent-encoded"),
        ("postgresql://u:hunter2#x@h/d", "percent-encoded"),
        ("postgresql://u:hunter2?x@h/d", "percent-encoded"),
        ("postgresql://u:hunter2@h/d?channel_binding=require", "no parameter channel_binding"),
        ("postgresql://u@h/d?password=hunter2&pool_size=5", "no parameter pool_size"),
        ("sqlite://", "Write sqlite:///steelyard.db"),
        ("sqlite://market.db", "Write sqlite:///steelyard.db"),
        ("sqlite:market.db", "Write sqlite:///steelyard.db"),
        ("sqlite:///", "a database in memory"),
        ("sqlite:///:memory:", "a database in memory"),
        ("sqlite:///file::memory:", "a database in memory"),
        ("sqlite:///market.db?mode=ro", "has no parameters"),
    ],
)
def test_an_invalid_url_is_rejected_and_not_quoted(written: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        canonical(written)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:hunter2@h:5433/d", "h:5433/d"),
        ("postgresql://u@h/d?password=hunter2", "h/d"),
        ("postgresql:///?host=/run/postgresql&dbname=d&password=hunter2", "/run/postgresql/d"),
        ("postgresql://u:hunter2@/d", "localhost/d"),
        ("postgresql://u:hunter2@h1,h2:1/d", "h1,h2:1/d"),
        ("sqlite:////srv/market.db", "/srv/market.db"),
    ],
)
def test_the_shown_address_has_neither_user_nor_password(url: str, shown: str) -> None:
    assert address(canonical(url)) == shown
