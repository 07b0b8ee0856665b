"""Responses that are sent item by item: each handler returns an iterator, which runs while they are sent. One takes such a body."""

from collections.abc import AsyncIterator

from steelyard.contract.dependencies import CurrentCaller, Transaction
from steelyard.contract.http.dispositions import attachment
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.uploads import SentItems

LAST = 5
KINDS = (m.PartKind.steel, m.PartKind.brass, m.PartKind.pine_wood)


async def export_lines(count: p.Count) -> r.ExportLines200:
    return r.ExportLines200(body=_lines(count), content_disposition=attachment("lines.ndjson"))


async def _lines(count: int) -> AsyncIterator[m.Line]:
    for number in range(1, count + 1):
        yield m.Line(number=number, kind=KINDS[(number - 1) % 3], text=f"Größe {number}" if number % 3 else None)


async def import_lines(
    body: SentItems[m.NewLine],
    idempotency_key: p.IdempotencyKey,  # noqa: ARG001  # the compiler's; the handler runs once for each
    caller: CurrentCaller,  # noqa: ARG001  # a caller is needed
    tx: Transaction,  # noqa: ARG001  # the key is stored in it
) -> m.Tally:
    total = 0
    async for line in body:
        total += line.number
    return m.Tally(lines=len(body), sum=total)


async def follow_ticks(last_event_id: p.LastEventID, caller: CurrentCaller) -> r.FollowTicks200:  # noqa: ARG001  # a caller is needed
    return r.FollowTicks200(body=_ticks(0 if last_event_id is None else int(last_event_id)))


async def _ticks(behind: int) -> AsyncIterator[r.StreamEvent[m.Tick]]:
    for number in range(behind + 1, LAST + 1):
        tick = m.Beat(type="beat", number=number) if number < LAST else m.Chime(type="chime", melody="ding\ndong\u2028")
        yield r.StreamEvent(tick, id=str(number))


async def spell_word(body: m.Spelling) -> r.SpellWord200:
    return r.SpellWord200(body=_letters(body.word))


async def _letters(word: str) -> AsyncIterator[r.StreamEvent[m.Letter]]:
    for letter in word:
        yield r.StreamEvent(letter)
