"""Bodies that are expensive to parse or to validate, and a measurement of cost in a separate process."""

import gc
import json
import os
import resource
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

TRIES = 2
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Costs(NamedTuple):
    """The processor time of each run, as the least of its tries, and the growth of the process over all runs."""

    cpu_s: list[float]
    memory_bytes: int


def costs(*runs: Callable[[], object]) -> Costs:
    """The costs of these calls in a fork of this process. No earlier measurement has grown its memory."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            gc.collect()
            before, files_before = _resident(), _of_files()
            # In turns: what else the machine does is the same for all of them.
            rounds = [[_timed(run) for run in runs] for _ in range(TRIES)]
            taken = [min(tries) for tries in zip(*rounds, strict=True)]
            # A fork reads the pages of files again when it uses them; which is not the cost of a body. All are there before the last round.
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before - max(0, _of_files() - files_before)
            os.write(writing, json.dumps([taken, grown]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as result:
        taken, grown = json.load(result)
    os.waitpid(child, 0)
    return Costs(taken, grown)


def _timed(run: Callable[[], object]) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


def _resident() -> int:
    return _pages(1)


def _of_files() -> int:
    """The part of it that is read from files."""
    return _pages(2)


def _pages(field: int) -> int:
    return int(Path("/proc/self/statm").read_text().split()[field]) * PAGE_BYTES


def _filled(head: bytes, unit: bytes, tail: bytes, size: int) -> bytes:
    return head + unit.join([b""] * ((size - len(head) - len(tail)) // len(unit) + 1)).rstrip(b",") + tail


def _numbered(head: bytes, unit: str, tail: bytes, size: int, between: bytes = b",") -> bytes:
    """Units that contain their number."""
    width = len(unit % 0) + len(between)
    return head + between.join((unit % number).encode() for number in range((size - len(head) - len(tail)) // (width + 1))) + tail


@cache
def documents(size: int, member: str, items: str) -> dict[str, bytes]:
    """JSON documents of about this size, by their flaw. `member` and `items` are members that an operation accepts."""
    known, many = f'{{"{member}":'.encode(), f'{{"{items}":['.encode()
    return {
        "names, the last one twice": _numbered(b"{", '"%06d":0', b',"999999":0,"999999":0}', size),
        "names of 100 characters": _numbered(b"{", '"%0100d":0', b"}", size),
        "names of 1000 characters": _numbered(b"{", '"%01000d":0', b"}", size),
        "names of 9000 characters": _numbered(b"{", '"%09000d":0', b"}", size),
        "a long name over empty arrays": _filled(b'{"' + b"n" * (size // 2) + b'":[', b"[],", b"]}", size),
        "brackets only": b"[" * (size // 2) + b"]" * (size // 2),
        "empty arrays 30 levels down": _filled(b'{"a":' * 29 + b"[", b"[],", b"]" + b"}" * 29, size),
        "zeros": _filled(b"[", b"0,", b"]", size),
        "zeros in a known list": _filled(many, b"0,", b"]}", size),
        "objects in a known list": _filled(many, b"{},", b"]}", size),
        "texts in a known list": _filled(many, b'"a",', b"]}", size),
        "long texts in a known list": _numbered(many, '"https://example.com/%0900d"', b"]}", size),
        "complete lines in a known list": _filled(many, b'{"product_id":1,"quantity":0},', b"]}", size),
        "members twice in a known list": _numbered(many, '{"a":0,"a":%d}', b"]}", size),
        "one integer": known + b"9" * (size - len(known) - 1) + b"}",
        "integers of 4000 digits": _filled(many, b"9" * 4000 + b",", b"]}", size),
        "one fraction": known + b"0." + b"1" * (size - len(known) - 3) + b"}",
        "fractions": _filled(many, b"0.5,", b"]}", size),
        "escapes": _filled(known + b'"', b"\\u00e9", b'"}', size),
        "escapes in pairs": _filled(known + b'"', b"\\ud83d\\ude00", b'"}', size),
        "escapes, the last one a lone surrogate": _filled(known + b'"', b"\\u00e9", b'\\ud800"}', size),
        "a text that fails its pattern at the end": _filled(known + b'"', b"a", b'\\u0000"}', size),
        "a text of spaces": _filled(known + b'"', b" ", b'"}', size),
        "a text of commas": known + b'"' + b"," * (size - len(known) - 3) + b'"}',
        "a text of quotes": _filled(known + b'"', b'\\"', b'"}', size),
        "an e-mail address without an end": _filled(b'{"email":"a@', b"a.", b'"}', size),
        "not UTF-8 at the end": _filled(known + b'"', b"a", b'\xff"}', size),
        "white space": b" " * size,
    }


@cache
def forms(size: int) -> dict[str, bytes]:
    """Forms of about this size, by their flaw."""
    return {
        "fields": _numbered(b"", "a%06d=1", b"", size, b"&"),
        "long fields": _numbered(b"", "%01500d=1", b"", size, b"&"),
        "ampersands": b"&" * size,
        "the same field": _filled(b"username=a", b"&username=" + b"a" * 1500, b"", size),
        "escapes": _filled(b"username=", b"%41", b"", size),
        "escapes, the last one broken": _filled(b"username=", b"%41", b"%zz", size),
        "escapes in names": _filled(b"", b"%61" * 500 + b"=&", b"", size),
        "escapes that are not UTF-8": _filled(b"username=", b"%ff", b"", size),
        "plus signs": _filled(b"password=", b"+", b"", size),
        "a text that fails its pattern at the end": _filled(b"username=", b"a", b"%00", size),
    }
