"""The Valkey of shared limits. Without it the server runs, but each machine counts by itself."""

from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, refuse, warn
from steelyard.settings.redis_urls import address, is_readable_on_the_way


def offline(machine: Machine) -> Iterator[Result]:
    url = _url(machine)
    if url is None:
        return
    if find_spec("redis") is None:
        yield refuse(
            "valkey_library",
            "STEELYARD_REDIS_URL is set, but the library for it is missing. Run pip install 'steelyard[valkey]', or leave out the setting.",
        )
    else:
        yield ok("valkey_library", "The library for STEELYARD_REDIS_URL is installed.")
    if is_readable_on_the_way(url):
        yield warn("valkey_tls", "Password and counts travel in the clear to another machine. Write rediss:// in STEELYARD_REDIS_URL.")
    else:
        yield ok("valkey_tls", "No other machine can read what is sent to Valkey.")


async def online(machine: Machine) -> AsyncIterator[Result]:
    url = _url(machine)
    if url is None or find_spec("redis") is None:
        return
    from steelyard.rate_limits.shared import StoreError
    from steelyard.rate_limits.store_errors import why_not_decided
    from steelyard.rate_limits.valkey import Valkey

    store = Valkey(url, timeout_s=machine.settings.redis_timeout_s)
    try:
        await store.probe()
        yield ok("valkey", f"The Valkey {address(url)} counts.")
        yield _eviction(await store.eviction_policy())
    except StoreError as error:
        yield warn("valkey", f"The Valkey {address(url)} {why_not_decided(error)}. Until then, each machine counts by itself.")
    finally:
        await store.close()


def _eviction(policy: str | None) -> Result:
    if policy is None:
        return warn("valkey_eviction", "The maxmemory-policy of Valkey cannot be read. Let this user run +info, or check it there.")
    if policy == "noeviction":
        return warn(
            "valkey_eviction", "A full Valkey would reject writes instead of dropping old counts. Set maxmemory-policy allkeys-lru."
        )
    return ok("valkey_eviction", f"A full Valkey drops old counts ({policy}).")


def _url(machine: Machine) -> str | None:
    settings = machine.settings
    return settings.redis_url.get_secret_value() if settings.redis_url is not None and settings.rate_limits else None
