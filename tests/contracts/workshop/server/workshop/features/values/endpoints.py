"""Scalars, enumerations, unions and conditions: each handler returns its body."""

from steelyard_contract import models as m
from steelyard_contract import params as p


async def echo_scalars(body: m.Scalars) -> m.Scalars:
    return body


async def echo_unions(body: m.Unions) -> m.Unions:
    return body


async def echo_times(body: m.Times) -> m.Times:
    return body


async def echo_numbers(body: m.Numbers) -> m.Numbers:
    return body


async def echo_free(body: m.Free) -> m.Free:
    return body


async def echo_maps(body: m.Maps) -> m.Maps:
    return body


async def echo_constants(body: m.Constants) -> m.Constants:
    return body


async def echo_nullables(body: m.Nullables) -> m.Nullables:
    return body


async def echo_tree(body: m.Tree) -> m.Tree:
    return body


async def echo_parameters(day: p.Day, ratio: p.Ratio, x_id: p.XId) -> m.Parameters:
    return m.Parameters(day=day, ratio=ratio, id=x_id)
