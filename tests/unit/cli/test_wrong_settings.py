"""Settings that a careless operator or a broken mount leaves behind: each command ends with a sentence, and shows no secret."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from steelyard.settings.loading import SECRETS_DIR
from tests.unit.cli.conftest import Run
from tests.unit.cli.test_wrong_input import message_of

PASSWORD = "hunter2-and-more"
COMMANDS = [("serve", "--port", "0"), ("worker",), ("migrate",), ("mail", "preview")]


def binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00" + PASSWORD.encode())


def link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (binary, "has bytes that are no text in UTF-8"),
        (Path.mkdir, "is no file. Mount the file of the secret there"),
        (os.mkfifo, "is no file. Mount the file of the secret there"),
        (link, "cannot be read: No such file or directory"),
    ],
    ids=["binary", "folder", "pipe", "broken link"],
)
def test_a_secret_that_is_no_file_of_text_is_named(
    run: Run, command: tuple[str, ...], make: Callable[[Path], object], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets").mkdir()
    make(tmp_path / "secrets" / "STEELYARD_DATABASE_URL")
    monkeypatch.setenv(SECRETS_DIR, "secrets")

    message = message_of(run(*command))

    assert message.startswith("steelyard: secrets/STEELYARD_DATABASE_URL ")
    assert expected in message
    assert not (tmp_path / "steelyard.db").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["database_url", "redis_url", "smtp_url", "secret_keys", "metrics_token"])
@pytest.mark.parametrize("text", [f"smtps://u:{PASSWORD}\udcff@h", f"smtps://u:{PASSWORD}\x01@h", f"\x7f{PASSWORD}"])
def test_a_variable_that_is_no_text_is_named(run: Run, command: tuple[str, ...], name: str, text: str) -> None:
    message = message_of(run(*command, **{name: text}))

    assert f"STEELYARD_{name.upper()} has bytes that are no text in UTF-8." in message


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example", "a" * 300])
def test_a_host_that_no_resolver_accepts_is_explained(run: Run, command: tuple[str, ...], host: str) -> None:
    for settings, expected in [
        ({"database_url": f"postgresql://u:{PASSWORD}@{host}/d"}, "STEELYARD_DATABASE_URL: host and port cannot be read"),
        ({"database_url": f"postgresql:///d?host={host}&password={PASSWORD}"}, "STEELYARD_DATABASE_URL: the parameter host is no host"),
        ({"database_url": "sqlite:///x.db", "redis_url": f"redis://:{PASSWORD}@{host}"}, "STEELYARD_REDIS_URL: it cannot be read"),
    ]:
        message = message_of(run(*command, **settings))

        assert expected in message
        assert host not in message
