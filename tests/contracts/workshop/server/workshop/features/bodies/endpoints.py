"""Bodies and responses that are no objects, and other statuses than 200."""

from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def echo_list(body: m.ListModel) -> m.ListModel:
    return body


async def echo_map(body: m.MapModel) -> m.MapModel:
    return body


async def echo_any(body: m.AnyValue) -> m.AnyValue:
    return body


async def echo_text(body: m.Text) -> m.Text:
    return body


async def echo_count(body: m.Count) -> m.Count:
    return body


async def echo_day(body: m.Day) -> m.Day:
    return body


async def echo_nothing(body: m.Nothing) -> m.Nothing:
    return body


async def accept_count(
    body: m.Count,
    notify: p.Notify,  # noqa: ARG001  # nothing is done later here, so nothing is posted
) -> r.AcceptCount202 | r.AcceptCount204:
    return r.AcceptCount202(body=m.Receipt(job=1), location="/bodies/accepted") if body else r.AcceptCount204()


async def echo_optional(body: m.Receipt | None) -> r.EchoOptional200 | r.EchoOptional204:
    return r.EchoOptional204() if body is None else r.EchoOptional200(body=body)
