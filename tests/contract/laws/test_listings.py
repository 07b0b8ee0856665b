"""Listings: every filter against a model of the unfiltered list, every sort by its keys, and every row against its resource."""

from collections.abc import AsyncIterator
from itertools import combinations, pairwise
from typing import Any

import pytest

from tests.contract.laws.listings import OPERATIONS, Listing, Row, by_name, keeps, list_member, pointers, values, vary, with_law
from tests.kit.clients.api import Api
from tests.kit.contract.checker import CONTRACT, Operation
from tests.kit.contract.laws import LawBroken, LawsBroken, in_order
from tests.kit.contract.resources import read_by
from tests.kit.world.stage import Stage
from tests.kit.world.world import World

ROWS_TO_READ = 8


def shown(law: dict[str, Any]) -> str:
    """The law as the contract writes it."""
    return ", ".join(f"{key}: {value}" for key, value in law.items())


def key(row: Row) -> Any:
    return row.get("id", tuple(row.items()))


async def known(listing: Listing, name: str, law: dict[str, Any]) -> list[Row]:
    """The list without the filter. A filter with a default is never off: then the lists of all its values."""
    parameter = by_name(listing.operation)[name]
    schema = {**CONTRACT.resolve(parameter["schema"]), **parameter["schema"]}
    if "default" not in schema:
        return await listing.rows()
    rows: dict[Any, Row] = {}
    for value in values(law, parameter, []):
        rows |= {key(row): row for row in await listing.rows(**{name: value})}
    return list(rows.values())


async def check_filter(listing: Listing, name: str, law: dict[str, Any]) -> AsyncIterator[LawBroken | tuple[bool, bool]]:
    """Try every value: what is wrong, at last whether some value kept a row, and whether some value left one out."""
    operation, parameter = listing.operation, by_name(listing.operation)[name]
    base = await known(listing, name, law)
    caller_id = getattr(listing.caller, "id", None)
    pointer = next(at for at in pointers(operation) if CONTRACT.at(at)["name"] == name)
    rule, kept, dropped = f"x-filter of {name} ({shown(law)})", False, False
    for value in dict.fromkeys(values(law, parameter, base)):
        if not CONTRACT.validator(f"{pointer}/schema").is_valid(value) or (isinstance(value, str) and not value.strip()):
            continue
        rows = await listing.rows(**{name: value})
        if listing.is_whole and listing.total not in (None, len(rows)):
            detail = f"with {name}={value!r} it is {listing.total}, and the pages have {len(rows)} rows"
            yield LawBroken(operation.id, f"total counts the rows that {name} keeps", detail, listing.exchange)
            return
        there = {key(row) for row in rows}
        expected = {key(row) for row in base if keeps(law, row, value, caller_id)}
        kept, dropped = kept or bool(expected), dropped or len(expected) < len(base)
        for row in rows:
            if not keeps(law, row, value, caller_id):
                yield LawBroken(
                    operation.id, rule, f"with {name}={value!r} the list has a row that does not match: {row}", listing.exchange
                )
                return
        for row in base if listing.is_whole else ():
            if key(row) in expected - there:
                yield LawBroken(operation.id, rule, f"with {name}={value!r} the list lacks a row that matches: {row}", listing.exchange)
                return
    yield kept, dropped


MOST_VALUES = 8
MOST_PAGES = 3


def chosen_values(listing: Listing, base: list[Row]) -> dict[str, list[tuple[Any, set[Any]]]]:
    """By filter: values that keep some rows and leave out others, each with the keys of its rows; first those that keep most."""
    chosen: dict[str, list[tuple[Any, set[Any]]]] = {}
    for at in pointers(listing.operation):
        parameter = CONTRACT.at(at)
        law, schema = parameter.get("x-filter", {}), {**CONTRACT.resolve(parameter["schema"]), **parameter["schema"]}
        # The list without a filter is not known where there is always one.
        if not law or "caller" in law or "default" in schema or parameter["name"] in listing.own:
            continue
        valid = [value for value in dict.fromkeys(values(law, parameter, base)) if CONTRACT.validator(f"{at}/schema").is_valid(value)]
        tried = [(value, {key(row) for row in base if keeps(law, row, value, None)}) for value in valid if str(value).strip()]
        some = [(value, kept) for value, kept in tried if 0 < len(kept) < len(base)]
        chosen[parameter["name"]] = sorted(some, key=lambda each: -len(each[1]))[:MOST_VALUES]
    return chosen


