"""The files from which the image is made, without building it. `nox -s deploy` builds it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.programs import run
from tests.kit.project import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def test_hadolint_accepts_the_dockerfile() -> None:
    checked = run("hadolint", str(DOCKERFILE))

    assert (checked.returncode, checked.stdout) == (0, "")


def test_hadolint_notices_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.read_text().replace("USER 10001:10001", "USER root"))

    assert run("hadolint", str(tmp_path / "Dockerfile")).returncode == 1


def test_what_the_dockerfile_copies_is_sent_to_the_build_and_nothing_else_is() -> None:
    copied = {source for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE.read_text(), re.MULTILINE) for source in line.split()[:-1]}
    ignore = (ROOT / ".dockerignore").read_text().splitlines()

    assert {line.removeprefix("!") for line in ignore if line.startswith("!")} == copied
    assert "*" in ignore
    for source in copied:
        assert (ROOT / source).exists(), source


@pytest.mark.parametrize("program", ["sh", "dash"])
def test_the_script_of_the_database_is_one_of_a_plain_shell(program: str) -> None:
    checked = subprocess.run([program, "-n", str(ROOT / "deploy" / "postgres" / "create-database.sh")], check=False, capture_output=True)

    assert (checked.returncode, checked.stderr) == (0, b"")


def test_gunicorn_accepts_its_file() -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "--print-config"]
    printed = subprocess.run(command, check=False, capture_output=True, text=True)

    assert printed.returncode == 0, printed.stderr
    assert re.search(r"^worker_class += steelyard\.serving\.gunicorn\.Worker$", printed.stdout, re.MULTILINE)
    assert re.search(r"^wsgi_app += steelyard\.asgi:create_app$", printed.stdout, re.MULTILINE)
