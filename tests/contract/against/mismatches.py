"""The mismatches of a run: operation, rule, and a shell command that repeats the request."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.against.curls import Secrets, curl, quoted
from tests.kit.clients.visit import Sent, Visit
from tests.kit.contract.checker import CONTRACT

# Secrets wherever they occur: access tokens, refresh tokens.
_SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|syr_[\w-]{43}")


@dataclass
class Mismatch:
    """One way in which the server differs from the contract."""

    operation: str
    rule: str
    detail: str
    sent: Sent | None
    times: int = 1


@dataclass
class Mismatches:
    """Each mismatch once, with the number of times that it occurred."""

    visit: Visit
    folder: Path
    by_rule: dict[tuple[str, str], Mismatch] = field(default_factory=dict)

    def add(self, operation: str, rule: str, detail: str, sent: Sent | None) -> None:
        known = self.by_rule.setdefault((operation, rule), Mismatch(operation, rule, detail, sent, 0))
        known.times += 1

    def collect(self) -> int:
        """Add what the checker has reported since the last call. Returns the number of new mismatches."""
        before = len(self.by_rule)
        for difference, sent in self.visit.mismatches:
            name, _, breach = difference.partition(": ")
            operation, _, status = name.partition(" ")
            rule, _, detail = breach.partition(" (")
            self.add(operation, f"response {status} matches the contract: {rule}", detail.removesuffix(")") or breach, sent)
        self.visit.mismatches.clear()
        return len(self.by_rule) - before

    def lines(self) -> list[str]:
        """The report, line by line."""
        lines = []
        for number, mismatch in enumerate(self.by_rule.values(), 1):
            times = f", seen {mismatch.times} times" if mismatch.times > 1 else ""
            lines += ["", f"MISMATCH {number}: {mismatch.operation}{times}", f"  rule    {mismatch.rule}"]
            lines += [f"  {'got ' if not at else '    '}    {line}" for at, line in enumerate(self.masked(mismatch.detail).splitlines())]
            lines += self._repeat(mismatch.sent)
        return lines

    def _repeat(self, sent: Sent | None) -> list[str]:
        if sent is None:
            return []
        operation, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        lines = [
            f"  sent    {sent.exchange.method} {sent.exchange.path[:100]} ({operation or 'no operation'}), status {sent.exchange.status}"
        ]
        tokens = [token for token in self.visit.logins if token.rpartition(".")[2].encode() in sent.raw]
        if tokens:
            login = self.visit.logins[tokens[0]]
            password = "$ADMIN_PASSWORD" if login.is_admin else "$PASSWORD"
            scope = "" if login.scopes is None else f" --data-urlencode scope={quoted((' '.join(login.scopes) or 'nothing').encode(), {})}"
            lines.append(
                f'  log in  TOKEN=$(curl -sS {self.visit.url}/token -d username={login.email} --data-urlencode "password={password}"{scope}'
                ' | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')'
            )
        return [*lines, f"  repeat  {curl(sent.raw, self.visit.url, self._secrets(sent.raw), self.folder)}"]

    def _secrets(self, raw: bytes) -> Secrets:
        secrets = {self.visit.password.encode(): "$PASSWORD", self.visit.admin_password.encode(): "$ADMIN_PASSWORD"}
        for token in self.visit.logins:
            signature = token.rpartition(".")[2].encode()
            if signature in raw:
                secrets |= {token.encode(): "$TOKEN", signature: "${TOKEN##*.}"}
        # Another refresh token comes from a response that was not kept.
        others = (secret.encode() for secret in _SECRET.findall(raw.decode("latin-1")))
        return {**{secret: "$SECRET" for secret in others if secret.startswith(b"syr_")}, **secrets}

    def masked(self, text: str) -> str:
        """The text without secrets."""
        for secret in (self.visit.password, self.visit.admin_password):
            text = text.replace(secret, "***")
        return _SECRET.sub("***", text)
