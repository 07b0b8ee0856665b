"""What the wire answers: each row of the contract's promise about malformed and odd requests, on every operation that it fits.

Over real connections, through the protocol and the settings that `steelyard serve` uses. Each answer is judged by the contract
as well, and the server must not have had a single fault.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest

from codegen.contract.document import Document
from codegen.server.sizes import limits
from tests.kit.clients import hostile_bodies
from tests.kit.clients.api import encoded
from tests.kit.clients.raw import Fields, Peer, chunked, request
from tests.kit.contract.checker import CONTRACT, PROBLEM_JSON, Exchange, Operation, Schema
from tests.kit.world.stage import Stage

EDGE = {"x-request-id", "x-response-time", "date", "ratelimit"}
Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Ask:
    """A request, field by field; each sending gets an Idempotency-Key of its own."""

    operation: Operation
    method: str
    target: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    body: Any

    def field(self, name: bytes, value: bytes) -> "Ask":
        """With this field instead of the one of its name."""
        return replace(self, fields=(*self.without(name).fields, (name, value)))

    def more(self, name: bytes, value: bytes) -> "Ask":
        """With one more field, whatever is there already."""
        return replace(self, fields=(*self.fields, (name, value)))

    def without(self, name: bytes) -> "Ask":
        return replace(self, fields=tuple(field for field in self.fields if field[0] != name))

    def query(self, text: bytes) -> "Ask":
        return replace(self, target=self.target + b"?" + text)

    def to(self, target: bytes) -> "Ask":
        return replace(self, target=target)


class Shop:
    """A server and a stage behind it."""

    def __init__(self, server: Peer, stage: Stage) -> None:
        self.server = server
        self.stage = stage

    def good(self, operation: Operation, **ids: int) -> Ask:
        """A request that succeeds."""
        plain = self.stage.request(operation.id, **ids)
        fields: Fields = [(name.lower().encode(), value.encode()) for name, value in plain.headers.items()]
        if plain.sender is not None:
            fields.append((b"authorization", f"Bearer {plain.sender.token}".encode()))
        if plain.media is not None:
            fields.append((b"content-type", plain.media.encode()))
        return Ask(operation, operation.method, plain.path.encode(), tuple(fields), plain.body)

    def send(self, ask: Ask, raw: bytes | None = None) -> Exchange:
        """The answer to the request, with these bytes for a body if any are given."""
        body = raw if raw is not None or ask.body is None else encoded(CONTRACT.body(ask.operation)[0], ask.body)  # type: ignore[index]  # whoever has a body has a media type
        if any(name == b"idempotency-key" for name, _ in ask.fields):
            ask = ask.field(b"idempotency-key", self.stage.world.key().encode())
        return self.server.ask(ask.method, ask.target, ask.fields, body)


@pytest.fixture(scope="module")
def shop(staged: tuple[Peer, Stage]) -> Shop:
    """One for the whole module: what succeeds here spoils nothing for the others."""
    return Shop(*staged)


# -- which operations a row fits -------------------------------------------------------------------------------------------
ALL = list(CONTRACT.operations.values())
BODIES = [one for one in ALL if CONTRACT.body(one)]
FORMS = [one for one in BODIES if CONTRACT.body(one)[0].endswith("urlencoded")]  # type: ignore[index]  # they have bodies
JSON = [one for one in BODIES if one not in FORMS]
BODILESS = [one for one in ALL if one not in BODIES]
READS = [one for one in ALL if one.method == "GET"]
SECURED = [one for one in ALL if any(CONTRACT.security(one))]
OPTIONAL = [one for one in SECURED if {} in CONTRACT.security(one)]
REQUIRED = [one for one in SECURED if one not in OPTIONAL]
ANSWERING = [one for one in ALL if any("application/json" in each.get("content", {}) for each in CONTRACT.promised(one).values())]


def parameters(operation: Operation, where: str, kind: str | None = None) -> list[tuple[str, Schema]]:
    """Name and schema; null beside the type does not count."""
    found = [(one["name"], CONTRACT.resolve(one["schema"])) for one in CONTRACT.parameters(operation) if one["in"] == where]
    return [(name, schema) for name, schema in found if kind is None or schema.get("type") == kind]


def with_parameters(where: str, kind: str | None = None) -> list[Operation]:
    return [one for one in ALL if parameters(one, where, kind)]


def required(operation: Operation, where: str) -> list[str]:
    return [one["name"] for one in CONTRACT.parameters(operation) if one["in"] == where and one.get("required")]


def members(ask: Ask, kind: str) -> Iterator[tuple[Loc, Schema]]:
    """The members of the body's schema that have that type, also in the objects that the body holds."""
    described = CONTRACT.body(ask.operation)
    assert described is not None
    schema = CONTRACT.resolve(described[1]["schema"])
    forms = [CONTRACT.resolve(one) for one in schema.get("oneOf", [schema])]
    yield from _members(next(one for one in forms if ask.body.keys() <= one["properties"].keys()), ask.body, (), kind)


def _members(schema: Schema, body: dict[str, Any], above: Loc, kind: str) -> Iterator[tuple[Loc, Schema]]:
    for name, node in schema["properties"].items():
        member = CONTRACT.resolve(node)
        types = member.get("type", "object")
        if kind == types or kind in types:
            yield (*above, name), member
        if isinstance(body.get(name), dict):
            yield from _members(member, body[name], (*above, name), kind)


def planted(body: Any, loc: Loc, fragment: bytes) -> bytes:
    """The body as JSON, with these bytes as the value at that place."""
    copy = json.loads(json.dumps(body))
    node = copy
    for step in loc[:-1]:
        node = node[step]
    node[loc[-1]] = "@here@"
    return json.dumps(copy).encode().replace(b'"@here@"', fragment)


def violations(exchange: Exchange) -> list[tuple[str, Loc]]:
    return [(one["type"], tuple(one["loc"])) for one in exchange.json()["errors"]]


def problem(exchange: Exchange) -> str:
    """The slug of the refusal; what is no refusal fails here."""
    assert exchange.header("content-type") == PROBLEM_JSON, exchange
    kind: str = exchange.json()["type"]
    return kind.removeprefix("/problems/")


