"""A request as a shell command that sends the same bytes, with variables in place of secrets."""

import re
from collections.abc import Mapping
from pathlib import Path

# Longer bodies, and bodies that cannot be an argument of a program, go to a file.
MAX_INLINE_BYTES = 1500
# Fields that do not affect the response, or that curl sends itself.
_SENT_BY_CURL = {b"host", b"connection", b"user-agent", b"accept-encoding", b"content-length"}

Secrets = Mapping[bytes, str]


def curl(raw: bytes, url: str, secrets: Secrets, folder: Path) -> str:
    """The command. Bodies that it cannot hold are written into the folder."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    method, _, target = start.rpartition(b" ")[0].partition(b" ")
    fields = [(name.lower(), value) for name, _, value in (line.partition(b": ") for line in lines)]
    by_name = dict(fields)
    body = _body(by_name, rest)
    words = ["curl -sS -i"]
    words += ["--head"] if method == b"HEAD" else [] if method == b"GET" and body is None else ["-X", method.decode()]
    if re.search(rb"/\.|//|%2e", target, re.IGNORECASE):
        words.append("--path-as-is")
    words.append(quoted(url.encode() + target, secrets))
    if set(b"[]{}") & set(target):
        words.insert(1, "--globoff")
    for name, value in fields:
        if name not in _SENT_BY_CURL or (name == b"content-length" and value != b"%d" % len(body or b"")):
            if (name, value) == (b"accept", b"*/*"):
                continue
            words += ["-H", quoted(name + b": " + value if value else name + b";", secrets)]
    if b"accept" not in by_name:
        words += ["-H", "'accept:'"]
    if body is not None:
        if b"content-type" not in by_name:
            words += ["-H", "'content-type:'"]
        words += _data(body, secrets, folder)
    return " ".join(words)


def _body(by_name: Mapping[bytes, bytes], rest: bytes) -> bytes | None:
    if by_name.get(b"transfer-encoding") == b"chunked":
        body = b""
        while (line := rest.partition(b"\r\n"))[0] and (size := int(line[0], 16)):
            body, rest = body + line[2][:size], line[2][size + 2 :]
        return body
    if b"content-length" not in by_name:
        return None
    # A request with a content-length above the size of its body expects a problem before it sends the rest.
    return rest if len(rest) == int(by_name[b"content-length"]) else rest or None


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
