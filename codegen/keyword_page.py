"""docs/contract-keywords.md: every keyword of a schema and every field around it, enforced by what or refused with what."""

from collections.abc import Iterable

from codegen.contract.extensions import VALUES
from codegen.contract.keywords import AROUND, FORMATS, KEYWORDS, SCHEMA, instead

TOP = """# Keywords of the contract

Each keyword of JSON Schema 2020-12 and each field of OpenAPI 3.1 is enforced, or `python -m codegen lint` and `generate` refuse it with its
file, its line and what to write instead. This page is printed by `python -m codegen keywords`; the tables are in
`codegen/contract/keywords.py`, which explains the enforcers.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([TOP, *_schemas(), *_around(), *_values()])


def _schemas() -> Iterable[str]:
    yield "## In schemas\n"
    yield f"| keyword | {' | '.join(SCHEMA)} | where it is refused, write instead |"
    yield f"|---|{'---|' * len(SCHEMA)}---|"
    ours = sorted({keyword for fields in SCHEMA.values() for keyword in fields} - set(KEYWORDS))
    for keyword in (*KEYWORDS, *ours):
        cells = [fields.get(keyword, "refused") for fields in SCHEMA.values()]
        remedies = dict.fromkeys(
            instead(keyword, use, in_schema=True).replace("|", "\\|") for use, fields in SCHEMA.items() if keyword not in fields
        )
        yield f"| `{keyword}` | {' | '.join(cells)} | {'; '.join(remedies)} |"
    yield f"\n`format` is one of {', '.join(sorted(FORMATS))}, or `password`, which only explains.\n"


def _around() -> Iterable[str]:
    yield "## Around schemas\n\n| holder | field | enforced by |\n|---|---|---|"
    for holder, fields in AROUND.items():
        for field, enforcer in fields.items():
            yield f"| {holder} | `{field}` | {enforcer} |"
    yield "\nAll other fields of OpenAPI are refused.\n"


def _values() -> Iterable[str]:
    yield "## Extensions\n\n| extension | its value |\n|---|---|"
    for name, (_, remedy) in VALUES.items():
        yield f"| `{name}` | {remedy} |"
    yield ""