def broken(exchange: Exchange, *expected: tuple[str, Loc]) -> None:
    """One 422 that names exactly these places."""
    assert (exchange.status, problem(exchange)) == (422, "validation-failed"), exchange
    assert violations(exchange) == list(expected), exchange.body
    for one in exchange.json()["errors"]:
        inside = one["loc"][1:] if one["loc"][0] == "body" and one["type"] != "json_invalid" else []
        assert one["pointer"] == ("".join(f"/{step}" for step in inside) or None), one


def served(exchange: Exchange) -> None:
    assert 200 <= exchange.status < 300, exchange


def max_bytes(operation: Operation) -> int:
    """The limit of the body that follows from its schema."""
    body = CONTRACT.resolve(operation.node["requestBody"])
    return limits(Document(CONTRACT.tree), next(iter(body["content"])), body)[0]


# -- the body as a whole ---------------------------------------------------------------------------------------------------
@pytest.mark.promise("R11")
@pytest.mark.parametrize("operation", JSON, ids=str)
def test_what_is_not_json_is_one_violation_of_the_body(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    good = json.dumps(ask.body).encode()
    name = json.dumps(next(iter(ask.body))).encode()
    text = json.dumps(ask.body)
    wrong = {
        "not JSON": b"{",
        "words": b"not json",
        "trailing characters": good + b"x",
        "a second value": good + good,
        "NaN": b"{" + name + b": NaN}",
        "Infinity": b"{" + name + b": Infinity}",
        "-Infinity": b"{" + name + b": -Infinity}",
        "raw control character": b"{" + name + b': "a\nb"}',
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"),
        "BOM": b"\xef\xbb\xbf" + good,
        "bad UTF-8": b"{" + name + b': "\xff"}',
        "half a character": b"{" + name + b': "\xe2\x82"}',
        "surrogate in UTF-8": b"{" + name + b': "\xed\xa0\x80"}',
        "lone surrogate": b"{" + name + b': "\\ud800"}',
        "single quotes": b"{'a': 1}",
        "comment": good[:-1] + b"/* */}",
        "trailing comma": good[:-1] + b",}",
        "only white space": b"  ",
        "leading zero": b"{" + name + b": 01}",
        "hexadecimal": b"{" + name + b": 0x1}",
        "plus": b"{" + name + b": +1}",
    }
    for what, raw in wrong.items():
        answer = shop.send(ask, raw)

        assert answer.status == 422, (what, answer)
        broken(answer, ("json_invalid", ("body",)))


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_member_twice_too_deep_or_too_many_digits_is_named(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    good = json.dumps(ask.body).encode()
    name = next(iter(ask.body))
    twice = good[:-1] + b", " + json.dumps({name: ask.body[name]}).encode()[1:]
    nested = planted(ask.body, (name,), b'{"a": 1, "b": {"c": 1, "c": 2}}')
    deep = planted(ask.body, (name,), b"[" * 32 + b"]" * 32)
    deeper = planted(ask.body, (name,), b"[" * 900 + b"]" * 900)
    digits = planted(ask.body, (name,), b"1" * 4301)

    for raw, words in ((twice, name), (nested, "'c'"), (deep, "deeper than 32"), (deeper, "deeper than 32"), (digits, "digits")):
        answer = shop.send(ask, raw)

        broken(answer, ("json_invalid", ("body",)))
        assert words in answer.json()["errors"][0]["msg"], answer.body


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_a_required_body_that_is_missing_or_empty(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    if operation in JSON:
        for one, raw in ((replace(ask, body=None), None), (replace(ask, body=None).without(b"content-type"), None), (ask, b"")):
            broken(shop.send(one, raw), ("missing", ("body",)))
    else:
        broken(shop.send(replace(ask, body=None)), ("missing", ("body",)))


def test_a_patch_that_says_nothing(shop: Shop) -> None:
    ask = shop.good(CONTRACT.operations["updateItem"])

    broken(shop.send(ask, b"{}"), ("too_short", ("body",)))


@pytest.mark.parametrize("operation", BODILESS, ids=str)
def test_a_body_where_the_contract_has_none(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"content-type", b"application/json")
    if operation.id == "revokeCurrentCredential":
        ask = ask.without(b"authorization")  # whose else would be logged out

    for one, raw in ((ask, b"{}"), (ask.field(b"transfer-encoding", b"chunked"), chunked(b"{}"))):
        answer = shop.send(one, raw)

        if "422" in operation.node["responses"]:
            broken(answer, ("unexpected_body", ("body",)))
        else:
            assert answer.status == (401 if operation.id == "revokeCurrentCredential" else 200), answer


@pytest.mark.parametrize("operation", BODILESS, ids=str)
def test_an_empty_body_in_chunks_is_no_body(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"transfer-encoding", b"chunked")
    if operation.method != "GET":
        # Nothing of the stage is deleted: that the id was looked for shows that the body was accepted.
        ask = ask.to(paths(operation, b"999999999"))
        ask = ask.without(b"authorization") if operation.id == "revokeCurrentCredential" else ask

    for raw in (chunked(), b"000\r\nTrailer-Field: 1\r\n\r\n"):
        answer = shop.send(ask, raw)

        assert answer.status in ((200,) if operation.method == "GET" else (401, 404)), answer


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_a_body_above_the_limit_is_refused_before_it_is_read(shop: Shop, operation: Operation) -> None:
    most = max_bytes(operation)
    ask = shop.good(operation).field(b"content-length", b"%d" % (most + 1))
    with shop.server.connect() as connection:
        connection.say(ask.method, ask.target, ask.fields)

        answer = connection.answer(ask.method, ask.target)

        assert (answer.status, problem(answer), answer.json().get("limit")) == (413, "body-too-large", most)
        assert connection.is_closed()


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_a_body_that_grows_past_the_limit_is_stopped_there(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"transfer-encoding", b"chunked")
    with shop.server.connect() as connection:
        connection.say(ask.method, ask.target, ask.fields)
        for _ in range(max_bytes(operation) // 1024):
            connection.send(b"400\r\n" + b" " * 1024 + b"\r\n")
        connection.send(b"1\r\n \r\n")

        answer = connection.answer(ask.method, ask.target)

        assert (answer.status, problem(answer)) == (413, "body-too-large")
        assert connection.is_closed()


@pytest.mark.promise("R11")
@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_body_full_of_faults_has_a_hundred_of_them(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    members = b",".join(b'"x%d":0' % number for number in range(700))

    answer = shop.send(ask, b"{" + members + b"}")

    assert (answer.status, problem(answer)) == (422, "validation-failed"), answer
    assert (len(answer.json()["errors"]), answer.json()["truncated"]) == (100, True)
    for attack in hostile_bodies.documents(max_bytes(operation) * 3 // 4, next(iter(ask.body)), "lines").values():
        hurt = shop.send(ask, attack)
        assert (hurt.status, problem(hurt)) == (422, "validation-failed"), (attack[:100], hurt)
        assert len(hurt.json()["errors"]) <= 100


@pytest.mark.parametrize("operation", with_parameters("query"), ids=str)
def test_a_query_full_of_faults_has_a_hundred_of_them(shop: Shop, operation: Operation) -> None:
    answer = shop.send(shop.good(operation).query(b"&".join(b"x%d" % number for number in range(1000))))

    assert (answer.status, problem(answer)) == (422, "validation-failed"), answer
    assert (len(answer.json()["errors"]), answer.json()["truncated"]) == (100, True)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_body_in_pieces_is_a_body(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"transfer-encoding", b"chunked")
    good = json.dumps(ask.body).encode()

    # Of the wrong passwords and the like nothing is left to chance: only what can be repeated is sent once more.
    if operation.id not in {"changePassword", "cancelOrder", "setUserAccess"}:
        served(shop.send(ask, chunked(*(good[at : at + 3] for at in range(0, len(good), 3)))))
    broken(shop.send(ask, chunked(b"{")), ("json_invalid", ("body",)))


# -- members ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_number_out_of_bounds_is_refused_at_its_member(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for loc, schema in members(ask, "integer"):
        beyond = (str(schema["maximum"] + 1), str(schema["minimum"] - 1), "1e400", "-1e400", "1e20", str(2**63), str(2**31 * 10**9), "5.5")
        for text in beyond:
            answer = shop.send(ask, planted(ask.body, loc, text.encode()))

            assert answer.status == 422, (loc, text, answer)
            assert violations(answer)[0][1] == ("body", *loc), (loc, text, answer.body)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_neighbouring_type_is_refused_at_its_member(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    others = {
        "integer": ['"5"', "true", "[5]", '{"a": 5}'],
        "string": ["5", "true", '["a"]'],
        "boolean": ["1", '"true"', "0"],
        "array": ['"a"', "{}", "1"],
    }
    for kind, fragments in others.items():
        for loc, _ in members(ask, kind):
            for fragment in fragments:
                answer = shop.send(ask, planted(ask.body, loc, fragment.encode()))

                assert answer.status == 422, (loc, fragment, answer)
                assert violations(answer)[0][1][: len(loc) + 1] == ("body", *loc), (loc, fragment, answer.body)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_the_character_zero_is_refused_at_its_member(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for loc, _ in members(ask, "string"):
        answer = shop.send(ask, planted(ask.body, loc, b'"PROMO-a\\u0000b@example.com"'))

        assert answer.status == 422, (loc, answer)
        assert ("body", *loc) in [place for _, place in violations(answer)], (loc, answer.body)


@pytest.mark.parametrize(
    ("operation_id", "loc", "value", "read"),
    [
        ("createItem", ("price", "amount"), 5, ("price", "amount")),
        ("createItem", ("on_hand",), 5, ("on_hand",)),
        ("updateItem", ("price",), {"amount": 5, "currency": "USD"}, ("price", "amount")),
        ("recordStockMovement", ("delta",), 5, ("delta",)),
        ("createUser", ("age",), 50, ("age",)),
        ("updateUser", ("age",), 50, ("age",)),
        ("createOrder", ("quantity",), 5, ("lines", 0, "quantity")),
        ("quoteOrder", ("quantity",), 5, ("lines", 0, "quantity")),
    ],
)
@pytest.mark.parametrize("spelling", ["{}.0", "{}e0", "{}E+0", "{}00e-2", "0.{}e1"])
def test_a_whole_number_may_be_spelt_as_json_spells_numbers(
    shop: Shop, operation_id: str, loc: Loc, value: Any, read: Loc, spelling: str
) -> None:
    ask = shop.good(CONTRACT.operations[operation_id])
    if isinstance(value, dict):
        fragment = json.dumps({**value, "amount": "@"}).replace('"@"', spelling.format(5)).encode()
        whole = 5
    else:
        if value == 50 and spelling == "0.{}e1":
            spelling = "0.{}e2"
        fragment, whole = spelling.format(value).encode(), value

    answer = shop.send(ask, planted(ask.body, loc, fragment))

    served(answer)
    node = answer.json()
    for step in read:
        node = node[step]
    assert node == whole
    assert isinstance(node, int)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_member_that_nobody_knows(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for name in ("surprise", "", "a/b~c", "\u00e9", "x" * 5000):
        answer = shop.send(ask, planted(ask.body, (name,), b"1"))

        assert answer.status == 422, (name, answer)
        assert [kind for kind, _ in violations(answer)] == ["extra_forbidden"], (name, answer.body)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_null_is_not_absence(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    for kind in ("integer", "string", "boolean", "array", "object"):
        for loc, schema in members(ask, kind):
            if "null" in schema.get("type", ""):
                continue
            answer = shop.send(ask, planted(ask.body, loc, b"null"))

            assert answer.status == 422, (loc, answer)
            assert violations(answer)[0][1] == ("body", *loc), (loc, answer.body)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_a_body_of_another_shape(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for raw in (b"[]", b"1", b'"text"', b"null", b"true", b"[{}]"):
        answer = shop.send(ask, raw)

        assert (answer.status, problem(answer)) == (422, "validation-failed"), (raw, answer)
        assert {place[0] for _, place in violations(answer)} == {"body"}, (raw, answer.body)


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_echoed(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).query(b"surprise=kenning")
    raw = json.dumps({f"surprise{number}": "kenning" for number in range(120)}).encode()

    answer = shop.send(ask, raw)

    assert answer.status == 422
    assert answer.json()["truncated"] is True
    assert len(answer.json()["errors"]) == 100
    assert violations(answer)[0] == ("extra_forbidden", ("query", "surprise"))
    assert b"kenning" not in answer.body


# -- media types -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_another_media_type_is_refused(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    media = dict(ask.fields)[b"content-type"]
    wrong = [
        ask.field(b"content-type", b"text/plain"),
        ask.field(b"content-type", b"application/xml"),
        ask.field(b"content-type", b"application/jsonx"),
        ask.field(b"content-type", b""),
        ask.field(b"content-type", b"json"),
        ask.without(b"content-type"),
        ask.field(b"content-type", media + b"; charset=utf-16"),
        ask.field(b"content-type", media + b"; charset=iso-8859-1"),
        ask.more(b"content-encoding", b"gzip"),
        ask.more(b"content-encoding", b"br"),
    ]
    for one in wrong:
        answer = shop.send(one)

        assert (answer.status, problem(answer)) == (415, "unsupported-media-type"), (one.fields, answer)
        assert answer.json()["supported"] == [media.decode()]


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_a_media_type_may_be_spelt_as_http_spells_them(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    media = dict(ask.fields)[b"content-type"]
    # A body that is refused for what is in it was read: that is all there is to see.
    raw = b"surprise=1" if operation in FORMS else b'{"surprise": 1}'
    for value in (media.upper(), media + b"; charset=UTF-8", media + b';charset="utf-8"', media + b" ; Charset=utf-8"):
        assert shop.send(ask.field(b"content-type", value), raw).status == 422, value
    assert shop.send(ask.more(b"content-encoding", b"identity"), raw).status == 422


@pytest.mark.parametrize("operation", ANSWERING, ids=str)
def test_whoever_takes_no_json_is_told_what_there_is(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for value in (b"text/html", b"application/json;q=0", b"*/*;q=0", b"application/json;q=0, */*", b"image/*", b"application/*;q=0"):
        answer = shop.send(ask.field(b"accept", value))

        assert (answer.status, problem(answer)) == (406, "not-acceptable"), (value, answer)
        assert answer.json()["available"] == ["application/json"]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_whoever_takes_anything_or_says_nothing_clear_is_served(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for value in (
        b"*/*",
        b"application/json",
        b"APPLICATION/JSON",
        b"application/*",
        b"text/html, */*;q=0.1",
        b"nonsense",
        b"",
        b"json;;;=,",
    ):
        served(shop.send(ask.field(b"accept", value)))
    served(shop.send(ask.without(b"accept")))


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_refusals_are_problems_whatever_is_accepted(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"accept", b"text/html")
    path = operation.path.replace("{", "\x00").partition("\x00")[0].encode()
    tail = operation.path.rpartition("}")[2].encode()

    answer = shop.send(ask.to(path + b"0" + tail).field(b"accept", b"text/html"))

    assert answer.header("content-type") == PROBLEM_JSON
    assert answer.status == (406 if operation in ANSWERING else 422)


# -- queries ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", ALL, ids=str)
def test_a_query_parameter_that_nobody_knows(shop: Shop, operation: Operation) -> None:
    takes_nothing = operation in BODILESS and not [
        one for one in CONTRACT.parameters(operation) if one.get("x-edge") is None and one["name"] != "If-None-Match"
    ]
    ask = shop.good(operation).query(b"surprise=1")
    if operation.method != "GET":
        # It would go through where it is ignored; the body then shows that nothing happened.
        ask = ask.without(b"authorization") if takes_nothing else ask

    answer = shop.send(ask)

    if takes_nothing:
        assert answer.status != 422, answer
    else:
        broken(answer, ("extra_forbidden", ("query", "surprise")))


@pytest.mark.parametrize("operation", with_parameters("query"), ids=str)
def test_a_parameter_that_is_given_twice(shop: Shop, operation: Operation) -> None:
    for name, schema in parameters(operation, "query"):
        assert schema.get("type") != "array", "lists may be repeated: give them a row of their own"
        value = urlencode({name: sample(operation, name)}).encode()

        broken(shop.send(shop.good(operation).query(value + b"&" + value)), ("repeated", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("header"), ids=str)
def test_a_declared_header_that_is_given_twice(shop: Shop, operation: Operation) -> None:
    for name, _ in parameters(operation, "header"):
        if name in ("If-Match", "If-None-Match"):
            continue  # lists by their own grammar: several lines are one list
        ask = shop.good(operation).field(name.lower().encode(), b'"1"')
        fields = [*ask.fields, (name.lower().encode(), b'"2"')]
        body = None if ask.body is None else encoded("application/json", ask.body)

        broken(shop.server.ask(ask.method, ask.target, fields, body), ("repeated", ("header", name)))


@pytest.mark.parametrize("operation", ANSWERING, ids=str)
def test_an_accept_header_on_several_lines_is_one_list(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for lines in ((b"application/json", b"text/html;q=0.5"), (b"text/html", b"*/*;q=0.1"), (b"text/html, text/plain", b"application/*")):
        for order in (lines, lines[::-1]):
            answer = shop.send(ask.more(b"accept", order[0]).more(b"accept", order[1]))

            assert answer.status != 406, (order, answer)
    refused = shop.send(ask.more(b"accept", b"text/html").more(b"accept", b"application/json;q=0"))
    assert refused.status in (406, 409), refused


@pytest.mark.parametrize("operation", JSON, ids=str)
def test_two_content_types_are_none(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    for other in (b"text/plain", dict(ask.fields)[b"content-type"]):
        answer = shop.send(replace(ask, fields=((b"content-type", other), *ask.fields)))

        assert (answer.status, problem(answer)) == (415, "unsupported-media-type"), answer


@pytest.mark.parametrize("operation", [one for one in with_parameters("header") if required(one, "header")], ids=str)
def test_a_required_header_that_is_missing(shop: Shop, operation: Operation) -> None:
    for name in required(operation, "header"):
        broken(shop.send(shop.good(operation).without(name.lower().encode())), ("missing", ("header", name)))


def sample(operation: Operation, name: str) -> Any:
    (found,) = [one for one in CONTRACT.parameters(operation) if one["name"] == name]
    value = found.get("example", found["schema"].get("default"))
    return str(value).lower() if isinstance(value, bool) else value


NO_INTEGERS = (
    *(b"1_0", b"%2B10", b"+10", b"%2010", b"10%20", b"10.0", b"1e1", b"010", b"0x1", b"", b"%D9%A1", b"-0x1", b"--1", b"1,2"),
    *(b"null", b"%221%22", b"9" * 17, b"9" * 5000),
)


@pytest.mark.parametrize("operation", with_parameters("query", "integer"), ids=str)
def test_what_is_no_integer_in_a_query(shop: Shop, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "integer"):
        for text in NO_INTEGERS:
            answer = shop.send(shop.good(operation).query(name.encode() + b"=" + text))

            assert answer.status == 422, (name, text, answer)
            assert [place for _, place in violations(answer)] == [("query", name)], (name, text, answer.body)
        answer = shop.send(shop.good(operation).query(name.encode()))
        assert [place for _, place in violations(answer)] == [("query", name)], "a name alone is the empty string"


@pytest.mark.parametrize("operation", with_parameters("query", "integer"), ids=str)
def test_integers_end_at_their_bounds(shop: Shop, operation: Operation) -> None:
    for name, schema in parameters(operation, "query", "integer"):
        for value in (schema["minimum"], schema["maximum"]):
            answer = shop.send(shop.good(operation).query(f"{name}={value}".encode()))
            assert answer.status == 200, (name, value, answer)
        for value in (schema["minimum"] - 1, schema["maximum"] + 1):
            answer = shop.send(shop.good(operation).query(f"{name}={value}".encode()))
            assert [place for _, place in violations(answer)] == [("query", name)], (name, value)


@pytest.mark.parametrize("operation", with_parameters("query", "boolean"), ids=str)
def test_booleans_are_true_and_false(shop: Shop, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "boolean"):
        for text in ("true", "false"):
            served(shop.send(shop.good(operation).query(f"{name}={text}".encode())))
        for text in ("True", "1", "0", "yes", "on", "", "%74rue%20", "null"):
            answer = shop.send(shop.good(operation).query(f"{name}={text}".encode()))
            broken(answer, ("bool_parsing", ("query", name)))
        broken(shop.send(shop.good(operation).query(name.encode())), ("bool_parsing", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("query"), ids=str)
def test_escapes_that_are_broken_or_no_utf8_in_a_query(shop: Shop, operation: Operation) -> None:
    for name, _ in parameters(operation, "query"):
        for text in (b"%zz", b"%", b"%4", b"%ff", b"%C3%28", b"%ED%A0%80", b"%F4%90%80%80"):
            answer = shop.send(shop.good(operation).query(name.encode() + b"=" + text))

            broken(answer, ("string_unicode", ("query", name)))


@pytest.mark.parametrize("operation", with_parameters("query", "string"), ids=str)
def test_the_character_zero_in_a_query(shop: Shop, operation: Operation) -> None:
    for name, _ in parameters(operation, "query", "string"):
        answer = shop.send(shop.good(operation).query(name.encode() + b"=a%00b"))

        assert [place for _, place in violations(answer)] == [("query", name)], answer.body


# -- forms -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", FORMS, ids=str)
def test_forms_are_read_as_strictly(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    good = encoded("application/x-www-form-urlencoded", ask.body)

    served(shop.send(ask))
    broken(shop.send(ask, good + b"&scope=&scope="), ("repeated", ("body", "scope")))
    for text in (b"%zz", b"%ff", b"\xff", b"%"):
        broken(shop.send(ask, good + b"&scope=" + text), ("string_unicode", ("body", "scope")))
    broken(shop.send(ask, good + b"&scope=a%00b"), ("string_pattern_mismatch", ("body", "scope")))
    broken(shop.send(ask, b"&".join(b"f%d=1" % number for number in range(1001))), ("too_many_fields", ("body",)))


@pytest.mark.parametrize("operation", FORMS, ids=str)
@pytest.mark.parametrize(
    "more",
    [
        b"audience=https%3A%2F%2Fexample.com",
        b"resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example",  # RFC 8707: may be repeated
        b"nonce=1&state=",
        b"%ff=1&x=%zz",
        b"refresh_token=",
        b"grant_type=",
        b"client_id=&client_secret=&scope=",
        b"refresh_token=&grant_type=&audience=",
    ],
)
def test_unknown_parameters_of_a_form_are_ignored_and_empty_ones_left_out(shop: Shop, operation: Operation, more: bytes) -> None:
    ask = shop.good(operation)
    good = encoded("application/x-www-form-urlencoded", ask.body)

    served(shop.send(ask, good + b"&" + more))
    served(shop.send(ask, more + b"&" + good))


@pytest.mark.parametrize("operation", FORMS, ids=str)
def test_a_parameter_without_a_value_is_missing_where_it_is_required(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    broken(shop.send(ask, b"username=&password=x"), ("missing", ("body", "username")))
    broken(shop.send(ask, b"grant_type=refresh_token&refresh_token="), ("missing", ("body", "refresh_token")))


# -- paths -----------------------------------------------------------------------------------------------------------------
def paths(operation: Operation, segment: bytes) -> bytes:
    """The operation's path with that for its id."""
    before, brace, rest = operation.path.partition("{")
    if not brace:
        return before.encode()
    return before.encode() + segment + rest.partition("}")[2].encode()


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_an_id_that_breaks_its_schema(shop: Shop, operation: Operation) -> None:
    ((name, schema),) = parameters(operation, "path")
    beyond = str(schema["maximum"] + 1).encode()
    for segment in (
        b"abc",
        b"0",
        b"-1",
        b"01",
        b"1.0",
        b"1e1",
        b"+1",
        b"%31%20",
        b"%00",
        b"1%2F2",
        b"%2F",
        b"%2e%2e%2f",
        beyond,
        b"9" * 400,
    ):
        answer = shop.send(shop.good(operation).to(paths(operation, segment)))

        assert answer.status == 422, (segment, answer)
        assert [place for _, place in violations(answer)] == [("path", name)], (segment, answer.body)


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_an_escaped_id_is_the_id(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation, **{parameters(operation, "path")[0][0]: 123_456_789})
    escaped = b"".join(b"%%%02x" % byte for byte in b"123456789")

    plain, other = shop.send(ask), shop.send(ask.to(paths(operation, escaped)))

    assert (plain.status, problem(plain)) == (other.status, problem(other))


@pytest.mark.parametrize("operation", with_parameters("path"), ids=str)
def test_a_segment_that_names_nothing_is_not_found(shop: Shop, operation: Operation) -> None:
    for segment in (b".", b"..", b"%2e", b"%2E%2e", b"%ff", b"%zz", b"%", b"%C3%28"):
        answer = shop.send(shop.good(operation).to(paths(operation, segment) or b"/"))

        assert (answer.status, problem(answer)) == (404, "not-found"), (segment, answer)


@pytest.mark.parametrize("operation", ALL, ids=str)
def test_paths_are_never_normalised(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    path = ask.target
    for target in (b"/" + path, b"/." + path, b"/.." + path, path + b"//", b"/x/.." + path, path + b"/.", path.replace(b"/", b"//", 1)):
        if target == b"//" and path != b"/":
            continue
        answer = shop.send(ask.to(target))

        assert (answer.status, problem(answer)) == (404, "not-found"), (target, answer)


@pytest.mark.parametrize("operation", READS, ids=str)
def test_a_trailing_slash_is_the_same_operation_without_a_redirect(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    plain, slash = shop.send(ask), shop.send(ask.to(ask.target.rstrip(b"/") + b"/"))

    assert (slash.status, slash.body, slash.header("etag")) == (plain.status, plain.body, plain.header("etag"))


@pytest.mark.parametrize("operation_id", ["createItem", "createOrder", "createUser"])
def test_what_is_made_at_a_path_with_a_slash_is_located_without(shop: Shop, operation_id: str) -> None:
    ask = shop.good(CONTRACT.operations[operation_id])

    answer = shop.send(ask.to(ask.target + b"/"))

    assert answer.status == 201
    assert answer.header("location") == f"{ask.target.decode()}/{answer.json()['id']}"


# -- methods ---------------------------------------------------------------------------------------------------------------
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "LOCK", "PROPFIND")


@pytest.mark.parametrize("path", CONTRACT.tree["paths"])
def test_another_method_of_a_known_path_is_refused_before_anybody_asks_who_calls(shop: Shop, path: str) -> None:
    target = paths(next(one for one in ALL if one.path == path), b"1")
    _, allowed = CONTRACT.find("NONE", target.decode())
    assert "OPTIONS" in allowed
    for method in METHODS:
        if method in allowed:
            continue
        answer = shop.server.ask(method, target, [(b"authorization", b"Bearer nonsense")])

        assert answer.status == 405, (method, answer)
        assert answer.header("allow") == ", ".join(allowed)
        if method != "HEAD":
            assert (problem(answer), answer.json()["allow"]) == ("method-not-allowed", allowed)


def test_a_literal_path_owns_all_its_methods(shop: Shop) -> None:
    stage = shop.stage
    for target in (b"/users/me", b"/users/m%65", b"/users/me/"):
        answer = shop.server.ask("DELETE", target, [(b"authorization", f"Bearer {stage.stranger.token}".encode())])

        assert (answer.status, answer.header("allow")) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_path_is_not_found_whatever_the_method(shop: Shop, method: str) -> None:
    for target in (b"/nowhere", b"/items/1/nothing", b"/Items", b"/users/me/addresses/1/2", b"/%2F", b"/items%2F1", b"/;", b"/items;a=b"):
        answer = shop.server.ask(method, target)

        assert answer.status == 404, (target, answer)
        assert method == "HEAD" or problem(answer) == "not-found"


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_is_get_without_the_body(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    get, head = shop.send(ask), shop.send(replace(ask, method="HEAD"))

    assert head.body == b""
    assert head.status == get.status
    assert [field for field in head.headers if field[0] not in EDGE] == [field for field in get.headers if field[0] not in EDGE]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_head_is_refused_as_get_is(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation).field(b"accept", b"image/png")

    head = shop.send(replace(ask, method="HEAD"))

    assert (head.status, head.body) == (406, b"")


@pytest.mark.parametrize("path", CONTRACT.tree["paths"])
def test_options_tells_the_methods_and_answers_preflights(shop: Shop, path: str) -> None:
    target = paths(next(one for one in ALL if one.path == path), b"1")
    asked = (b"access-control-request-method", b"POST")

    plain = shop.server.ask("OPTIONS", target)
    ours = shop.server.ask("OPTIONS", target, [(b"origin", b"http://localhost:3000"), asked])
    foreign = shop.server.ask("OPTIONS", target, [(b"origin", b"https://evil.example"), asked])

    _, allowed = CONTRACT.find("NONE", target.decode())
    assert (plain.status, plain.header("allow"), plain.body) == (204, ", ".join(allowed), b"")
    assert (ours.status, ours.header("access-control-allow-origin")) == (204, "http://localhost:3000")
    assert ours.header("access-control-max-age") == "600"
    assert foreign.status == 204
    assert not [name for name, _ in foreign.headers if name.startswith("access-control-")]


def test_pages_of_known_origins_may_read_answers(shop: Shop) -> None:
    ours = shop.server.ask("GET", b"/items", [(b"origin", b"https://myapp.example.com")])
    foreign = shop.server.ask("GET", b"/items", [(b"origin", b"https://evil.example")])

    assert ours.header("access-control-allow-origin") == "https://myapp.example.com"
    assert foreign.header("access-control-allow-origin") is None
    assert foreign.header("cross-origin-resource-policy") == "same-origin"
    for answer in (ours, foreign):
        assert "Origin" in (answer.header("vary") or "")


# -- credentials -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", REQUIRED, ids=str)
def test_who_does_not_say_who_he_is_is_asked(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    token = dict(ask.fields)[b"authorization"]

    for one in (
        ask.without(b"authorization"),
        ask.field(b"authorization", b"Basic YTpi"),
        ask.field(b"authorization", token.removeprefix(b"Bearer ")),
        ask.field(b"authorization", b"Bearer"),
        ask.field(b"authorization", b""),
        ask.more(b"authorization", token),
    ):
        answer = shop.send(one)

        assert (answer.status, problem(answer)) == (401, "not-authenticated"), (one.fields, answer)
        assert answer.header("www-authenticate") == "Bearer"


@pytest.mark.parametrize("operation", SECURED, ids=str)
def test_a_token_that_is_shown_must_be_good(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    good = f"Bearer {shop.stage.buyer.token}".encode()
    head, claims, signature = good.split(b".")

    for token in (
        b"Bearer x",
        b"Bearer a.b.c",
        good + b"x",
        good + b"=",
        good + b".x",
        head + b"." + claims + b".",
        head + b"." + claims[:-1] + b"." + signature,
        b"Bearer eyJhbGciOiJub25lIn0." + claims + b".",
        b"Bearer " + b"a" * 4097,
        b"Bearer \xff\xfe",
        b"Bearer " + b"[" * 2700 + b".a.b",
    ):
        answer = shop.send(ask.field(b"authorization", token))

        assert (answer.status, problem(answer)) == (401, "invalid-token"), (token, answer)
        assert answer.header("www-authenticate") == "Bearer"


@pytest.mark.parametrize("operation", OPTIONAL, ids=str)
def test_a_half_said_token_counts_where_a_login_is_optional(shop: Shop, operation: Operation) -> None:
    for value in (b"Basic YTpi", b"Bearer", b"nonsense"):
        answer = shop.send(shop.good(operation).field(b"authorization", value))

        assert (answer.status, problem(answer)) == (401, "not-authenticated"), (value, answer)


@pytest.mark.parametrize("operation", [one for one in ALL if not any(CONTRACT.security(one))], ids=str)
def test_a_token_that_nobody_needs_is_not_looked_at(shop: Shop, operation: Operation) -> None:
    for value in (b"Bearer nonsense", b"Basic YTpi", f"Bearer {shop.stage.buyer.token}".encode()):
        served(shop.send(shop.good(operation).field(b"authorization", value)))


@pytest.mark.parametrize("operation", REQUIRED, ids=str)
def test_the_scheme_is_spelt_in_any_case(shop: Shop, operation: Operation) -> None:
    # Something else is wrong with it, so that nothing happens.
    ask = shop.good(operation).field(b"accept", b"image/png").query(b"surprise=1")
    token = dict(ask.fields)[b"authorization"].removeprefix(b"Bearer ")
    for scheme in (b"bearer ", b"BEARER ", b"Bearer  "):
        answer = shop.send(ask.field(b"authorization", scheme + token))

        assert answer.status in {406, 422, 204}, (scheme, answer)
        if operation.id == "revokeCurrentCredential":
            break  # nothing is wrong with that: the guest is out


# -- the order of refusals -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("operation", [one for one in BODIES if one in REQUIRED], ids=str)
def test_refusals_come_in_the_promised_order(shop: Shop, operation: Operation) -> None:
    worst = (
        shop.good(operation).without(b"authorization").field(b"accept", b"image/png").field(b"content-type", b"text/plain").query(b"x=1")
    )
    good = dict(shop.good(operation).fields)
    with shop.server.connect() as connection:
        connection.say(worst.method, worst.target, worst.field(b"content-length", b"%d" % (max_bytes(operation) + 1)).fields)
        seen = [connection.answer(worst.method, worst.target).status]

    seen.append(shop.send(worst, b"{").status)
    worst = worst.field(
        b"authorization", f"Bearer {shop.stage.world.token(shop.stage.buyer.id, shop.stage.buyer.credential_id, [])}".encode()
    )
    seen.append(shop.send(worst, b"{").status)
    worst = worst.field(b"authorization", good[b"authorization"])
    if operation in ANSWERING:
        seen.append(shop.send(worst, b"{").status)
    worst = worst.field(b"accept", b"*/*")
    seen.append(shop.send(worst, b"{").status)
    worst = worst.field(b"content-type", good[b"content-type"])
    answer = shop.send(worst, b"{")

    assert seen == [413, 401, 403, 406, 415] if operation in ANSWERING else [413, 401, 403, 415]
    broken(answer, ("extra_forbidden", ("query", "x")), ("json_invalid", ("body",)))


# -- conditions ------------------------------------------------------------------------------------------------------------
TAGGED = [one for one in READS if "304" in one.node["responses"]]


@pytest.mark.parametrize("operation", TAGGED, ids=str)
def test_whoever_has_it_already_is_told_so(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    tag = (shop.send(ask).header("etag") or "").encode()
    assert tag

    for value in (tag, b"W/" + tag, b'"other", ' + tag, tag + b',"x"', b"*"):
        answer = shop.send(ask.field(b"if-none-match", value))

        assert (answer.status, answer.body, answer.header("etag")) == (304, b"", tag.decode()), (value, answer)
    for value in (b'"other"', b"junk", tag.strip(b'"'), b'"', b"", b'"a" "b"', b"**"):
        assert shop.send(ask.field(b"if-none-match", value)).status == 200, value


WITH_IF_MATCH = [one for one in ALL if any(name == "If-Match" for name, _ in parameters(one, "header"))]


@pytest.mark.parametrize("operation", WITH_IF_MATCH, ids=str)
def test_a_condition_that_names_no_version_is_not_met(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)

    for value in (b'"999999"', b"junk", b"1", b'W/"1"', b'"1', b'"1" "2"', b'"-1"', b'"01"', b'"1x"', b'"*"', b"**"):
        answer = shop.send(ask.field(b"if-match", value))

        assert (answer.status, problem(answer)) == (412, "precondition-failed"), (value, answer)
        assert isinstance(answer.json()["current_version"], int)


@pytest.mark.parametrize("operation_id", ["updateItem", "updateUser", "updateAddress"])
def test_a_condition_that_is_met_lets_the_write_through(shop: Shop, operation_id: str) -> None:
    ask = shop.good(CONTRACT.operations[operation_id])

    for spelling in (b'"%d"', b'"%d.7o"', b'"999", "%d"', b'  "%d"  '):
        version: int = shop.send(ask).json()["version"]
        served(shop.send(ask.field(b"if-match", spelling % version)))
    served(shop.send(ask.field(b"if-match", b"*")))


@pytest.mark.parametrize("operation_id", ["updateItem", "updateUser", "updateAddress"])
def test_an_if_match_header_on_several_lines_is_one_list(shop: Shop, operation_id: str) -> None:
    ask = shop.good(CONTRACT.operations[operation_id])

    for first, second in ((b'"%d"', b'"999999"'), (b'"999999"', b'"%d"'), (b'"999998", "999999"', b'"999997", "%d"')):
        version: int = shop.send(ask).json()["version"]
        lines = [line % version if b"%d" in line else line for line in (first, second)]
        served(shop.send(ask.more(b"if-match", lines[0]).more(b"if-match", lines[1])))
    refused = shop.send(ask.more(b"if-match", b'"999998"').more(b"if-match", b'"999999"'))
    assert (refused.status, problem(refused)) == (412, "precondition-failed"), refused


@pytest.mark.parametrize("operation", [one for one in READS if "304" in one.node["responses"]], ids=str)
def test_an_if_none_match_header_on_several_lines_is_one_list(shop: Shop, operation: Operation) -> None:
    ask = shop.good(operation)
    tag = (shop.send(ask).header("etag") or "").encode()

    for lines in ((tag, b'"0.other"'), (b'"0.other"', tag), (b'"0.1", "0.2"', tag + b', "0.3"')):
        answer = shop.send(ask.more(b"if-none-match", lines[0]).more(b"if-none-match", lines[1]))

        assert answer.status == 304, (lines, answer)


@pytest.mark.parametrize("operation", READS, ids=str)
def test_what_nobody_promised_is_ignored(shop: Shop, operation: Operation) -> None:
    plain = shop.send(shop.good(operation))
    odd = shop.good(operation)
    for name, value in (
        (b"range", b"bytes=0-1"),
        (b"prefer", b"code=500"),
        (b"if-modified-since", b"Tue, 24 Nov 2026 09:02:14 GMT"),
        (b"x-http-method-override", b"DELETE"),
        (b"x-forwarded-host", b"evil.example"),
        (b"x-request-id", b"01a2027b-d680-7000-8000-000000000001"),
        (b"expect", b"nothing"),
        (b"cookie", b"a=b"),
        (b"x-unknown", b"\xff\xfe"),
    ):
        odd = odd.field(name, value)

    answer = shop.send(odd)

    assert (answer.status, answer.body) == (plain.status, plain.body)
    assert answer.header("x-request-id") != "01a2027b-d680-7000-8000-000000000001"


def test_many_requests_share_a_connection(shop: Shop) -> None:
    with shop.server.connect() as connection:
        connection.send(b"".join(request("GET", b"/items", host=shop.server.host) for _ in range(20)))

        answers = [connection.answer("GET", b"/items") for _ in range(20)]

    assert {one.status for one in answers} == {200}
    assert len({one.header("x-request-id") for one in answers}) == 20


# -- packets ---------------------------------------------------------------------------------------------------------------
UPGRADE = ((b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c"), (b"http2-settings", b"AAMAAABkAARAAAAAAAIAAAAA"))


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("is_whole", [False, True], ids=["two packets", "one packet"])
def test_a_wish_for_another_protocol_hides_no_body(shop: Shop, is_chunked: bool, is_whole: bool) -> None:
    ask = shop.good(CONTRACT.operations["quoteOrder"])
    content = json.dumps(ask.body).encode()
    body = chunked(content) if is_chunked else content
    framing = (b"transfer-encoding", b"chunked") if is_chunked else (b"content-length", b"%d" % len(body))
    head = request(ask.method, ask.target, [*ask.fields, *UPGRADE, framing], host=shop.server.host)
    behind = request("GET", b"/items", host=shop.server.host)

    with shop.server.connect() as connection:
        for packet in [head + body + behind] if is_whole else [head, body + behind]:
            connection.send(packet)
        served(connection.answer(ask.method, ask.target))
        served(connection.answer("GET", b"/items"))


def test_requests_in_front_of_a_malformed_one_are_answered(shop: Shop) -> None:
    with shop.server.connect() as connection:
        connection.send(request("GET", b"/items", host=shop.server.host) * 2 + b"nonsense\r\n\r\n")

        for _ in range(2):
            served(connection.answer("GET", b"/items"))
        assert connection.answer("GET", b"/items").status == 400
        assert connection.is_closed()


@pytest.mark.parametrize("path", [b"/health", b"/livez"])
def test_a_health_probe_comes_by_any_host(shop: Shop, path: bytes) -> None:
    for raw in (b"GET " + path + b" HTTP/1.1\r\nhost: 10.1.2.3:8000\r\n\r\n", b"GET " + path + b" HTTP/1.0\r\n\r\n"):
        with shop.server.connect() as connection:
            connection.send(raw)

            assert connection.answer("GET", path).status == 200


@pytest.mark.parametrize("size", [1_100_000, 3_000_000])
def test_a_refusal_reaches_a_client_that_sends_everything_first(shop: Shop, size: int) -> None:
    ask = shop.good(CONTRACT.operations["createUser"])
    for _ in range(5):
        with shop.server.connect() as connection:
            connection.say(ask.method, ask.target, ask.fields, b" " * size)

            answer = connection.answer(ask.method, ask.target)

            assert (answer.status, problem(answer)) == (413, "body-too-large")
            assert connection.is_closed()
