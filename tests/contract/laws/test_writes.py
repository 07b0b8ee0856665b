"""What is written is there at once, in the response, in the resource, in its ETag and in every list; nothing else changes.

A merge patch (RFC 7396) changes the members that it has, and replaces lists. A PUT replaces the resource: a member that is left out gets
its default, or null. A resource is read by its `x-read`.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.contract.laws.listings import OPERATIONS, by_name, list_member, path_ids, success
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation, Schema
from tests.kit.contract.laws import LawBroken, LawsBroken, Part
from tests.kit.contract.resources import read_by, resource
from tests.kit.contract.samples import form_of, members, samples, variants
from tests.kit.world.stage import Request, Stage
from tests.kit.world.world import User, World

MERGE = "application/merge-patch+json"
VALUES_OF_A_MEMBER = 5
VALUES_OF_A_NEW_ONE = 2


def resource_law(operation: Operation) -> Schema | None:
    law: Schema | None = CONTRACT.resolve(success(operation)).get("x-read")
    return law


WRITES = [operation for operation in OPERATIONS if operation.method != "GET" and resource_law(operation)]


def exchange(response: httpx.Response) -> Any:
    return response.extensions["exchange"]


class Writing:
    """A write of one operation, with the reads before and after it."""

    def __init__(self, api: Api, stage: Stage, operation: Operation) -> None:
        self.api, self.stage, self.operation = api, stage, operation
        self.request = stage.request(operation.id)
        self.is_creation = "201" in operation.node["responses"]
        law = resource_law(operation)
        assert law is not None
        self.law = law
        self.reading = CONTRACT.operations[law["operationId"]]
        # A registration has no sender: staff read the account.
        self.reader: User = self.request.sender or stage.admin
        self.readers = (
            [self.reader] if "at" in law or not CONTRACT.operations[law["operationId"]].node.get("x-access") else [self.reader, stage.admin]
        )

    def broken(self, rule: str, detail: str, response: httpx.Response) -> LawBroken:
        return LawBroken(self.operation.id, rule, detail, exchange(response))

    async def send(self, body: Any) -> httpx.Response:
        fresh = self.stage.request(self.operation.id)
        return await self.api.as_(self.request.sender).send_as_is(replace(fresh, body=body))

    async def look(self) -> None:
        """Read before the write, so that a cache has the old state."""
        if not self.is_creation:
            for reader in self.readers:
                await self.api.as_(reader).call(self.reading.id, **path_ids(self.stage, self.reading))

    async def current(self) -> dict[str, Any]:
        """The resource before the first write; empty for one that is created."""
        if self.is_creation or "at" in self.law:
            return {}
        read = await self.api.as_(self.reader).call(self.reading.id, **path_ids(self.stage, self.reading))
        assert read.is_success, read.text
        current: dict[str, Any] = read.json()
        return current

    async def check(self, written: httpx.Response) -> AsyncIterator[LawBroken]:
        """The resource is what the response says, for all who read it."""
        part = resource(self.operation, written)
        assert part is not None
        for reader in self.readers:
            now, read = await read_by(self.api.as_(reader), self.law, part.value)
            differing = ["all members"] if now is None else [name for name in part.value if name in now and now[name] != part.value[name]]
            if differing:
                rule = f"x-read ({self.reading.id} returns at once the {', '.join(differing)} that {self.operation.id} has written)"
                yield self.broken(rule, f"written: {part.value}, read: {now}", read)
        async for broken in self._headers(written, part):
            yield broken

    async def _headers(self, written: httpx.Response, part: Part) -> AsyncIterator[LawBroken]:
        client = self.api.as_(self.reader)
        if (location := written.headers.get("location")) is not None:
            there = await client.get(location)
            if not there.is_success or there.json() != part.value:
                yield self.broken("Location leads to the resource", f"{location} has the status {there.status_code}: {there.text}", there)
        if "etag" in written.headers and "at" not in self.law:
            _, read = await read_by(client, self.law, part.value)
            if read.headers.get("etag") != written.headers["etag"]:
                detail = f"written with {written.headers['etag']}, read with {read.headers.get('etag')}"
                yield self.broken(f"ETag is that of {self.reading.id}", detail, read)


def expectations(writing: Writing, body: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What the members of the body's schema have after the write."""
    _, schema = form_of(writing.operation, body)
    expected = {}
    for name, node in schema["properties"].items():
        whole = {**CONTRACT.resolve(node), **node}
        if name in body:
            expected[name] = body[name]
        elif writing.request.media == MERGE:
            expected[name] = before.get(name)
        elif "default" in whole or "null" in whole.get("type", ()):
            expected[name] = whole.get("default")
    secret = {name for name, node in schema["properties"].items() if node.get("writeOnly")}
    return {name: value for name, value in expected.items() if name not in secret}


