"""Server and document accept the same instances of every body, parameter and response, and require the same parts."""

from collections import Counter
from itertools import chain

import pytest

from steelyard.contract.api import ContractAPI
from tests.contracts import subject
from tests.kit.contract.equivalence import bodies, compared, compiled, left_out, parameters, parts, responses, unbroken
from tests.kit.servers.configuration import Journal
from tests.kit.world.clock import Clock


@pytest.fixture(scope="module")
def app() -> ContractAPI:
    """Built, and never opened."""
    return subject.create("sqlite:///nowhere.db", Journal(Clock()), Clock())


def test_server_and_document_accept_the_same_requests(seed: int) -> None:
    tally = compared(chain(bodies(seed), parts(seed)))

    assert tally.differences == Counter()
    assert unbroken(tally, "request") == []


def test_server_and_document_accept_the_same_parameters(seed: int) -> None:
    tally = compared(parameters(seed))

    assert tally.differences == Counter()
    assert [rule for rule in unbroken(tally, "parameter") if not rule.endswith("/type")] == []


def test_server_and_document_accept_the_same_responses(seed: int) -> None:
    tally = compared(responses(seed))

    assert tally.differences == Counter()
    assert unbroken(tally, "response", "problem") == []


def test_compiled_operations_and_document_accept_the_same_requests(app: ContractAPI, seed: int) -> None:
    assert compared(compiled(app, seed)).differences == Counter()


def test_server_and_document_require_the_same_parts(app: ContractAPI) -> None:
    assert list(left_out(app)) == []
