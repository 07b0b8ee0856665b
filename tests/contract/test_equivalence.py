"""Server and document accept the same instances of every body, parameter and response. Without HTTP."""

import sys
from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest

from steelyard.app.application import create_app
from tests.kit.contract.equivalence import Tally, bodies, compared, compiled, left_out, parameters, parts, responses, unbroken
from tests.kit.servers.running import settings_for

SETTINGS = settings_for("sqlite:///nowhere.db")


@pytest.fixture(scope="module")
def sent(seed: int) -> Tally:
    return compared(chain(bodies(seed), parts(seed)))


@pytest.fixture(scope="module")
def read(seed: int) -> Tally:
    return compared(parameters(seed))


@pytest.fixture(scope="module")
def returned(seed: int) -> Tally:
    return compared(responses(seed))


def test_server_and_document_accept_the_same_bodies(sent: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nbodies: {sent}")

    assert sent.differences == Counter()


def test_server_and_document_accept_the_same_parameters(read: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nparameters: {read}")

    assert read.differences == Counter()


def test_server_and_document_accept_the_same_responses(returned: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nresponses: {returned}")

    assert returned.differences == Counter()


def test_compiled_operations_and_document_accept_the_same_requests(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    tally = compared(compiled(create_app(SETTINGS), seed))

    with capsys.disabled():
        sys.stdout.write(f"\ncompiled: {tally}")
    assert tally.differences == Counter()


def test_server_and_document_require_the_same_parts() -> None:
    assert list(left_out(create_app(SETTINGS))) == []


def test_models_alone_would_accept_invalid_instances(seed: int) -> None:
    alone = compared(replace(target, by_document=False) for target in chain(bodies(seed), parts(seed)) if target.by_document)

    assert any("accepts an invalid instance" in difference for difference in alone.differences)


def test_twenty_thousand_instances_were_compared(sent: Tally, read: Tally, returned: Tally) -> None:
    assert sent.instances + read.instances + returned.instances >= 20_000


def test_every_rule_of_requests_was_broken(sent: Tally) -> None:
    assert unbroken(sent, "request") == []


def test_every_rule_of_parameters_except_type_was_broken(read: Tally) -> None:
    assert [rule for rule in unbroken(read, "parameter") if not rule.endswith("/type")] == []


def test_every_rule_of_responses_was_broken(returned: Tally) -> None:
    assert unbroken(returned, "response", "problem") == []
