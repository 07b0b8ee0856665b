"""The suite's own tests, given a server that is already running: their fixtures, which of them fit, and what a failure means."""

import asyncio
import re
from collections.abc import Generator
from functools import cached_property

import pytest

from tests.contract.against.findings import Findings
from tests.contract.wire.requests import StagedServer
from tests.kit.clients.api import Api
from tests.kit.clients.remote_world import WorldOverHttp
from tests.kit.clients.visit import Abroad, NotPossible, OutOfReach, Sent, Unprepared, Visit
from tests.kit.contract.checker import CONTRACT, Contradictions, Operation
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

# A test that asks for one of them looks into the process.
INSIDE = {"app", "clock", "database", "databases", "given", "shops"}


class Examination:
    """A plugin of pytest, for one server."""

    def __init__(self, visit: Visit, findings: Findings) -> None:
        self.visit = visit
        self.findings = findings
        self.tests = 0
        self.cases = 0
        self.stopped: NotPossible | None = None

    # -- what tests ask for --------------------------------------------------------------------------------------------
    @pytest.fixture(scope="session")
    def anyio_backend(self) -> str:
        return "asyncio"

    @pytest.fixture
    def api(self) -> Api:
        return Api(Abroad(self.visit))

    @pytest.fixture
    def world(self) -> World:
        return WorldOverHttp(self.visit)

    @pytest.fixture
    def staged(self) -> StagedServer:
        return self._staged

    @cached_property
    def _staged(self) -> StagedServer:
        """Once for all tests of the wire, and not when nothing but others is run."""
        return StagedServer(self.visit.peer, asyncio.run(Stage.of(WorldOverHttp(self.visit))))

    # -- which tests -----------------------------------------------------------------------------------------------------
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what only the inside of a process, or an empty market, can show."""
        inside = [one for one in items if one.get_closest_marker("inside") or INSIDE & set(getattr(one, "fixturenames", ()))]
        config.hook.pytest_deselected(items=inside)
        items[:] = [one for one in items if one not in set(inside)]

    # -- what comes of them ----------------------------------------------------------------------------------------------
    def pytest_runtest_setup(self) -> None:
        self.visit.log.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(call.excinfo.value if call.excinfo else None, OutOfReach):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {call.excinfo.value}" if call.excinfo else "")
        elif report.failed and call.excinfo is not None:
            self._failed(item, call.excinfo.value)
        self.tests += call.when == "call"
        self.findings.judged()
        return report

    def _failed(self, item: pytest.Item, error: BaseException) -> None:
        if isinstance(error, NotPossible):
            self.stopped = error
            item.session.shouldstop = "the examination cannot go on"
            return
        if isinstance(error, Unprepared):
            sent = last(self.visit.log, error.operation)
            self.findings.add(str(error.operation), "a good request of somebody who may is accepted", str(error), sent)
            return
        name = item.originalname if isinstance(item, pytest.Function) else item.name
        rule = f"{re.sub('^test_', '', str(name)).replace('_', ' ')} ({item.path.name})"
        if isinstance(error, Contradictions):
            for what, exchange in error.found:
                sent = next((one for one in self.visit.log if one.exchange is exchange), None)
                self.findings.add(str(error.operation), f"{rule}: {what}", what, sent)
            return
        about = operation_of(item)
        sent = last(self.visit.log, about)
        if about is None and sent is not None:
            about, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        self.findings.add(str(about or "no operation"), rule, said(error), sent)


def operation_of(item: pytest.Item) -> Operation | None:
    """The operation that a test is about, by its parameters."""
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        if isinstance(value, Operation):
            return value
        if isinstance(value, str) and value in CONTRACT.operations:
            return CONTRACT.operations[value]
    return None


def last(log: list[Sent], about: Operation | None) -> Sent | None:
    """The last exchange of the operation, or else the very last one."""
    own = [one for one in log if about is not None and CONTRACT.find(one.exchange.method, one.exchange.path)[0] == about]
    return next(iter((own or log)[-1:]), None)


def said(error: BaseException) -> str:
    """The heart of a failure, in a few lines."""
    text = str(error) or type(error).__name__
    lines = [
        line if len(line) <= 300 else line[:300] + " ..."
        for line in text.splitlines()
        if line.strip(" .") and "use '-vv'" not in line and "Use -v" not in line
    ]
    kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
    return kind + "\n".join(lines[:6])
