"""Each handler returns whom the credential belongs to."""

from steelyard.contract.dependencies import CurrentCaller, OptionalCaller
from steelyard_contract import models as m
from steelyard_contract import params as p


async def get_by_header(caller: CurrentCaller) -> m.Owner:
    return m.Owner(user_id=caller.user_id)


async def get_by_query(note: p.Note, caller: CurrentCaller) -> m.Owner:  # noqa: ARG001  # the key is beside it
    return m.Owner(user_id=caller.user_id)


async def get_by_cookie(caller: CurrentCaller) -> m.Owner:
    return m.Owner(user_id=caller.user_id)


async def get_by_both(caller: CurrentCaller) -> m.Owner:
    return m.Owner(user_id=caller.user_id)


async def get_by_either(caller: CurrentCaller) -> m.Owner:
    return m.Owner(user_id=caller.user_id)


async def get_by_maybe(caller: OptionalCaller) -> m.Owner:
    return m.Owner(user_id=caller.user_id if caller is not None else None)
