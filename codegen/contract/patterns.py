r"""Patterns that mean the same to ECMA-262 (flag u), which the standard names, and to the engines that run them, which are Rust's.

Each construct that one of them reads differently is refused: `[a-z&&c]` is an intersection in Rust, `\1` no pattern there, `(?P<y>)` no
pattern in ECMA-262.
"""

import re

_HEX = re.compile(r"u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}")
_TIMES = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
# What may be escaped in ECMA-262 with the flag u; a hyphen only in a class.
_SYNTAX = "^$\\.*+?()[]{}|/"
_CONTROL = "tnvfr"
_CLOSING = {
    ".": r"`.` leaves out other line ends in other languages: write a class such as [^\u0000-\u001f]",
    "]": r"`]` closes nothing: write \]",
    "}": r"`}` closes nothing: write \}",
}
_OPERATORS = ("&&", "--", "~~")
# A larger count is a larger automaton than Rust builds.
_MOST = 1000


class _Refused(Exception):
    """The first construct that is not portable."""


def complaint(pattern: str) -> str | None:
    """What is not portable in a pattern, and what to write."""
    try:
        _Reader(pattern).read()
    except _Refused as refused:
        return str(refused)
    return None


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.text, self.at, self.depth = pattern, 0, 0
        self.alternatives = self.anchored = self.repeatable = False

    def read(self) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in "*+?{":
                self.times(char)
            elif char in _CLOSING:
                raise _Refused(_CLOSING[char])
            else:
                self.term(char)
        if self.depth:
            raise _Refused(r"`(` is never closed: write `)`, or \( for the character")
        if self.alternatives and self.anchored:
            raise _Refused("`|` separates the whole pattern, so that `^` and `$` each hold for one side only: write ^(?:a|b)$")

    def term(self, char: str) -> None:
        """What a repetition may follow, or not: `^`, `|` and the beginning of a group."""
        self.repeatable = char not in "^$|("
        match char:
            case "\\":
                self.escape(in_class=False)
            case "[":
                self.members()
            case "(":
                self.group()
                self.depth += 1
            case ")":
                if self.depth == 0:
                    raise _Refused(r"`)` closes no group: write \)")
                self.depth -= 1
            case "|":
                self.alternatives |= self.depth == 0
            case "^" | "$":
                self.anchored = True
            case _:
                self.character(char)

    def character(self, char: str) -> None:
        if 0xD800 <= ord(char) <= 0xDFFF:
            raise _Refused(r"half a character: write its code point, such as \u{1f600}")

    def escape(self, *, in_class: bool) -> int:
        """The code point of the character."""
        rest = self.text[self.at :]
        if match := _HEX.match(rest):
            self.at += match.end()
            code = int(match[0].strip("ux{}"), 16)
            if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
                raise _Refused(rf"`\{match[0]}` is half a character: write its code point, such as \u{{1f600}}")
            return code
        char = rest[:1]
        self.at += 1
        if char and (char in _SYNTAX or (in_class and char == "-")):
            return ord(char)
        if char and char in _CONTROL:
            return {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}[char]
        if char == "0" and not rest[1:2].isdigit():
            raise _Refused(r"`\0` is another character in other languages: write \u0000")
        if char.isdigit() or char == "k":
            raise _Refused(rf"`\{char}` refers back to a group, which not all engines can: write the alternatives out")
        if char and char in "pP":
            raise _Refused(rf"`\{char}` changes with the version of Unicode, and not all engines know it: write the ranges")
        if char and char in "dDwWsSbB":
            raise _Refused(rf"`\{char}` means other characters in other languages: write a class such as [0-9]")
        raise _Refused(rf"`\{char}` is no escape of ECMA-262: write the character by itself, or its code point as \u0041")

    def group(self) -> None:
        if not self.text.startswith("?", self.at):
            return
        if self.text.startswith("?:", self.at):
            self.at += 2
            return
        written = re.match(r"\?(?:P?<[=!]?|[=!>|#]|[a-z-]+:?)?", self.text[self.at :])
        raise _Refused(f"`({written[0] if written else '?'}` is not known to all engines: write (?: ... ), the only special group")

    def times(self, char: str) -> None:
        if char == "{":
            match = _TIMES.match(self.text, self.at - 1)
            if match is None:
                raise _Refused(r"`{` begins no count such as {2} or {2,5}: write \{ for the character")
            self.at = match.end()
            least, most = int(match[1]), int(match[3]) if match[3] else int(match[1])
            if most < least or max(least, most) > _MOST:
                raise _Refused(f"`{match[0]}` is no count: write {{least,most}}, both up to {_MOST}; maxLength limits longer texts")
        if not self.repeatable:
            raise _Refused(f"`{char}` repeats nothing, or a repetition: put what it repeats into (?: ... )")
        if self.text.startswith("?", self.at):
            raise _Refused("a lazy repetition accepts the same texts: leave out its `?`")
        self.repeatable = False

    def members(self) -> None:
        """A class, from the character after its bracket."""
        opened = self.at
        self.at += self.text.startswith("^", self.at)
        if self.text.startswith("]", self.at):
            raise _Refused("an empty class is an error in other languages: name its members")
        before: int | None = None
        is_range = False
        while not self.text.startswith("]", self.at):
            if self.at >= len(self.text):
                raise _Refused(r"`[` is never closed: write `]`, or \[ for the character")
            if operator := next((each for each in _OPERATORS if self.text.startswith(each, self.at)), None):
                raise _Refused(f"`{operator}` in a class combines classes in Rust: write the character once, and a hyphen as \\-")
            char = self.text[self.at]
            self.at += 1
            if char == "[":
                raise _Refused(r"`[` in a class begins a class in Rust: write \[")
            if char == "-" and before is not None and not is_range and not self.text.startswith("]", self.at):
                is_range = True
                continue
            code = self.escape(in_class=True) if char == "\\" else ord(char)
            self.character(char)
            if is_range and (before is None or code < before):
                raise _Refused(f"`{self.text[opened - 1 : self.at]}` has a range from a larger to a smaller character: turn it around")
            before, is_range = (None if is_range else code), False
        self.at += 1
