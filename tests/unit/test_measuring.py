"""Which tests `nox -s tests` measures the coverage of."""

import sys

from coverage import Coverage

from steelyard.db.database import Database


async def test_coverage_is_measured_on_postgresql_alone(database: Database) -> None:
    measures = Coverage.current() is not None

    assert measures == (sys.gettrace() is not None)
    assert not measures or database.dialect == "postgresql"
