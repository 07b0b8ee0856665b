"""Servers that have drifted are found over HTTP alone, and what is told of them can be done again by hand."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from steelyard.settings import Settings
from tests.contract.against.__main__ import main
from tests.contract.against.drifting import Drift, drifting
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.project import ROOT
from tests.kit.servers.databases import Databases
from tests.kit.servers.live import LiveServer, live
from tests.kit.servers.running import settings_for
from tests.kit.world.people import PASSWORD, Clock
from tests.kit.world.world import Person, World

WITHIN_S = 200


@dataclass(frozen=True)
class Shop:
    """A server that is as promised, and its admin."""

    server: LiveServer
    admin: Person

    @property
    def port(self) -> int:
        return self.server.address[1]

    @property
    def login(self) -> str:
        return f"{self.admin.email}:{PASSWORD}"

    @property
    def form(self) -> bytes:
        return urlencode({"username": self.admin.email, "password": PASSWORD}).encode()


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    clock = Clock()

    async def prepare() -> tuple[Settings, Person]:
        async with databases.of_the_product("sqlite", tmp_path_factory.mktemp("against")) as database:
            settings = settings_for(database.url, login_failures=1_000_000)
            return settings, await World(database, clock, settings).person("admin", name="Ada Admin")

    settings, admin = asyncio.run(prepare())
    with live(settings, clock) as server:
        yield Shop(server, admin)


@dataclass(frozen=True)
class Told:
    """What an examination ended with, and the findings it printed."""

    status: int
    text: str
    findings: list[dict[str, str]]

    def finding(self, operation: str, rule: str) -> dict[str, str]:
        """The one of that operation whose rule says that."""
        found = [one for one in self.findings if one["operation"] == operation and rule in one["rule"]]
        assert found, f"nothing says {rule!r} of {operation}:\n{self.text}"
        return found[0]


def examined(url: str, admin: str, folder: Path, *arguments: str) -> Told:
    """The command as a process, with everything that it printed."""
    command = [sys.executable, "-m", "tests.contract.against", "--url", url, "--admin", admin, "--folder", str(folder), *arguments]
    paths = os.pathsep.join(str(ROOT / path) for path in ("server", "generated/server", "."))
    environment = {**os.environ, "PYTHONPATH": paths}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=WITHIN_S, text=True
    )
    findings = []
    for block in re.split(r"\n(?=FINDING )", ended.stdout)[1:]:
        head = re.match(r"FINDING [0-9]+: ([^,\n]+)", block)
        assert head is not None, block
        lines = dict(re.findall(r"^  (rule|found|sent|log in|repeat) +(.*)$", block, re.MULTILINE))
        findings.append({"operation": head[1], **lines})
    return Told(ended.returncode, ended.stdout, findings)


def repeated(finding: dict[str, str], folder: Path) -> Exchange:
    """What the finding's own lines get when somebody pastes them into a shell."""
    script = f"PASSWORD=$(cat {folder}/password)\n{finding.get('log in', '')}\n{finding['repeat']}"
    raw = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True, timeout=30).stdout
    head, _, body = raw.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    method, target = finding["sent"].split(" ")[:2]
    fields = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
    return Exchange(method, target, int(start.split(" ")[1]), fields, body)


def changed(exchange: Exchange, change: Callable[[dict[str, Any]], object]) -> Exchange:
    """The answer with another body."""
    body = json.loads(exchange.body)
    change(body)
    return replace(exchange, body=json.dumps(body).encode())


# -- servers that have drifted --------------------------------------------------------------------------------------------
def a_renamed_member(exchange: Exchange) -> Exchange:
    """`available` of an item is called `stock`."""
    if exchange.status == 200 and re.fullmatch("/items/[0-9]+", exchange.path) and exchange.method == "GET":
        return changed(exchange, lambda item: item.update(stock=item.pop("available")))
    return exchange


def test_a_member_with_another_name_is_told_and_seen_again(shop: Shop, tmp_path: Path) -> None:
    with drifting(shop.port, Drift(answer=a_renamed_member)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "wire", "-k", "getItem")
        again = repeated(told.finding("getItem", "answer 200 is as promised: /: breaks 'required'"), tmp_path)

    assert told.status == 1, told.text
    assert "getItem 200: /: breaks 'required'" in " ".join(CONTRACT.differences(again))
    assert "stock" in again.json()


def test_what_schemathesis_finds_is_told_in_the_same_form(shop: Shop, tmp_path: Path) -> None:
    few = ("--include-operation-id", "getItem", "--max-examples", "3", "--phases", "examples,coverage,fuzzing")
    with drifting(shop.port, Drift(answer=a_renamed_member)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "fuzz", "--", *few)
        again = repeated(told.finding("getItem", "answer 200 is as promised: /: breaks 'additionalProperties'"), tmp_path)

    assert told.status == 1, told.text
    assert "stock" in again.json()
    assert not re.search(r"eyJ[\w-]+\.", told.text)


