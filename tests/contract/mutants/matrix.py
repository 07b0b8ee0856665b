"""What became of all drifts, as a table: which kind is noticed by which layer, first and alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.contract.mutants.drifts import ROWS
from tests.contract.mutants.engine import Outcome
from tests.contract.mutants.layers import NAMES

SHOWN = "LTSEOPRWDX"


@dataclass(frozen=True, slots=True)
class Score:
    """Everything that a run has found out about drifts."""

    first: list[Outcome]
    """Each drift, looked for until some layer noticed it."""
    alone: list[Outcome]
    """Drifts that one layer was asked about, the others being off."""
    sound: bool
    """The same layers found nothing wrong with the server as it is."""

    def survivors(self) -> list[Outcome]:
        return [one for one in self.first if one.layer is None]

    def proven(self) -> set[tuple[str, str]]:
        """Row and layer, for every layer that noticed something by itself."""
        return {(one.row, one.layer) for one in (*self.first, *self.alone) if one.layer is not None}

    def unproven(self) -> list[tuple[str, str]]:
        """Cells that must be filled and are not."""
        proven = self.proven()
        return [(row, letter) for row, kind in ROWS.items() for letter in kind.alone if (row, letter) not in proven]

    def idle(self) -> str:
        """Layers that noticed nothing in the whole run."""
        return "".join(letter for letter in SHOWN if letter not in {layer for _, layer in self.proven()})

    def passed(self) -> bool:
        return self.sound and not (self.survivors() or self.unproven() or self.idle())


def saved(score: Score, folder: Path, **about: object) -> None:
    folder.mkdir(exist_ok=True)
    told = {**about, "first": [asdict(one) for one in score.first], "alone": [asdict(one) for one in score.alone]}
    (folder / "mutants.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def by_kind(score: Score) -> Iterable[str]:
    """One line for each kind of drift: how many, and by which layers they were noticed."""
    yield f"| kind of drift | drifts | noticed | {' | '.join(SHOWN)} |"
    yield f"|---|---:|---:|{'---:|' * len(SHOWN)}"
    proven = score.proven()
    for name, row in ROWS.items():
        mine = [one for one in score.first if one.row == name]
        counts = Counter(one.layer for one in mine if one.layer is not None)
        cells = []
        for letter in SHOWN:
            text = str(counts[letter]) if counts[letter] else "+" if (name, letter) in proven else ""
            cells.append(f"**{text or 'none'}**" if letter in row.alone else text)
        yield f"| {row.text} | {len(mine)} | {sum(counts.values())} | {' | '.join(cells)} |"
    first = Counter(one.layer for one in score.first if one.layer is not None)
    yield f"| all | {len(score.first)} | {sum(first.values())} | {' | '.join(str(first[letter]) for letter in SHOWN)} |"


def by_drift(score: Score) -> Iterable[str]:
    """One line for each operator: how often it was planted, and where it was noticed first."""
    yield f"| drift | planted | {' | '.join(SHOWN)} | for example |"
    yield f"|---|---:|{'---:|' * len(SHOWN)}---|"
    together: dict[str, list[Outcome]] = defaultdict(list)
    for one in score.first:
        together[one.drift.partition(":")[0]].append(one)
    for outcomes in together.values():
        counts = Counter(one.layer for one in outcomes)
        cells = [str(counts[letter] or "") for letter in SHOWN]
        yield f"| {outcomes[0].text} | {len(outcomes)} | {' | '.join(cells)} | {_shown(outcomes[0])} |"


def _shown(one: Outcome) -> str:
    about = one.drift.partition(": ")[2]
    finding = one.finding.partition("[")[0].partition(":")[0][:80]
    return f"{about + ': ' if about else ''}{finding or 'unnoticed'}".replace("|", "/").replace("_", " ")


def legend() -> Iterable[str]:
    yield ", ".join(f"{letter} {NAMES[letter]}" for letter in SHOWN) + "."
