"""Schemas of several parts, and members of one side."""

from steelyard_contract import models as m
from steelyard_contract import params as p


async def echo_account(body: m.AccountRequest) -> m.Account:
    cards = [m.Card(last=card.digits[-4:]) for card in body.cards]
    return m.Account(id=1, name=body.name, limits=body.limits, cards=cards)


async def echo_bolt(body: m.Bolt) -> m.Bolt:
    return body


async def echo_choices(body: m.Choices, size: p.Size, step: p.Step) -> m.Choices:  # noqa: ARG001  # they are only read
    return body


async def echo_size(body: m.MixedChoice) -> m.MixedChoice:
    return body


async def echo_maybe_circle(body: m.MaybeCircle) -> m.MaybeCircle:
    return body


async def echo_maybe_list(body: m.MaybeList) -> m.MaybeList:
    return body


async def echo_maybes(body: m.Maybes) -> m.Maybes:
    return body
