"""Mismatches of faulty servers are detected over HTTP alone, and each reported command shows the mismatch again."""

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
from tests.contract.against.faulty_proxy import Fault, faulty_proxy
from tests.kit.contract.checker import CONTRACT, Exchange
from tests.kit.project import ROOT
from tests.kit.servers.databases import Databases
from tests.kit.servers.live import LiveServer, live
from tests.kit.servers.running import settings_for
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.world import User, World

WITHIN_S = 500


@dataclass(frozen=True)
class Shop:
    """A server that keeps the contract, and its admin."""

    server: LiveServer
    admin: User

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

    async def prepare() -> tuple[Settings, User]:
        async with databases.of_the_product("sqlite", tmp_path_factory.mktemp("against")) as database:
            settings = settings_for(database.url, login_failures=1_000_000)
            return settings, await World(database, clock, settings).user("admin", name="Ada Admin")

    settings, admin = asyncio.run(prepare())
    with live(settings, clock) as server:
        yield Shop(server, admin)


@dataclass(frozen=True)
class Run:
    """The exit status of a run, its output, and the mismatches in it."""

    status: int
    text: str
    mismatches: list[dict[str, str]]

    def mismatch(self, operation: str, rule: str) -> dict[str, str]:
        """The mismatch of that operation with that text in its rule."""
        matching = [mismatch for mismatch in self.mismatches if mismatch["operation"] == operation and rule in mismatch["rule"]]
        assert matching, f"no mismatch {rule!r} of {operation}:\n{self.text}"
        return matching[0]


def run(url: str, admin: str, folder: Path, *arguments: str) -> Run:
    """The command as a process, with its output."""
    command = [sys.executable, "-m", "tests.contract.against", "--url", url, "--admin", admin, "--folder", str(folder), *arguments]
    paths = os.pathsep.join(str(ROOT / path) for path in ("server", "generated/server", "."))
    environment = {**os.environ, "PYTHONPATH": paths}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=WITHIN_S, text=True
    )
    mismatches = []
    for block in re.split(r"\n(?=MISMATCH )", ended.stdout)[1:]:
        head = re.match(r"MISMATCH [0-9]+: ([^,\n]+)", block)
        assert head is not None, block
        lines = dict(re.findall(r"^  (rule|got|sent|log in|repeat) +(.*)$", block, re.MULTILINE))
        mismatches.append({"operation": head[1], **lines})
    return Run(ended.returncode, ended.stdout, mismatches)


