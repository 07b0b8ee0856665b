"""The store of shared limits in Valkey or Redis: a script counts a call as `counts.py` does, by the clock of the server."""

import asyncio
import secrets
from hashlib import sha1, sha256
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, NoScriptError, RedisError
from redis.maint_notifications import MaintNotificationsConfig

from steelyard.rate_limits.counts import SLICES
from steelyard.rate_limits.memory import Decision, Quota
from steelyard.rate_limits.shared import StoreError

# A decision takes a tenth of a millisecond and the network's delay: one connection serves thousands of them in a second.
_MAX_CONNECTIONS = 4
_MICROSECONDS = 1_000_000
# A stopping process waits no longer for a server that does not respond.
_CLOSE_TIMEOUT_S = 0.5

# A key is a hash: numbers of slices, and the calls in each. Returns the calls that are left (-1 if this one was not counted), and the
# seconds until all calls of the key are over, and until the first one is. The clock may go back when a replica takes over.
TAKE = """
local most, slice, slices = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local newest = math.floor(now / slice)
local counts = redis.call('HGETALL', KEYS[1])
for i = 1, #counts, 2 do
  local number = tonumber(counts[i])
  if number > newest and number <= newest + slices then
    newest, now = number, number * slice
  end
end
local total, first, last, over = 0, newest, newest - slices, {}
local function seconds_until_over(number)
  return math.ceil(((number + slices + 1) * slice - now) / 1000000)
end
for i = 1, #counts, 2 do
  local number = tonumber(counts[i])
  if number < newest - slices or number > newest then
    over[#over + 1] = counts[i]
  else
    total, first, last = total + counts[i + 1], math.min(first, number), math.max(last, number)
  end
end
if total >= most then
  return {-1, seconds_until_over(last), math.max(1, seconds_until_over(first))}
end
if #over > 0 then
  redis.call('HDEL', KEYS[1], unpack(over))
end
redis.call('HINCRBY', KEYS[1], string.format('%d', newest), 1)
redis.call('PEXPIRE', KEYS[1], math.ceil(slice * (slices + 1) / 1000))
return {most - total - 1, seconds_until_over(newest), 0}
"""
# The name that the server gives to the script.
_DIGEST = sha1(TAKE.encode(), usedforsecurity=False).hexdigest()


class Valkey:
    """Counts in the server at a URL. A decision takes at most `timeout_s`, waiting for a connection included."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=_MAX_CONNECTIONS,
            # The only timeout is that of the whole decision: `_take`.
            timeout=None,
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self._client = Redis.from_pool(pool)
        self._timeout_s = timeout_s
        self._probe_key = f"steelyard:limit:probe:{secrets.token_hex(16)}"

    async def take(self, rate_class: str, key: str, quota: Quota) -> Decision:
        """Whether a call passes; it is counted if it does."""
        # The server gets no addresses.
        who = sha256(key.encode()).hexdigest()
        return await self._take(f"steelyard:limit:{rate_class}:{who}", quota)

    async def probe(self) -> None:
        """Count a call of this process. A server that is full, or that only reads, responds to PING, but decides nothing."""
        await self._take(self._probe_key, Quota(1_000, 1))

    async def eviction_policy(self) -> str | None:
        """What the server does when it is full: its `maxmemory-policy`, or None if this user may not read it. Raises StoreError."""
        try:
            async with asyncio.timeout(self._timeout_s):
                memory = await self._client.info("memory")
        except NoPermissionError:
            return None
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreError from error
        return str(memory["maxmemory_policy"])

    async def close(self) -> None:
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self._client.aclose()
        except (RedisError, OSError, TimeoutError):
            pass  # the process ends, and the connections with it

    async def _take(self, name: str, quota: Quota) -> Decision:
        slice_us = quota.period_s * _MICROSECONDS // SLICES
        arguments = (1, name, quota.calls, slice_us, SLICES)
        try:
            async with asyncio.timeout(self._timeout_s):
                try:
                    response = await self._client.evalsha(_DIGEST, *arguments)
                except NoScriptError:
                    response = await self._client.eval(TAKE, *arguments)
            left, reset_s, retry_after_s = response
        except (RedisError, OSError, TimeoutError, ValueError, TypeError) as error:
            raise StoreError from error
        return Decision(allowed=left >= 0, left=max(0, left), reset_s=reset_s, retry_after_s=retry_after_s)
