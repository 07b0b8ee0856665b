"""Listings of the contract, rows in which their filters find differences, and what a filter should find."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx

from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.laws import at, comparable
from tests.kit.contract.samples import form_of, variants
from tests.kit.world.stage import Stage
from tests.kit.world.world import User

Row = dict[str, Any]
MOST_ROWS = 40
PAGES = 5
OPERATIONS = list(CONTRACT.operations.values())


def success(operation: Operation) -> Schema:
    """The schema of its JSON success, or an empty one."""
    for status, response in CONTRACT.responses(operation).items():
        if status < 300 and "application/json" in response.get("content", {}):
            schema: Schema = response["content"]["application/json"]["schema"]
            return schema
    return {}


def list_member(operation: Operation) -> tuple[str, Schema] | None:
    """The member of a read's success that lists objects, and the schema of a row."""
    if operation.method != "GET":
        return None
    for name, node in CONTRACT.resolve(success(operation)).get("properties", {}).items():
        row = CONTRACT.resolve(CONTRACT.resolve(node).get("items", {}))
        if "properties" in row:
            return name, row
    return None


def by_name(operation: Operation) -> dict[str, Schema]:
    return {parameter["name"]: parameter for parameter in CONTRACT.parameters(operation)}


def with_law(law: str) -> list[Operation]:
    """Operations with a parameter that has the law."""
    return [operation for operation in OPERATIONS if any(law in parameter for parameter in CONTRACT.parameters(operation))]


def pointers(operation: Operation) -> list[str]:
    """Where its parameters are written."""
    holders = [(CONTRACT.tree["paths"][operation.path], operation.pointer.rpartition("/")[0]), (operation.node, operation.pointer)]
    return [
        node["$ref"].removeprefix("#") if "$ref" in node else f"{where}/parameters/{index}"
        for holder, where in holders
        for index, node in enumerate(holder.get("parameters", ()))
    ]


def path_ids(stage: Stage, operation: Operation) -> dict[str, Any]:
    names = {name for name, parameter in by_name(operation).items() if parameter["in"] == "path"}
    return {name: value for name, value in stage.ids(operation.id).items() if name in names}


class Listing:
    """One listing as one caller sees it."""

    def __init__(self, api: Api, stage: Stage, operation: Operation, caller: User | None) -> None:
        listed = list_member(operation)
        assert listed is not None, f"{operation} lists nothing"
        self.operation, (self.member, self.row), self.caller = operation, listed, caller
        self._client = api.as_(caller)
        self._ids, self.own = path_ids(stage, operation), stage.own(operation.id)
        self.last: httpx.Response | None = None
        self.is_whole = True
        self.total: int | None = None
        """As the first page states it."""

    async def rows(self, *, size: int = 100, **parameters: Any) -> list[Row]:
        """All rows, page by page. Rows of other tests are left out where the stage can restrict the list."""
        fixed = {**self._ids, **{name: value for name, value in self.own.items() if name not in parameters}, **parameters}
        paged = {"limit": size} if "limit" in by_name(self.operation) else {}
        rows, cursor = list[Row](), None
        for page in range(PAGES):
            self.last = await self._client.call(self.operation.id, **fixed, **paged, **({"cursor": cursor} if cursor else {}))
            assert self.last.is_success, self.last.text
            rows += self.last.json()[self.member]
            cursor = self.last.json().get("next_cursor")
            self.total = self.last.json().get("total") if page == 0 else self.total
            if cursor is None:
                break
        self.is_whole = cursor is None
        return rows

    @property
    def exchange(self) -> Any:
        assert self.last is not None
        return self.last.extensions["exchange"]


# -- rows ----------------------------------------------------------------------------------------------------------------
def makers(row: Schema) -> list[Operation]:
    """The operations that create what a listing has in its rows: their success is read by the same operation."""
    reading = row.get("x-read", {}).get("operationId")
    return [
        operation
        for operation in OPERATIONS
        if operation.method == "POST"
        and "201" in operation.node["responses"]
        and CONTRACT.resolve(success(operation)).get("x-read", {}).get("operationId") == reading is not None
    ]


def mixed(maker: Operation, plain: Any) -> Iterator[tuple[str, Any]]:
    """Variants of one member, and after each of them one that also has a value of another member, so that filters meet in a row."""
    single = list(variants(maker, plain))
    if not isinstance(plain, dict):
        yield from single
        return
    pointer, _ = form_of(maker, plain)
    for number, (name, body) in enumerate(single):
        yield name, body
        other, beside = single[(number * 7 + 3) % len(single)]
        both = {**body, other: beside[other]}
        if other != name and CONTRACT.validator(pointer).is_valid(both):
            yield name, both


