"""How requests are limited, checked and forwarded."""

from collections.abc import Iterator

from steelyard.doctor.machine import Machine
from steelyard.doctor.results import Result, ok, warn


def offline(machine: Machine) -> Iterator[Result]:
    settings = machine.settings
    if settings.rate_limits:
        yield ok("rate_limits", "Requests are limited.")
    else:
        yield warn("rate_limits", "No request is limited, no registration either. Leave out STEELYARD_RATE_LIMITS=false.")
    if settings.response_validation == "off":
        yield warn("response_validation", "No response is compared with the contract. Set STEELYARD_RESPONSE_VALIDATION=observe.")
    else:
        yield ok("response_validation", f"Responses are compared with the contract ({settings.response_validation}).")
    if settings.docs:
        yield warn("docs", "Every visitor can read /docs, /redoc and /problems. If that is not intended, set STEELYARD_DOCS=false.")
    else:
        yield ok("docs", "/docs, /redoc and /problems are off.")
    if settings.trusted_proxies:
        yield ok("trusted_proxies", f"X-Forwarded-* counts if it comes from {', '.join(settings.trusted_proxies)}.")
    else:
        yield warn(
            "trusted_proxies",
            "Behind a proxy, all clients would have the address of the proxy, and share limits. Name it in STEELYARD_TRUSTED_PROXIES.",
        )
    if settings.drain_s:
        yield ok("drain", f"A stopping process reports for {settings.drain_s:g} s that it is not ready, and still serves.")
    else:
        yield warn("drain", "A balancer still sends requests to a process that stops. Behind one, set STEELYARD_DRAIN_S=5.")
