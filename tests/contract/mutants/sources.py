"""Faults in the source of endpoints and views, which mypy must detect: all in one run, each detected by its line."""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.contract.mutants.engine import Outcome
from tests.kit.project import ROOT

FEATURES = "server/steelyard/features/{}.py"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a text that occurs once in a module."""

    row: str
    text: str
    module: str
    old: str
    new: str


EDITS = [
    Edit(
        "status",
        "a handler returns the status of another operation",
        "orders/endpoints",
        "return r.GetOrder200(body=order_view(details)",
        "return r.CancelOrder200(body=order_view(details)",
    ),
    Edit(
        "status",
        "a handler returns only the body",
        "items/endpoints",
        "return r.RecordStockMovement201(body=stock_movement_view(movement))",
        "return stock_movement_view(movement)",
    ),
    Edit("status", "a handler returns nothing", "orders/endpoints", "return quote_view(quotation, marketplace.currency)", "return None"),
    Edit(
        "status",
        "a handler returns a value where the contract has none",
        "auth/endpoints",
        "await credentials.revoke_current_credential(tx, cache, caller=caller)",
        "return caller",
    ),
    Edit(
        "header",
        "a handler leaves out a header",
        "orders/endpoints",
        'order_view(created), location=f"/orders/{created.order.id}", etag',
        "order_view(created), etag",
    ),
    Edit("header", "a header is a number", "orders/endpoints", "etag=etag(cancelled.order.version)", "etag=cancelled.order.version"),
    Edit(
        "member",
        "a view leaves out a member",
        "orders/views",
        "        product_id=line.product_id,\n        sku=line.sku,\n",
        "        product_id=line.product_id,\n",
    ),
    Edit("member", "a view returns a number as a string", "orders/views", "        units=order.units,", "        units=str(order.units),"),
    Edit(
        "member",
        "a view returns null for a member that is never null",
        "items/views",
        "        on_hand_after=movement.on_hand_after,",
        "        on_hand_after=None,",
    ),
    Edit(
        "member",
        "a view returns a string for an enumeration",
        "items/views",
        "        reason=_REASON[movement.reason],",
        "        reason=movement.reason,",
    ),
    Edit(
        "more",
        "a view returns an undeclared member",
        "items/views",
        "        updated_at=item.updated_at,\n        version=item.version,\n",
        "        updated_at=item.updated_at,\n        version=item.version,\n        internal_note=1,\n",
    ),
    Edit(
        "effect",
        "a handler that writes gets a read-only transaction",
        "orders/endpoints",
        "    tx: Transaction,\n) -> r.CancelOrder200",
        "    tx: ReadOnly,\n) -> r.CancelOrder200",
    ),
]


def outcomes() -> list[Outcome]:
    """The errors of mypy, for each edit."""
    with tempfile.TemporaryDirectory(prefix="steelyard-mutants-") as name:
        folder = Path(name)
        shadows, lines = [], dict[int, tuple[str, set[int]]]()
        for module in sorted({edit.module for edit in EDITS}):
            path = FEATURES.format(module)
            source = (ROOT / path).read_text("utf-8")
            for edit in EDITS:
                if edit.module == module:
                    assert source.count(edit.old) == 1, f"{edit.text}: the text to change occurs {source.count(edit.old)} times in {path}"
                    source = source.replace(edit.old, edit.new)
            for at, edit in enumerate(EDITS):
                if edit.module == module:
                    lines[at] = (path, _statement(source, edit))
            shadow = folder / f"{module.replace('/', '_')}.py"
            shadow.write_text(source, "utf-8")
            shadows += ["--shadow-file", path, str(shadow)]
        # The cache of an earlier run spares checking the rest of the product again.
        cache = ROOT / ".cache" / "mypy"
        if cache.is_dir():
            shutil.copytree(cache, folder / "cache")
        command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), "--no-error-summary", *shadows]
        command += sorted({FEATURES.format(edit.module) for edit in EDITS})
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [_outcome(edit, *lines[at], ran.stdout + ran.stderr) for at, edit in enumerate(EDITS)]


def _statement(source: str, edit: Edit) -> set[int]:
    """The lines of the edit, and the first line of its statement: mypy reports a missing argument for the call as a whole."""
    line = source[: source.index(edit.new)].count("\n") + 1
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    inner = min(around, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
    if isinstance(inner, ast.AsyncFunctionDef):
        # A changed signature shows where the parameter is used.
        return set(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))
    return {inner.lineno, *range(line, line + edit.new.count("\n") + 1)}


def _outcome(edit: Edit, path: str, lines: set[int], output: str) -> Outcome:
    errors = [(int(match[1]), match[2]) for match in re.finditer(rf"^{re.escape(path)}:(\d+): error: (.*)$", output, re.MULTILINE)]
    reported = [error for line, error in errors if line in lines]
    return Outcome(
        f"source: {edit.text}", edit.row, edit.text, "T" if reported else None, reported[0] if reported else output[-200:], "T", 0
    )