def repeated(mismatch: dict[str, str], folder: Path) -> Exchange:
    """The exchange that the mismatch's own commands make in a shell."""
    script = f"PASSWORD=$(cat {folder}/password)\n{mismatch.get('log in', '')}\n{mismatch['repeat']}"
    raw = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True, timeout=30).stdout
    head, _, body = raw.partition(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").split("\r\n")
    method, target = mismatch["sent"].split(" ")[:2]
    fields = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
    return Exchange(method, target, int(start.split(" ")[1]), fields, body)


def changed(exchange: Exchange, change: Callable[[dict[str, Any]], object]) -> Exchange:
    """The response with another body."""
    body = json.loads(exchange.body)
    change(body)
    return replace(exchange, body=json.dumps(body).encode())


# -- faulty servers -------------------------------------------------------------------------------------------------------
def a_renamed_member(exchange: Exchange) -> Exchange:
    """`available` of an item is called `stock`."""
    if exchange.status == 200 and re.fullmatch("/items/[0-9]+", exchange.path) and exchange.method == "GET":
        return changed(exchange, lambda item: item.update(stock=item.pop("available")))
    return exchange


def test_a_renamed_member_is_reported_and_repeatable(shop: Shop, tmp_path: Path) -> None:
    with faulty_proxy(shop.port, Fault(response=a_renamed_member)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "wire", "-k", "getItem")
        again = repeated(result.mismatch("getItem", "response 200 matches the contract: /: breaks 'required'"), tmp_path)

    assert result.status == 1, result.text
    assert "getItem 200: /: breaks 'required'" in " ".join(CONTRACT.mismatches(again))
    assert "stock" in again.json()


def test_mismatches_of_schemathesis_are_reported_in_the_same_form(shop: Shop, tmp_path: Path) -> None:
    few = ("--include-operation-id", "getItem", "--max-examples", "3", "--phases", "examples,coverage,fuzzing")
    with faulty_proxy(shop.port, Fault(response=a_renamed_member)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "fuzz", "--", *few)
        again = repeated(result.mismatch("getItem", "response 200 matches the contract: /: breaks 'additionalProperties'"), tmp_path)

    assert result.status == 1, result.text
    assert "stock" in again.json()
    assert not re.search(r"eyJ[\w-]+\.", result.text)


def test_existing_users_are_left_unchanged(shop: Shop, tmp_path: Path) -> None:
    """The admin of the run may change any user, and Schemathesis invents ids."""
    changing = [operation.id for operation in CONTRACT.operations.values() if "{user_id}" in operation.path and operation.method != "GET"]
    few = [word for operation in changing for word in ("--include-operation-id", operation)]
    heads: list[bytes] = []

    def noted(head: bytes) -> bytes:
        heads.append(head.partition(b"\r\n")[0])
        return head

    with faulty_proxy(shop.port, Fault(request=noted)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "fuzz", "--", *few, "--max-examples", "20", "--phases", "fuzzing")

    assert result.status == 0, result.text
    assert len(changing) == 3
    assert [head for head in heads if re.search(rb"/users/999999999[ /]", head)], "no id was invented"
    assert not [head for head in heads if head.startswith((b"PUT", b"DELETE")) and re.search(rb"/users/%d[ /]" % shop.admin.id, head)]


def an_ignored_unknown_parameter(head: bytes) -> bytes:
    """A server that ignores unknown query parameters."""
    return head.replace(b"?surprise=1 HTTP", b" HTTP")


def test_an_accepted_request_that_should_be_rejected_is_reported_and_repeatable(shop: Shop, tmp_path: Path) -> None:
    with faulty_proxy(shop.port, Fault(request=an_ignored_unknown_parameter)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "wire", "-k", "unknown_query and (listItems or createItem)")
        mismatches = [result.mismatch(operation, "an unknown query parameter is rejected") for operation in ("listItems", "createItem")]
        again = [repeated(mismatch, tmp_path) for mismatch in mismatches]

    assert result.status == 1, result.text
    assert [exchange.status for exchange in again] == [200, 201]
    assert ["surprise=1" in mismatch["repeat"] for mismatch in mismatches] == [True, True]


def another_status_and_no_etag(exchange: Exchange) -> Exchange:
    """A server that returns 410 for deleted items, and items without a version."""
    if exchange.path.startswith("/items/") and exchange.status == 404:
        return replace(exchange, status=410)
    if exchange.path.startswith("/items/") and exchange.method == "GET":
        return replace(exchange, headers=[field for field in exchange.headers if field[0] != "etag"])
    return exchange


def test_an_undeclared_status_and_a_missing_header_are_reported_and_repeatable(shop: Shop, tmp_path: Path) -> None:
    with faulty_proxy(shop.port, Fault(response=another_status_and_no_etag)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "wire", "-k", "getItem")
        gone = repeated(result.mismatch("getItem", "response 410 matches the contract: status: is not among"), tmp_path)
        there = repeated(result.mismatch("getItem", "response 200 matches the contract: ETag: is missing"), tmp_path)

    assert result.status == 1, result.text
    assert (gone.status, there.status, there.header("etag")) == (410, 200, None)


def test_a_foreign_resource_that_is_shown_is_reported_and_repeatable(shop: Shop, tmp_path: Path) -> None:
    own = shop.server.request("POST", b"/token", [(b"content-type", b"application/x-www-form-urlencoded")], shop.form)
    token = own.json()["access_token"].encode()

    def any_caller_reads_orders(head: bytes) -> bytes:
        """A server that does not check the owner of an order."""
        return re.sub(rb"(?s)^(GET /orders/[0-9]+ .*authorization: Bearer )ey[^\r]+", rb"\1" + token, head)

    with faulty_proxy(shop.port, Fault(request=any_caller_reads_orders)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "permissions", "-k", "each_caller and getOrder")
        mismatch = result.mismatch("getOrder", "stranger, there: got (0, ''), the contract says (404, 'order-not-found')")
        again = repeated(mismatch, tmp_path)

    assert result.status == 1, result.text
    assert (again.status, again.json()["buyer_id"] > 0) == (200, True)
    assert token.decode() not in result.text


def an_exclusive_bound(head: bytes) -> bytes:
    """A server whose `min_price` excludes its bound."""
    return re.sub(rb"(min_price=)([0-9]+)", lambda match: match[1] + b"%d" % (int(match[2]) + 1), head)


def test_a_broken_law_is_reported_as_the_contract_writes_it_and_repeatable(shop: Shop, tmp_path: Path) -> None:
    with faulty_proxy(shop.port, Fault(request=an_exclusive_bound)) as url:
        result = run(url, shop.login, tmp_path, "--parts", "laws", "-k", "a_listing and listItems")
        mismatch = result.mismatch("listItems", "x-filter of min_price (at-least: price/amount)")
        again = repeated(mismatch, tmp_path)

    assert (result.status, len(result.mismatches)) == (1, 1), result.text
    assert "the list lacks a row that matches" in mismatch["got"]
    assert (again.status, "min_price=" in mismatch["repeat"]) == (200, True)


def test_a_server_that_keeps_its_contract_passes(shop: Shop, tmp_path: Path) -> None:
    with faulty_proxy(shop.port, Fault()) as url:
        few = ("--include-operation-id", "getItem", "--include-operation-id", "createOrder", "--max-examples", "5")
        result = run(
            url, shop.login, tmp_path, "-k", "served or getItem or createOrder", "--", *few, "--phases", "examples,coverage,fuzzing"
        )

    assert (result.status, result.mismatches) == (0, []), result.text
    assert re.search(r"\n[0-9]{2,} tests with [0-9]{3,} exchanges, and [0-9]{2,} cases", result.text)


# -- when the test is not possible ----------------------------------------------------------------------------------------
def test_an_unreachable_server_is_not_a_mismatch(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    result = run(f"http://127.0.0.1:{port}", "a@example.com:x", tmp_path)

    assert (result.status, result.mismatches) == (2, [])
    assert f"no response from http://127.0.0.1:{port}" in result.text
    assert "Start a server" in result.text


def test_an_admin_who_cannot_log_in_is_not_a_mismatch(shop: Shop, tmp_path: Path) -> None:
    result = run(shop.server.url, "unknown@example.com:wrong", tmp_path)

    assert (result.status, result.mismatches) == (2, [])
    assert "unknown@example.com cannot log in" in result.text
    assert "wrong" not in result.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--url", "http://localhost/api", "--admin", "a:b"], "give only the scheme and host"),
        (["--url", "localhost:8000", "--admin", "a:b"], "give only the scheme and host"),
        (["--url", "http://localhost", "--admin", "a"], "--admin EMAIL:PASSWORD"),
        (["--url", "http://localhost", "--admin", "a:b", "--parts", "wires"], "unknown parts: wires; choose from"),
    ],
)
def test_a_wrong_argument_is_explained(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert words in capsys.readouterr().err
