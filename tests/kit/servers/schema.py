"""The schema of the tables, without migrations: it is faster to create, and the migrated schema is compared with it."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlalchemy import MetaData, create_mock_engine
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.schema import ExecutableDDLElement

from steelyard import tables
from steelyard.db.columns import metadata as of_the_product
from steelyard.db.database import Database

# Substrings are found by trigrams on PostgreSQL.
EXTENSIONS = {"postgresql": ["CREATE EXTENSION IF NOT EXISTS pg_trgm"], "sqlite": []}


def import_tables() -> None:
    """Import every module of tables, so that the metadata has them all."""
    for module in iter_modules(tables.__path__):
        import_module(f"{tables.__name__}.{module.name}")


def ddl(dialect: str, metadata: MetaData = of_the_product) -> list[str]:
    """What creates every table that has been imported, in an order that satisfies foreign keys."""
    made = list(EXTENSIONS[dialect])

    def keep(ddl: ExecutableDDLElement, *_: Any, **__: Any) -> None:
        made.append(str(ddl.compile(dialect=engine.dialect)).strip())

    engine: MockConnection = create_mock_engine(f"{dialect}+{'asyncpg' if dialect == 'postgresql' else 'aiosqlite'}://", keep)
    metadata.create_all(engine, checkfirst=False)
    return made


async def create_tables(database: Database, metadata: MetaData = of_the_product) -> None:
    """Create every table that has been imported."""
    await database.run_ddl(ddl(database.dialect, metadata))
