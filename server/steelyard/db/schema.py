"""The schema as the tables describe it, without migrations: for tests, and to compare the migrated one with."""

from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

from steelyard.db.database import Database
from steelyard.db.forms import dialect_of
from steelyard.db.tables import metadata as of_the_product


def definitions(dialect: str, metadata: MetaData = of_the_product) -> list[str]:
    """CREATE statements for every table that has been imported, in an order that satisfies foreign keys."""
    target = dialect_of(dialect)
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=target)).strip())
        made += [str(CreateIndex(index).compile(dialect=target)) for index in sorted(table.indexes, key=lambda each: str(each.name))]
    return made


async def create_all(database: Database, metadata: MetaData = of_the_product) -> None:
    """Create every table that has been imported."""
    await database.define(definitions(database.dialect, metadata))
