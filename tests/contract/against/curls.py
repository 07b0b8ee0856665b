"""A request as a line for the shell that sends the same bytes, with names of variables in place of what is secret."""

import re
from collections.abc import Mapping
from pathlib import Path

# Longer bodies, and those that no argument of a program can hold, go to a file.
MAX_INLINE_BYTES = 1500
# Of no meaning for the answer, or said by curl itself.
_SAID = {b"host", b"connection", b"user-agent", b"accept-encoding", b"content-length"}

Secrets = Mapping[bytes, str]


def curl(raw: bytes, url: str, secrets: Secrets, folder: Path) -> str:
    """The command. Bodies that it cannot hold are written into the folder."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    method, _, target = start.rpartition(b" ")[0].partition(b" ")
    fields = [(name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines)]
    given = dict(fields)
    body = _body(given, rest)
    said = ["curl -sS -i"]
    said += ["--head"] if method == b"HEAD" else [] if method == b"GET" and body is None else ["-X", method.decode()]
    if re.search(rb"/\.|//|%2e", target, re.IGNORECASE):
        said.append("--path-as-is")
    said.append(quoted(url.encode() + target, secrets))
    if set(b"[]{}") & set(target):
        said.insert(1, "--globoff")
    for name, value in fields:
        if name not in _SAID or (name == b"content-length" and value != b"%d" % len(body or b"")):
            if (name, value) == (b"accept", b"*/*"):
                continue
            said += ["-H", quoted(name + b": " + value if value else name + b";", secrets)]
    if b"accept" not in given:
        said += ["-H", "'accept:'"]
    if body is not None:
        if b"content-type" not in given:
            said += ["-H", "'content-type:'"]
        said += _data(body, secrets, folder)
    return " ".join(said)


def _body(given: Mapping[bytes, bytes], rest: bytes) -> bytes | None:
    if given.get(b"transfer-encoding") == b"chunked":
        body = b""
        while (line := rest.partition(b"\r\n"))[0] and (size := int(line[0], 16)):
            body, rest = body + line[2][:size], line[2][size + 2 :]
        return body
    if b"content-length" not in given:
        return None
    # Whoever announces more than he sends wants to be refused before he sends it.
    return rest if len(rest) == int(given[b"content-length"]) else rest or None


def _data(body: bytes, secrets: Secrets, folder: Path) -> list[str]:
    if len(body) <= MAX_INLINE_BYTES and b"\x00" not in body:
        return ["--data-raw", quoted(body, secrets)]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"body-{len(list(folder.glob('body-*'))) + 1}"
    path.write_bytes(body)
    return ["--data-binary", quoted(b"@" + str(path).encode(), {})]


def quoted(text: bytes, secrets: Secrets) -> str:
    """One word of bash."""
    if not secrets:
        return _plain(text)
    known = b"|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True))
    return (
        "".join(f'"{secrets[piece]}"' if piece in secrets else _plain(piece) for piece in re.split(b"(" + known + b")", text) if piece)
        or "''"
    )


def _plain(text: bytes) -> str:
    if all(32 <= byte < 127 and byte != 0x27 for byte in text):
        return f"'{text.decode()}'"
    return "$'" + "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in text) + "'"
