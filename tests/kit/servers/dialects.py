"""The two databases, as the parameters of a fixture whose tests run on both."""

import pytest

BOTH = [pytest.param("sqlite", marks=pytest.mark.twin), pytest.param("postgresql")]