async def vary(api: Api, stage: Stage, operation: Operation) -> None:
    """Rows that differ in each member that can be sent, by every operation that makes or changes them."""
    listed = list_member(operation)
    law = listed[1].get("x-read", {}) if listed else {}
    made: list[Any] = []
    for maker in makers(listed[1] if listed else {}):
        plain = stage.request(maker.id)
        others = [body for _, body in mixed(maker, plain.body)]
        for body in [plain.body, *others[:: max(1, len(others) // MOST_ROWS)]]:
            stage.world.clock.advance(milliseconds=len(made) % 3)
            fresh = stage.request(maker.id)
            changed = body
            if isinstance(body, dict):
                changed = {**body, **{name: value for name, value in fresh.body.items() if body.get(name) == plain.body.get(name)}}
            response = await api.as_(plain.sender).send_as_is(replace(fresh, body=changed))
            made += [response.json()] if response.is_success else []
    for name, path in law.get("parameters", {}).items():
        ids = iter([at(value, path)[0] for value in made])
        for change in [each for each in OPERATIONS if each.method != "GET" and name in by_name(each) and "{" in each.path]:
            sender = stage.admin if "admin" in change.node.get("x-access", {}) else stage.sender(change.id)
            base = stage.request(change.id)
            bodies: list[Any] = [None] if base.body is None else [body for _, body in variants(change, base.body)][:6]
            for body in bodies:
                if (target := next(ids, None)) is not None:
                    await api.as_(sender).send_as_is(replace(stage.request(change.id, **{name: target}), body=body))


# -- filters -------------------------------------------------------------------------------------------------------------
def fold(text: str, law: Schema) -> str:
    return text.casefold() if law.get("case") == "ignored" else text


def _texts(row: Row, paths: list[str]) -> list[str]:
    """The texts of some members; a list has a text for each element."""
    held = [value for path in paths for value in at(row, path)]
    return [text for value in held for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def keeps(law: Schema, row: Row, value: Any, caller_id: Any) -> bool:
    """Whether a row should be in the list that is filtered by the value."""
    comparison = next(iter(set(law) - {"case"}))
    held = law[comparison]
    if comparison == "words":
        return all(any(fold(word, law) in fold(text, law) for text in _texts(row, held)) for word in value.split())
    if comparison == "text":
        return any(fold(value, law) in fold(text, law) for text in _texts(row, held))
    member, expected = (at(row, held[value])[0], caller_id) if comparison == "caller" else (at(row, held)[0], value)
    if comparison == "positive":
        member = member > 0
    left, right = (fold(comparable(each), law) if isinstance(each, str) else each for each in (member, expected))
    return left is not None and COMPARISONS[comparison](left, right)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("equals", "caller", "positive"), operator.eq),
    "at-least": operator.ge,
    "at-most": operator.le,
    "after": operator.gt,
    "before": operator.lt,
}


def values(law: Schema, parameter: Schema, rows: list[Row]) -> Iterator[Any]:
    """Values of a filter: below, at and above those of the rows, parts and other cases of their texts, and one that no row has."""
    schema = CONTRACT.resolve(parameter["schema"])
    comparison = next(iter(set(law) - {"case"}))
    held = law[comparison]
    if comparison == "caller":
        yield from held
    elif schema.get("type") == "boolean":
        yield from (True, False)
    elif "enum" in schema:
        yield from schema["enum"]
    elif comparison in {"words", "text"}:
        yield from _phrases(comparison, [_texts(row, held) for row in rows])
    else:
        members = {value for row in rows for value in at(row, held) if value is not None}
        chosen = sorted(members, key=comparable)
        for value in [*chosen[:3], *chosen[-3:]]:
            yield from around(value)
        yield parameter.get("example", chosen[0] if chosen else 1)


def around(value: Any) -> list[Any]:
    """The value, with its neighbours where it has some."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return [value]
    if isinstance(value, int):
        return [value - 1, value, value + 1]
    if comparable(value) != value or value.endswith("Z"):
        moment = datetime.fromisoformat(value)
        steps = (timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1))
        elsewhere = [moment.astimezone(timezone(timedelta(hours=hours))).isoformat() for hours in (2, -5)]
        return [*[(moment + step).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for step in steps], *elsewhere]
    return [value, value.swapcase()]


def _phrases(comparison: str, texts: list[list[str]]) -> Iterator[str]:
    """Parts of the texts in both cases: of usual ones, the longest, one with signs, one beyond ASCII. Databases differ in these."""
    usual = list(dict.fromkeys(text for each in texts for text in each if text.strip() and "x" * 50 not in text and len(text) <= 100))
    special = [max(usual, key=len, default=""), *(text for text in usual if not text.isascii())][:3]
    special += [text for text in usual if set("%_") & set(text)][:2]
    for text in dict.fromkeys([*usual[:: max(1, len(usual) // 4)][:4], *special]):
        words = text.split() or ["x"]
        word = max(words, key=len)
        yield from (word, word.swapcase(), word[: max(1, len(word) - 1)], word[-1:], f"{words[0]} {words[-1].swapcase()}")
        yield from (text, text.swapcase()) if comparison == "text" else ()
    # Two words that occur, in no order, and perhaps not in one row.
    yield " ".join(text.split()[0] for text in usual[:2])
    yield from (f"{text.split()[0]} unheard" for text in usual[:1])
    yield from ("%", "_", "no such text")
