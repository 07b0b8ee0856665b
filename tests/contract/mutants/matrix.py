"""The results of all mutants as a table: which layer detects which kind, first and alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.contract.mutants.calm import unsound
from tests.contract.mutants.engine import Outcome
from tests.contract.mutants.layers import NAMES
from tests.contract.mutants.operators import ROWS

SHOWN = "LTSEOPRWDXU"


@dataclass(frozen=True, slots=True)
class Score:
    """The results of a run."""

    first: list[Outcome]
    """Each mutant, until some layer detected it."""
    alone: list[Outcome]
    """Mutants for one layer, with the others off."""
    calm: list[Outcome]
    """What detected the mutants, on the server without a mutant."""

    def survivors(self) -> list[Outcome]:
        return [outcome for outcome in self.first if outcome.layer is None]

    def proven(self) -> set[tuple[str, str]]:
        """Row and layer, for every layer that detected a mutant."""
        return {(outcome.row, outcome.layer) for outcome in (*self.first, *self.alone) if outcome.layer is not None}

    def unproven(self) -> list[tuple[str, str]]:
        """Cells that must be filled and are not."""
        proven = self.proven()
        return [(row, letter) for row, kind in ROWS.items() for letter in kind.alone if (row, letter) not in proven]

    def idle(self) -> str:
        """Layers that detected nothing in the whole run."""
        return "".join(letter for letter in SHOWN if letter not in {layer for _, layer in self.proven()})

    def unsound(self) -> dict[str, list[str]]:
        """What failed without a mutant, with the mutants of which it therefore proves nothing."""
        return unsound(self.calm, [*self.first, *self.alone])

    def passed(self) -> bool:
        return not (self.unsound() or self.survivors() or self.unproven() or self.idle())


def saved(score: Score, folder: Path, **about: object) -> None:
    folder.mkdir(exist_ok=True)
    result = {**about, "first": [asdict(outcome) for outcome in score.first], "alone": [asdict(outcome) for outcome in score.alone]}
    (folder / "mutants.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def by_kind(score: Score) -> Iterable[str]:
    """One line for each kind of mutant: their number, and the layers that detected them."""
    yield f"| kind of mutant | mutants | detected | {' | '.join(SHOWN)} |"
    yield f"|---|---:|---:|{'---:|' * len(SHOWN)}"
    proven = score.proven()
    for name, row in ROWS.items():
        mine = [outcome for outcome in score.first if outcome.row == name]
        counts = Counter(outcome.layer for outcome in mine if outcome.layer is not None)
        cells = []
        for letter in SHOWN:
            text = str(counts[letter]) if counts[letter] else "+" if (name, letter) in proven else ""
            cells.append(f"**{text or 'none'}**" if letter in row.alone else text)
        yield f"| {row.text} | {len(mine)} | {sum(counts.values())} | {' | '.join(cells)} |"
    first = Counter(outcome.layer for outcome in score.first if outcome.layer is not None)
    yield f"| all | {len(score.first)} | {sum(first.values())} | {' | '.join(str(first[letter]) for letter in SHOWN)} |"


def by_mutant(score: Score) -> Iterable[str]:
    """One line for each operator: how often it was planted, and the layers that detected it first."""
    yield f"| mutant | planted | {' | '.join(SHOWN)} | for example |"
    yield f"|---|---:|{'---:|' * len(SHOWN)}---|"
    together: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in score.first:
        together[outcome.mutant.partition(":")[0]].append(outcome)
    for outcomes in together.values():
        counts = Counter(outcome.layer for outcome in outcomes)
        cells = [str(counts[letter] or "") for letter in SHOWN]
        yield f"| {outcomes[0].text} | {len(outcomes)} | {' | '.join(cells)} | {_shown(outcomes[0])} |"


def _shown(outcome: Outcome) -> str:
    about = outcome.mutant.partition(": ")[2]
    evidence = outcome.evidence.partition("[")[0].partition(":")[0][:80]
    return f"{about + ': ' if about else ''}{evidence or 'undetected'}".replace("|", "/").replace("_", " ")


def legend() -> Iterable[str]:
    yield ", ".join(f"{letter} {NAMES[letter]}" for letter in SHOWN) + "."
