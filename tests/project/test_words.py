"""Each word has one meaning: words that the glossary retires are not used, and pronouns are neutral.

All text is searched: names, comments, docstrings, strings and pages. `snake_case` and `CamelCase` names are read word by word.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.kit.project import ROOT

GLOSSARY = ROOT / "docs" / "architecture.md"

# A word of the glossary's last column, and its forms.
RETIRED = {
    "answer": "answer(s|ed|ing|able)?",
    "reply": "repl(y|ies|ied|ying)",
    "refusal": "refusals?",
    "drift": "drift(s|ed|ing)?",
    "finding": "findings|finding(?! (the|a|an|out)\\b)",
    "principal": "principals?",
    "person": "persons?",
    "anyone": "any(one|body)",
    "somebody": "some(one|body)",
    "nobody": "nobody",
    "everybody": "everybody",
    "whoever": "whoever|whomever",
    "verdict": "verdicts?",
    "guessing": "guess(ing|er|ers)",
    "judge": "judg(e|es|ed|ing|ement|ements|ment)",
    "referee": "referees?",
    "lane": "lanes?",
    "lost race": "lost races?",
    "sweep": "sweep(s|er|ing)?|swept",
    "forget": "forg(et|ets|etting|ot|otten)",
    "tell": "tell(s|ing)?|told",
    "ask": "ask(s|ed|ing)?",
    "want": "want(s|ed|ing)?",
}
STYLE = {
    "gendered pronoun": "he|she|him|her|hers|his|himself|herself",
    "empty phrase": "afterwards|as it was|of (its|their|our|your|one's) own",
}
# Names without a meaning. `tx.one` is a verb of the database layer.
VAGUE_NAMES = {"asked", "found", "given", "one", "said", "says", "thing", "told", "wanted"}
WORDS = {**RETIRED, **STYLE, "vague name": ""}

# Public names that wait for the next major version, names that others chose, and the words in their plain meaning.
ALLOWED = {
    r"\b(Unexpected)?Answer\b|\b(max_answer|MAX_ANSWER|after_answer)\b": "public names of the SDK until 2.0.0",
    r"\"answers\"": "a key of FakeSteelyard.examples() until 2.0.0",
    r"\bdef forget\(|\bsession\.forget\(": "a public method of the SDK until 2.0.0",
    r"\bPromotionRefusal\b|\bRefusal<|\bRefusal\b(?= *[,}]| from)": "public names of the SDK and of the TypeScript types until 2.0.0",
    r"\bcontract_drifts?\b|\bsteelyard_contract_drifts(_total)?\b|\bContractDrift\b": "an event of the log, a metric and its alert",
    r"nox -s drift\b|\bdef drift\(|`drift`|\"drift\"": "a session of nox",
    r"\banyone: none\b|[\"'`]anyone[\"'`]": "a keyword of x-access in the served contract",
    r"\['verdicts'\]": "a member of the report of redocly",
    r"\"sweep_failed\"|no-reply@example\.com": "an event of the log, and an address",
    r"\b[Rr]eply-[Tt]o\b|\b\w*(reply_to|REPLY_TO)\b": "a header of RFC 5322, and the setting for it",
    r"\bSTEELYARD_REFEREE\w*": "a setting of earlier versions, which the start names",
    r"\b[A-Z][a-z]+ Lane\b": "a street in an address",
    r"\bUNPRIVILEGED = \"nobody\"": "a user of Unix systems",
}
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".jinja", ".ts", ".js", ".css", ".html", ".sql", ".toml", ".lua"}
ROOTS = ("server", "codegen", "client", "tests", "docs", "openapi", "benchmarks", ".ci")
# Released files, files from elsewhere, and word lists.
LEFT_OUT = ("openapi/released", "tests/sdk/released", "benchmarks/results", "codegen/node", "docs/kill-matrix.md", "docs/sdk.md")


@cache
def texts() -> dict[str, str]:
    """Every file that is written by hand, by its path."""
    files = [path for path in ROOT.iterdir() if path.suffix in SUFFIXES]
    files += [path for folder in ROOTS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES or path.parent.name == ".ci"]
    named = {path.relative_to(ROOT).as_posix(): path for path in files if path.is_file() and "node_modules" not in path.parts}
    kept = {name for name in named if not name.startswith(LEFT_OUT) and named[name] != Path(__file__)}
    return {name: named[name].read_text("utf-8") for name in sorted(kept)}


def readable(line: str) -> str:
    """The line without names that are allowed, and with the words of other names apart."""
    for allowed in ALLOWED:
        line = re.sub(allowed, " ", line)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", line).replace("_", " ").lower()


PATTERNS = {word: re.compile(rf"\b({forms})\b") for word, forms in {**RETIRED, **STYLE}.items()}
ANY = re.compile("|".join(pattern.pattern for pattern in PATTERNS.values()))


def breaches(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Line and word."""
    for number, line in enumerate(text.splitlines(), 1):
        plain = readable(line)
        if ANY.search(plain) and not (name == "docs/architecture.md" and line.startswith(("| **", "Programs "))):
            yield from ((number, word) for word, pattern in PATTERNS.items() if pattern.search(plain))
    if name.endswith(".py"):
        before = ""
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME and token.string in VAGUE_NAMES and before not in (".", "def"):
                yield token.start[0], "vague name"
            before = token.string


def group(name: str) -> str:
    """The folder that a file is tested with."""
    parts = name.split("/")[:-1]
    return "/".join(parts[: 3 if parts[:1] == ["server"] else 2]) or "."


GROUPS = sorted({group(name) for name in texts()})


@pytest.mark.parametrize("folder", GROUPS)
def test_only_words_of_the_glossary_are_used(folder: str) -> None:
    broken = [f"{name}:{line} [{word}]" for name, text in texts().items() if group(name) == folder for line, word in breaches(text, name)]

    assert not broken, "docs/architecture.md has the words to use instead:\n" + "\n".join(broken)


def test_the_glossary_and_this_test_retire_the_same_words() -> None:
    rows = [line.split("|")[2] for line in GLOSSARY.read_text().splitlines() if line.startswith("| **")]
    (verbs,) = re.findall(r"they do not (.*?)\. Pronouns", GLOSSARY.read_text())

    assert set(re.findall(r"\*([a-z ]+)\*", "".join(rows) + verbs)) == set(RETIRED)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("answer = 1", "answer"),
        ("async def send_reply(): ...", "reply"),
        ("class PasswordVerdict: ...", "verdict"),
        ("x = 1  # nobody sees this", "nobody"),
        ('"""The refusal of an operation."""', "refusal"),
        ('raise ValueError("the caller wants too much")', "want"),
        ("def price(*, asked: int) -> int: ...", "vague name"),
        ("# Whoever calls twice pays once.", "whoever"),
        ("x = 1  # what he sees", "gendered pronoun"),
        ("x = 1  # closed afterwards", "empty phrase"),
    ],
)
def test_a_retired_word_is_found(text: str, word: str) -> None:
    assert word in {found for _, found in breaches(text, "page.py")}


@pytest.mark.parametrize(
    "text",
    [
        "from steelyard_client import Answer",
        "client = Steelyard(url, max_answer=1)",
        "user = await tx.one(queries.get_user)",
        "x = 1  # the mask of a task, the shell and the theme",
        'street = "7 Mill Lane"',
        'log.error("contract_drift")',
    ],
)
def test_an_allowed_word_is_left_alone(text: str) -> None:
    assert list(breaches(text, "page.py")) == []