def test_what_was_there_before_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    """An admin of the examination's own may do everything to everybody, and ids are made up."""
    changing = [one.id for one in CONTRACT.operations.values() if "{user_id}" in one.path and one.method != "GET"]
    few = [word for one in changing for word in ("--include-operation-id", one)]
    heads: list[bytes] = []

    def noted(head: bytes) -> bytes:
        heads.append(head.partition(b"\r\n")[0])
        return head

    with drifting(shop.port, Drift(request=noted)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "fuzz", "--", *few, "--max-examples", "20", "--phases", "fuzzing")

    assert told.status == 0, told.text
    assert len(changing) == 3
    assert [head for head in heads if re.search(rb"/users/999999999[ /]", head)], "no id was made up"
    assert not [head for head in heads if head.startswith((b"PUT", b"DELETE")) and re.search(rb"/users/%d[ /]" % shop.admin.id, head)]


def an_unknown_parameter_is_not_minded(head: bytes) -> bytes:
    """A server that overlooks query parameters it does not know."""
    return head.replace(b"?surprise=1 HTTP", b" HTTP")


def test_what_should_be_refused_and_is_accepted_is_told_and_seen_again(shop: Shop, tmp_path: Path) -> None:
    with drifting(shop.port, Drift(request=an_unknown_parameter_is_not_minded)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "wire", "-k", "unknown_query and (listItems or createItem)")
        findings = [told.finding(one, "an unknown query parameter is rejected") for one in ("listItems", "createItem")]
        again = [repeated(one, tmp_path) for one in findings]

    assert told.status == 1, told.text
    assert [one.status for one in again] == [200, 201]
    assert ["surprise=1" in one["repeat"] for one in findings] == [True, True]


def another_status_and_no_etag(exchange: Exchange) -> Exchange:
    """Items that are gone are 410, and those that are there have no version."""
    if exchange.path.startswith("/items/") and exchange.status == 404:
        return replace(exchange, status=410)
    if exchange.path.startswith("/items/") and exchange.method == "GET":
        return replace(exchange, headers=[field for field in exchange.headers if field[0] != "etag"])
    return exchange


def test_an_undeclared_status_and_a_lost_header_are_told_and_seen_again(shop: Shop, tmp_path: Path) -> None:
    with drifting(shop.port, Drift(answer=another_status_and_no_etag)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "wire", "-k", "getItem")
        gone = repeated(told.finding("getItem", "answer 410 is as promised: status: is not among"), tmp_path)
        there = repeated(told.finding("getItem", "answer 200 is as promised: ETag: is missing"), tmp_path)

    assert told.status == 1, told.text
    assert (gone.status, there.status, there.header("etag")) == (410, 200, None)


def test_a_foreign_resource_that_is_shown_is_told_and_seen_again(shop: Shop, tmp_path: Path) -> None:
    own = shop.server.ask("POST", b"/token", [(b"content-type", b"application/x-www-form-urlencoded")], shop.form)
    token = own.json()["access_token"].encode()

    def everybody_sees_orders(head: bytes) -> bytes:
        """The owner of an order is not asked for."""
        return re.sub(rb"(?s)^(GET /orders/[0-9]+ .*authorization: Bearer )ey[^\r]+", rb"\1" + token, head)

    with drifting(shop.port, Drift(request=everybody_sees_orders)) as url:
        told = examined(url, shop.login, tmp_path, "--parts", "permissions", "-k", "each_caller and getOrder")
        finding = told.finding("getOrder", "stranger, there: got (0, ''), the contract says (404, 'order-not-found')")
        again = repeated(finding, tmp_path)

    assert told.status == 1, told.text
    assert (again.status, again.json()["buyer_id"] > 0) == (200, True)
    assert token.decode() not in told.text


def test_a_server_that_keeps_its_contract_passes(shop: Shop, tmp_path: Path) -> None:
    with drifting(shop.port, Drift()) as url:
        few = ("--include-operation-id", "getItem", "--include-operation-id", "createOrder", "--max-examples", "5")
        told = examined(
            url, shop.login, tmp_path, "-k", "served or getItem or createOrder", "--", *few, "--phases", "examples,coverage,fuzzing"
        )

    assert (told.status, told.findings) == (0, []), told.text
    assert re.search(r"\n[0-9]{2,} tests with [0-9]{3,} exchanges, and [0-9]{2,} cases", told.text)


# -- what it says when it cannot ------------------------------------------------------------------------------------------
def test_a_server_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    told = examined(f"http://127.0.0.1:{port}", "a@example.com:x", tmp_path)

    assert (told.status, told.findings) == (2, [])
    assert f"nobody answers at http://127.0.0.1:{port}" in told.text
    assert "Start a server" in told.text


def test_an_admin_whom_the_server_does_not_know_is_no_finding(shop: Shop, tmp_path: Path) -> None:
    told = examined(shop.server.url, "nobody@example.com:wrong", tmp_path)

    assert (told.status, told.findings) == (2, [])
    assert "nobody@example.com cannot log in" in told.text
    assert "wrong" not in told.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "http://localhost/api", "--admin", "a:b"], "wanted is scheme and host alone"),
        (["--url", "localhost:8000", "--admin", "a:b"], "wanted is scheme and host alone"),
        (["--url", "http://localhost", "--admin", "a"], "--admin EMAIL:PASSWORD"),
        (["--url", "http://localhost", "--admin", "a:b", "--parts", "wires"], "there is no part wires; there are"),
    ],
)
def test_a_wrong_argument_is_explained(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert words in capsys.readouterr().err
