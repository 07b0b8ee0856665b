"""Confirms the caller of a response that stays open: it lasts no longer than a new request would pass."""

import asyncio
from dataclasses import replace
from typing import Any, NoReturn

from steelyard.contract.access.authorization import Authorizer
from steelyard.contract.access.caller import CallerChanged
from steelyard.contract.execution.context import RequestContext
from steelyard.contract.http.field_lines import combined
from steelyard.db.errors import DatabaseUnavailable

# Credentials are read at most once a second, so one that was revoked elsewhere is noticed within two.
CONFIRM_S = 1.0
# A database that fails over would otherwise end all streams at once, and their clients would all come back to it.
UNCONFIRMED_S = 10.0


async def confirm_while_open(context: RequestContext, authorizer: Authorizer[Any]) -> NoReturn:
    """Raise the problem of a new request with the same credentials; CallerChanged when it would pass with other rights."""
    began = context.caller
    assert began is not None
    headers, repeated = combined(context.scope["headers"])
    loop = asyncio.get_running_loop()
    confirmed_at = loop.time()
    while True:
        await asyncio.sleep(CONFIRM_S)
        claims = authorizer.verify(headers, repeated, context.scope["query_string"])
        try:
            caller = await authorizer.authorize(claims, context.read())
        except DatabaseUnavailable:
            if loop.time() - confirmed_at > UNCONFIRMED_S:
                raise
            continue
        # A login that was repeated takes no rights away.
        if replace(caller, authenticated_at=began.authenticated_at) != began:
            raise CallerChanged
        confirmed_at = loop.time()
