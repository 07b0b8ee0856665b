"""What a command imports, since that is most of the time that it takes to start."""

import os
import subprocess
import sys
from pathlib import Path

SUPERVISE = """
import sys
from steelyard.__main__ import main
from steelyard.serving import process
process.serve = lambda *_, **__: print(*sys.modules)
sys.argv = ["steelyard", "serve", "--port", "0", "--workers", "2"]
main()
"""


def test_a_process_that_supervises_others_imports_neither_fastapi_nor_the_models(tmp_path: Path) -> None:
    environment = {**os.environ, "STEELYARD_DATABASE_URL": f"sqlite:///{tmp_path / 'market.db'}"}
    printed = subprocess.run([sys.executable, "-c", SUPERVISE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    imported = set(printed.stdout.split())

    assert "steelyard.serving.supervisor" in imported
    assert imported.isdisjoint({"fastapi", "steelyard_contract.models"})