def differences(expected: Any, seen: Any) -> bool:
    """Whether a response misses what was sent: lists and objects may have further members, such as ids."""
    if isinstance(expected, dict) and isinstance(seen, dict):
        return any(name not in seen or differences(value, seen[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(seen, list):
        return len(expected) != len(seen) or any(differences(left, right) for left, right in zip(expected, seen, strict=True))
    return bool(expected != seen)


def effects(writing: Writing, body: dict[str, Any] | None, before: dict[str, Any], written: httpx.Response) -> Iterator[LawBroken]:
    """Members that differ from what was sent or kept, and a version that does not increase."""
    value = written.json()
    for member, expected in expectations(writing, body, before).items() if isinstance(body, dict) else ():
        if member in value and differences(expected, value[member]):
            detail = f"sent {body}, before {before.get(member)!r}, expected {expected!r}, got {value[member]!r}"
            yield writing.broken(rule_of(writing, member, body or {}), detail, written)
    if not writing.is_creation and isinstance(before.get("version"), int) and before != value and value["version"] <= before["version"]:
        detail = f"it was {before['version']} before the change, and is {value['version']}"
        yield writing.broken("version increases with each change", detail, written)


def rule_of(writing: Writing, name: str, body: dict[str, Any]) -> str:
    if name in body:
        how = "replaces" if isinstance(body[name], list) else "sets"
        return f"the {'merge patch' if writing.request.media == MERGE else 'body'} {how} {name}"
    return f"a merge patch keeps {name}" if writing.request.media == MERGE else f"{name} that is left out gets its default, or null"


def attempts(writing: Writing) -> Iterator[tuple[str, Any]]:
    """Bodies, each with the member that it is about: every member changes, is left out, and is there while others change."""
    operation, plain = writing.operation, writing.request.body
    yield "", plain
    if not isinstance(plain, dict):
        yield from variants(operation, plain) if plain is not None else ()
        return
    if writing.request.media == MERGE:
        changes = list(variants(operation, {}))
        yield from changes
        firsts = dict(reversed(changes))
        yield from ((f"{name} again", body) for name, body in firsts.items())
        return
    yield from variants(operation, plain)
    pointer, schema = form_of(operation, plain)
    whole = {**{name: values[0] for name, node in schema["properties"].items() if (values := samples(node))}, **plain}
    least = {name: value for name, value in plain.items() if name in schema.get("required", ())}
    yield from ((what, body) for what, body in (("all", whole), ("least", least)) if CONTRACT.validator(pointer).is_valid(body))


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_a_write_has_its_effect_at_once_and_no_other(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    writing, broken = Writing(api, stage, operation), list[LawBroken]()
    tags: dict[str, Any] = {}
    before: dict[str, Any] = await writing.current()
    succeeded, tried = set[str](), dict[str, int]()
    bodies = list(attempts(writing))
    # All of their values are tried.
    choices = {name for name, node in members(operation).items() if {"enum", "const"} & set(CONTRACT.resolve(node))}
    for name, body in bodies:
        tried[name] = tried.get(name, 0) + 1
        is_choice = name in choices
        if tried[name] > (VALUES_OF_A_NEW_ONE if writing.is_creation else VALUES_OF_A_MEMBER) and not is_choice:
            continue
        world.clock.advance(seconds=1)
        sent = unique(stage, operation, body) if writing.is_creation and isinstance(body, dict) else body
        await writing.look()
        written = await writing.send(sent)
        if not written.is_success:
            # Others are rules of the domain, such as a status that is final.
            if is_choice and written.json().get("type") == "/problems/validation-failed":
                broken.append(writing.broken(f"the body may have {name}={sent[name]}", f"it was rejected: {written.text}", written))
            continue
        succeeded.add(name)
        value = written.json()
        broken += effects(writing, sent, before, written)
        broken += [each async for each in writing.check(written)]
        if "etag" in written.headers:
            known = tags.setdefault(written.headers["etag"], value)
            if not writing.is_creation and known != value:
                changed = [member for member in value if known.get(member) != value[member]]
                broken.append(writing.broken(f"ETag changes with {', '.join(changed)}", f"it is still {written.headers['etag']}", written))
        before = value
        if broken:
            break

    assert broken or "" in succeeded, f"{operation} has not succeeded"
    if broken:
        raise LawsBroken(broken)


def unique(stage: Stage, operation: Operation, body: dict[str, Any]) -> dict[str, Any]:
    """The body with new values of unique members."""
    new = stage.request(operation.id).body
    return {**body, **{name: new[name] for name, node in members(operation).items() if name in body and name in new and "x-unique" in node}}


# -- lists ---------------------------------------------------------------------------------------------------------------
def listings_of(law: Schema) -> list[Operation]:
    """The listings whose rows are read by the same operation."""
    listed_in = [(operation, list_member(operation)) for operation in OPERATIONS]
    return [
        operation
        for operation, each in listed_in
        if each and "cursor" in by_name(operation) and each[1].get("x-read", {}).get("operationId") == law["operationId"]
    ]


IN_LISTS = [(write, listing) for write in WRITES for listing in listings_of(resource_law(write) or {})]


@pytest.mark.parametrize(("operation", "listing"), IN_LISTS, ids=str)
async def test_a_list_shows_a_write_at_once(operation: Operation, listing: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world)
    writing = Writing(api, stage, operation)
    client = api.as_(stage.sender(listing.id) or writing.reader)
    arguments = {**path_ids(stage, listing), **stage.own(listing.id), "limit": 100}
    await client.call(listing.id, **arguments)
    written = await writing.send(writing.request.body)
    assert written.is_success, written.text

    listed = await client.call(listing.id, **arguments)

    listed_in = list_member(listing)
    assert listed_in is not None
    row = next((row for row in listed.json()[listed_in[0]] if row["id"] == written.json()["id"]), None)
    differing = ["the row itself"] if row is None else [name for name in row if row[name] != written.json().get(name, row[name])]
    if differing:
        rule = f"x-read ({listing.id} has at once the {', '.join(differing)} that {operation.id} has written)"
        raise LawBroken(listing.id, rule, f"written: {written.json()}, listed: {row}", exchange(listed))


# -- deletions -----------------------------------------------------------------------------------------------------------
DELETIONS = [operation for operation in OPERATIONS if operation.method == "DELETE"]


def read_of_path(operation: Operation) -> Schema | None:
    """How the resource of a path is read: the x-read of a success of another operation on it."""
    others = [other for other in OPERATIONS if other.path == operation.path and other is not operation]
    return next((law for other in others if (law := resource_law(other))), None)


@pytest.mark.parametrize("operation", [each for each in DELETIONS if read_of_path(each)], ids=str)
async def test_a_deleted_resource_is_gone_at_once(operation: Operation, api: Api, world: World) -> None:
    stage = await Stage.of(world, with_order=False)
    law = read_of_path(operation)
    assert law is not None
    reading = CONTRACT.operations[law["operationId"]]
    request: Request = stage.request(operation.id)
    client = api.as_(stage.admin if not law.get("at") else request.sender)
    ids = stage.ids(operation.id)
    arguments = {name: ids[name] for name in law.get("parameters", {})}
    there = await client.call(reading.id, **arguments)
    deleted = await api.send_as_sender(request)
    assert (there.is_success, deleted.is_success) == (True, True), (there.text, deleted.text)

    after = await client.call(reading.id, **arguments)
    again = await api.as_(stage.admin if operation.id == "deleteUser" else request.sender).send_as_is(stage.request(operation.id))

    if "at" in law:
        (name,) = path_ids(stage, operation)
        if any(entry["id"] == ids[name] for entry in after.json()[law["at"]]):
            raise LawBroken(operation.id, f"x-read ({reading.id} no longer has it)", "it is still there", exchange(after))
    elif after.status_code != 404:
        raise LawBroken(operation.id, f"x-read ({reading.id} is a 404)", f"it has the status {after.status_code}", exchange(after))
    if again.status_code != 404:
        raise LawBroken(operation.id, "a deleted resource is a 404", f"a second DELETE has the status {again.status_code}", exchange(again))