async def check_beside(listing: Listing, name: str, value: Any, kept: set[Any]) -> AsyncIterator[LawBroken]:
    """A filter in every order and on every page."""
    chosen: Row = {name: value}
    size = -(-len(kept) // MOST_PAGES)
    whole, paged = await listing.rows(**chosen), await listing.rows(size=size, **chosen)
    if [key(row) for row in paged] != [key(row) for row in whole]:
        detail = f"with {name}={value!r}, pages of {size} rows are another list than one page"
        yield LawBroken(listing.operation.id, f"x-filter of {name} on each page", detail, listing.exchange)
    for sort, parameter in by_name(listing.operation).items():
        for order, keys in parameter.get("x-order", {}).items():
            rows = await listing.rows(**chosen, **{sort: order})
            if not all(in_order(keys, first, second) for first, second in pairwise(rows)):
                rule = f"x-order of {sort}={order} ({', '.join(keys)}) beside {name}"
                yield LawBroken(listing.operation.id, rule, f"with {name}={value!r} the rows have another order", listing.exchange)
                break


async def check_together(listing: Listing) -> AsyncIterator[LawBroken]:
    """Each filter beside the orders and pages, and beside each other filter."""
    base = await listing.rows()
    chosen = chosen_values(listing, base) if listing.is_whole else {}
    for name, tried in chosen.items():
        for value, kept in tried[:1]:
            for broken in [each async for each in check_beside(listing, name, value, kept)]:
                yield broken
    for (left, left_values), (right, right_values) in combinations(chosen.items(), 2):
        # Both filters must matter: either alone would keep more.
        pairs = [
            (left_value, right_value, left_rows & right_rows)
            for left_value, left_rows in left_values
            for right_value, right_rows in right_values
            if 0 < len(left_rows & right_rows) < min(len(left_rows), len(right_rows))
        ]
        for left_value, right_value, expected in sorted(pairs, key=lambda pair: -len(pair[2]))[:1]:
            there = {key(row) for row in await listing.rows(**{left: left_value, right: right_value})}
            if there != expected:
                detail = f"with {left}={left_value!r} and {right}={right_value!r} it has {len(there)} rows, and {len(expected)} match"
                yield LawBroken(listing.operation.id, f"x-filter of {left} and {right} together", detail, listing.exchange)


async def check_sort(listing: Listing, name: str, law: dict[str, list[str]]) -> AsyncIterator[LawBroken]:
    """Try every order."""
    for value, keys in law.items():
        chosen: Row = {name: value}
        rows = await listing.rows(**chosen)
        assert len(rows) > 3, "too few rows for an order"
        for first, second in pairwise(rows):
            if not in_order(keys, first, second):
                rule, detail = f"x-order of {name}={value} ({', '.join(keys)})", f"{first} comes before {second}"
                yield LawBroken(listing.operation.id, rule, detail, listing.exchange)
                break


async def check_rows(listing: Listing, client: Api) -> AsyncIterator[LawBroken]:
    """A row and its resource have the same values."""
    law = listing.row["x-read"]
    rows = await listing.rows()
    assert rows, "no row to compare"
    for row in rows[:ROWS_TO_READ]:
        whole, response = await read_by(client, law, row)
        differing = ["all members"] if whole is None else [name for name in row if name in whole and whole[name] != row[name]]
        if differing:
            rule = f"x-read ({law['operationId']} returns the {', '.join(differing)} of the row)"
            detail = f"the row is {row}, the resource {whole}"
            yield LawBroken(listing.operation.id, rule, detail, response.extensions["exchange"])
            return


LISTS = [
    operation
    for operation in OPERATIONS
    if (results := list_member(operation)) and "x-read" in results[1] and "at" not in results[1]["x-read"]
]
LAWFUL = [operation for operation in OPERATIONS if operation in [*with_law("x-filter"), *with_law("x-order"), *LISTS]]


@pytest.mark.parametrize("operation", LAWFUL, ids=str)
async def test_a_listing_keeps_its_laws(operation: Operation, api: Api, world: World) -> None:
    """One test for all laws of a listing, because its rows take most of the time."""
    stage = await Stage.of(world)
    await vary(api, stage, operation)
    caller = stage.sender(operation.id) or stage.admin
    listing = Listing(api, stage, operation, caller)
    broken: list[LawBroken] = []
    for name, parameter in by_name(operation).items():
        if "x-filter" in parameter:
            law = parameter["x-filter"]
            callers = [stage.buyer, stage.seller] if "caller" in law else [caller]
            results = [each for who in callers async for each in check_filter(Listing(api, stage, operation, who), name, law)]
            broken += [each for each in results if isinstance(each, LawBroken)]
            tried = [each for each in results if not isinstance(each, LawBroken)]
            assert broken or any(kept for kept, _ in tried), f"no value of {name} found a row: the stage must have such rows"
            assert broken or "caller" in law or any(dropped for _, dropped in tried), f"no value of {name} left out a row"
        if "x-order" in parameter:
            broken += [each async for each in check_sort(listing, name, parameter["x-order"])]
    if not broken and operation in with_law("x-filter"):
        broken += [each async for each in check_together(listing)]
    if operation in LISTS:
        broken += [each async for each in check_rows(listing, api.as_(caller))]

    if broken:
        raise LawsBroken(broken)
