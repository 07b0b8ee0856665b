"""Host headers: which names this server serves."""

import re
from collections.abc import Collection

import structlog

# Ports and capitals make many spellings of one host; beyond these each is compared anew.
_MAX_SPELLINGS = 100
# Callers choose the Host, and must not be able to fill the log.
_MAX_REJECTED = 100
# uri-host [":" port] (RFC 9110, section 7.2), where a host may be empty.
_HOST = re.compile(rb"(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-fA-F:.]+\])(?::[0-9]{0,5})?", re.ASCII)
# Health probes use the address of the server, not its name: the check of the image, a kubelet, a load balancer.
PROBES = frozenset({b"/health", b"/livez"})

log = structlog.get_logger()


class TrustedHosts:
    """The hosts that are served, with any port and in any case; `*` stands for all."""

    def __init__(self, hosts: Collection[str], root_path: str = "") -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        # With and without the path of a proxy.
        self._probes = PROBES | {root_path.encode() + probe for probe in PROBES}
        self.spellings: set[bytes] = set()
        """Of trusted hosts, as they were spelt in requests before: nothing else is to be looked at."""
        self._rejected: set[str] = set()

    def objection(self, host: bytes, path: bytes) -> str | None:
        """Why a request with this Host header and path is rejected; None if it is served."""
        if host in self.spellings:
            return None
        if not _HOST.fullmatch(host):
            return "The Host header is malformed"
        name = host.decode("latin-1").lower()
        name = name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]
        if "*" in self._hosts or name in self._hosts:
            if len(self.spellings) < _MAX_SPELLINGS:
                self.spellings.add(host)
            return None
        if path in self._probes:
            return None
        self._log_rejected(name)
        return "This host name is not served here"

    def _log_rejected(self, name: str) -> None:
        """One line for each host, the first time: otherwise, an operator whose proxy sends another name would see 400s without a reason."""
        if name not in self._rejected and len(self._rejected) < _MAX_REJECTED:
            self._rejected.add(name)
            log.warning("host_rejected", host=name[:200], setting="STEELYARD_TRUSTED_HOSTS")
