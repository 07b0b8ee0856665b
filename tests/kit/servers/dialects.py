"""The two databases, as the parameters of a fixture whose tests run on both."""

import pytest

# PostgreSQL first: what the first test of a process imports is measured, too.
BOTH = [pytest.param("postgresql"), pytest.param("sqlite", marks=pytest.mark.twin)]
