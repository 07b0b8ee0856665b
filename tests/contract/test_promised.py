"""Every promise in a description has a law, or a line in promises.txt that says what proves it."""

import re
from collections.abc import Iterator
from typing import Any

from tests.kit.contract.checker import CONTRACT
from tests.kit.project import ROOT

# A sentence with one of these promises something.
PROMISE = re.compile(
    r"\b(never|always|only|once|twice|at most|at least|exactly|same|unique|until|cannot|no longer|every|oldest|newest|largest|increases"
    r"|case|less|plus|sum|cop(?:y|ies)|replaces?|replaced|cleare?[ds]|keeps?|kept|revokes?|reserves?|changes nothing|overwrite|ignored"
    r"|left out|at once|within|not affected|deleted|current|wins)\b",
    re.IGNORECASE,
)
LIST = ROOT / "tests" / "contract" / "promises.txt"
# Proofs that are no file: keywords that the checker validates in every response, and sentences that explain and promise nothing.
OTHER = {"schema", "wording"}


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z`*])", re.sub(r"\s+", " ", text.strip()))


def promises(node: Any = CONTRACT.tree, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(sentence, pointer) of each promise. Problems have their own tests."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from promises(child, f"{pointer}/{index}")
    elif isinstance(node, dict):
        if isinstance(text := node.get("description"), str):
            yield from ((sentence, pointer) for sentence in sentences(text) if PROMISE.search(sentence))
        for key, child in node.items():
            if key not in {"examples", "example"} and not re.search(r"/schemas/\w+Problem$|/components/responses$", f"{pointer}/{key}"):
                yield from promises(child, f"{pointer}/{key}")


def listed() -> dict[str, str]:
    """Sentence -> its proof: the last heading before it."""
    proofs, proof = dict[str, str](), ""
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("["):
            proof = line.strip("[]")
        elif line and not line.startswith("#"):
            assert line not in proofs, f"promises.txt has this sentence twice: {line}"
            proofs[line] = proof
    return proofs


def test_every_promise_has_a_law_or_a_reviewed_proof() -> None:
    proofs = listed()
    missing = {sentence: pointer for sentence, pointer in promises() if sentence not in proofs}
    advice = "Declare a law (docs/contract-testing.md), or write the sentence below its proof in tests/contract/promises.txt:"

    assert missing == {}, "\n".join([advice, *(f"{sentence}   ({pointer})" for sentence, pointer in missing.items())])


def test_every_line_is_still_a_promise_of_the_contract() -> None:
    assert set(listed()) - {sentence for sentence, _ in promises()} == set(), "remove these lines"


def test_every_proof_exists() -> None:
    text = CONTRACT.raw.decode()
    for proof in set(listed().values()):
        is_law = proof.startswith("x-") and f'"{proof}":' in text
        assert is_law or proof in OTHER or (ROOT / "tests" / proof).exists(), (
            f"{proof}: write a law of the contract, a test, or one of {OTHER}"
        )
