"""The suite's own tests against a running server: their fixtures, which tests are run, and how failures are reported."""

import asyncio
import re
from collections.abc import Generator
from functools import cached_property

import pytest

from tests.contract.against.mismatches import Mismatches
from tests.contract.wire.requests import StagedServer
from tests.kit.clients.api import Api
from tests.kit.clients.remote_world import RemoteWorld
from tests.kit.clients.visit import Sent, SetupFailed, UnsupportedSetup, Visit, VisitAborted, VisitTransport
from tests.kit.contract.checker import CONTRACT, ContractMismatches, Operation
from tests.kit.contract.laws import LawBroken, LawsBroken
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

# A test with one of these fixtures needs the server in its own process.
INSIDE = {"app", "clock", "database", "databases", "overrides", "shops"}


class Examination:
    """A pytest plugin, for one server."""

    def __init__(self, visit: Visit, mismatches: Mismatches) -> None:
        self.visit = visit
        self.mismatches = mismatches
        self.tests = 0
        self.cases = 0
        self.stopped: VisitAborted | None = None

    # -- fixtures --------------------------------------------------------------------------------------------------------
    @pytest.fixture(scope="session")
    def anyio_backend(self) -> str:
        return "asyncio"

    @pytest.fixture
    def api(self) -> Api:
        return Api(VisitTransport(self.visit))

    @pytest.fixture
    def world(self) -> World:
        return RemoteWorld(self.visit)

    @pytest.fixture
    def staged(self) -> StagedServer:
        return self._staged

    @cached_property
    def _staged(self) -> StagedServer:
        """One for all tests of the wire corpus, made by the first of them."""
        return StagedServer(self.visit.peer, asyncio.run(Stage.of(RemoteWorld(self.visit))))

    # -- which tests -----------------------------------------------------------------------------------------------------
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out tests that need the server in their own process, or an empty market."""
        inside = [item for item in items if item.get_closest_marker("inside") or INSIDE & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=inside)
        items[:] = [item for item in items if item not in set(inside)]

    # -- reports ---------------------------------------------------------------------------------------------------------
    def pytest_runtest_setup(self) -> None:
        self.visit.log.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(call.excinfo.value if call.excinfo else None, UnsupportedSetup):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {call.excinfo.value}" if call.excinfo else "")
        elif report.failed and call.excinfo is not None:
            self._failed(item, call.excinfo.value)
        self.tests += call.when == "call"
        self.mismatches.collect()
        return report

    def _failed(self, item: pytest.Item, error: BaseException) -> None:
        if isinstance(error, VisitAborted):
            self.stopped = error
            item.session.shouldstop = "the examination cannot go on"
            return
        if isinstance(error, SetupFailed):
            sent = last(self.visit.log, error.operation)
            self.mismatches.add(str(error.operation), "a valid request of a caller with permission succeeds", str(error), sent)
            return
        name = item.originalname if isinstance(item, pytest.Function) else item.name
        rule = f"{re.sub('^test_', '', str(name)).replace('_', ' ')} ({item.path.name})"
        if isinstance(error, ContractMismatches):
            for difference, exchange in error.mismatches:
                sent = next((sent for sent in self.visit.log if sent.exchange is exchange), None)
                self.mismatches.add(str(error.operation), f"{rule}: {difference}", difference, sent)
            return
        if isinstance(error, LawBroken | LawsBroken):
            for broken in error.broken if isinstance(error, LawsBroken) else [error]:
                sent = next((sent for sent in self.visit.log if sent.exchange is broken.exchange), None)
                self.mismatches.add(broken.operation, broken.law, broken.detail[:2000], sent)
            return
        about = operation_of(item)
        sent = last(self.visit.log, about)
        if about is None and sent is not None:
            about, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        self.mismatches.add(str(about or "no operation"), rule, summary(error), sent)


def operation_of(item: pytest.Item) -> Operation | None:
    """The operation that a test is about, by its parameters."""
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        if isinstance(value, Operation):
            return value
        if isinstance(value, str) and value in CONTRACT.operations:
            return CONTRACT.operations[value]
    return None


def last(log: list[Sent], about: Operation | None) -> Sent | None:
    """The last exchange of the operation, or else the last exchange."""
    own = [sent for sent in log if about is not None and CONTRACT.find(sent.exchange.method, sent.exchange.path)[0] == about]
    return next(iter((own or log)[-1:]), None)


def summary(error: BaseException) -> str:
    """The first lines of a failure."""
    text = str(error) or type(error).__name__
    lines = [
        line if len(line) <= 300 else line[:300] + " ..."
        for line in text.splitlines()
        if line.strip(" .") and "use '-vv'" not in line and "Use -v" not in line
    ]
    kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
    return kind + "\n".join(lines[:6])
