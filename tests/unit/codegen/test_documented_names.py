"""The names of docs/guide/schemas.md are those that the generators make."""

import re

from codegen.contract.names import attributes, schema_class
from tests.kit.project import ROOT

ROW = re.compile(r"^\| (?P<contract>.*`.*) \| (?P<python>`.*`) \|$", re.MULTILINE)


def test_each_documented_name_is_made() -> None:
    _, _, section = (ROOT / "docs" / "guide" / "schemas.md").read_text("utf-8").partition("\n## Names\n")
    rows = [
        (row["contract"], re.findall(r"`(.+?)`", row["contract"]), re.findall(r"`(.+?)`", row["python"]))
        for row in ROW.finditer(section.partition("\n## ")[0])
    ]

    assert rows
    for contract, names, documented in rows:
        made = [schema_class(name) for name in names] if "schema" in contract else list(attributes(names).values())
        assert made[: len(documented)] == documented
