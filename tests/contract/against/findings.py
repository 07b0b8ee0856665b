"""What an examination has found: operation, rule, and a line for the shell that shows it again."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.contract.against.curls import Secrets, curl, quoted
from tests.kit.clients.visit import Sent, Visit
from tests.kit.contract.checker import CONTRACT

# What is a secret wherever it turns up: access tokens, refresh tokens.
_SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|syr_[\w-]{43}")


@dataclass
class Finding:
    """One way in which the server is not what the contract says."""

    operation: str
    rule: str
    detail: str
    sent: Sent | None
    times: int = 1


@dataclass
class Findings:
    """Each is told once, with how often it was met."""

    visit: Visit
    folder: Path
    found: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def add(self, operation: str, rule: str, detail: str, sent: Sent | None) -> None:
        known = self.found.setdefault((operation, rule), Finding(operation, rule, detail, sent, 0))
        known.times += 1

    def judged(self) -> int:
        """Take over what the judge has had to say of the answers so far; how many of them are new."""
        before = len(self.found)
        for difference, sent in self.visit.differences:
            name, _, what = difference.partition(": ")
            operation, _, status = name.partition(" ")
            rule, _, detail = what.partition(" (")
            self.add(operation, f"answer {status} is as promised: {rule}", detail.removesuffix(")") or what, sent)
        self.visit.differences.clear()
        return len(self.found) - before

    def lines(self) -> list[str]:
        """All of them, to be read from top to bottom."""
        told = []
        for number, one in enumerate(self.found.values(), 1):
            times = f", met {one.times} times" if one.times > 1 else ""
            told += ["", f"FINDING {number}: {one.operation}{times}", f"  rule    {one.rule}"]
            told += [f"  {'found' if not at else '     '}   {line}" for at, line in enumerate(self.masked(one.detail).splitlines())]
            told += self._repeat(one.sent)
        return told

    def _repeat(self, sent: Sent | None) -> list[str]:
        if sent is None:
            return []
        operation, _ = CONTRACT.find(sent.exchange.method, sent.exchange.path)
        told = [
            f"  sent    {sent.exchange.method} {sent.exchange.path[:100]} ({operation or 'no operation'}), answered {sent.exchange.status}"
        ]
        tokens = [token for token in self.visit.logins if token.rpartition(".")[2].encode() in sent.raw]
        if tokens:
            login = self.visit.logins[tokens[0]]
            password = "$ADMIN_PASSWORD" if login.is_admin else "$PASSWORD"
            scope = "" if login.scopes is None else f" --data-urlencode scope={quoted((' '.join(login.scopes) or 'nothing').encode(), {})}"
            told.append(
                f'  log in  TOKEN=$(curl -sS {self.visit.url}/token -d username={login.email} --data-urlencode "password={password}"{scope}'
                ' | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')'
            )
        return [*told, f"  repeat  {curl(sent.raw, self.visit.url, self._secrets(sent.raw), self.folder)}"]

    def _secrets(self, raw: bytes) -> Secrets:
        found = {self.visit.password.encode(): "$PASSWORD", self.visit.admin_password.encode(): "$ADMIN_PASSWORD"}
        for token in self.visit.logins:
            signature = token.rpartition(".")[2].encode()
            if signature in raw:
                found |= {token.encode(): "$TOKEN", signature: "${TOKEN##*.}"}
        # One that is not of our making was given out in an answer that nobody remembers.
        others = (secret.encode() for secret in _SECRET.findall(raw.decode("latin-1")))
        return {**{secret: "$SECRET" for secret in others if secret.startswith(b"syr_")}, **found}

    def masked(self, text: str) -> str:
        """The text without what is secret."""
        for secret in (self.visit.password, self.visit.admin_password):
            text = text.replace(secret, "***")
        return _SECRET.sub("***", text)
