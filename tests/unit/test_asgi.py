"""The application for other servers, in this process: what its start checks, and what a group of workers shares."""

import asyncio
from pathlib import Path

import pytest
from starlette.types import Message

from steelyard.asgi import create_app
from steelyard.serving.application import Application, Group
from steelyard.settings import Settings
from tests.kit.servers.running import SECRET

UNREACHABLE = "postgresql://steelyard@127.0.0.1:1/steelyard"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder without settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"STEELYARD_{name.upper()}", raising=False)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    return tmp_path


def group(folder: Path, *, is_first: bool) -> Group:
    (folder / "limits").mkdir()
    return Group(folder / "limits", folder / "metrics", workers=1, is_first=is_first)


async def started(app: Application) -> str:
    """The event with which its lifespan responds to the start. Then it ends."""
    sent: asyncio.Queue[Message] = asyncio.Queue()
    received: asyncio.Queue[Message] = asyncio.Queue()
    received.put_nowait({"type": "lifespan.startup"})
    running = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, received.get, sent.put))
    event = await asyncio.wait_for(sent.get(), 60)
    received.put_nowait({"type": "lifespan.shutdown"})
    await running
    return str(event["type"])


async def test_the_start_migrates_an_sqlite_file(folder: Path) -> None:
    assert await started(create_app()) == "lifespan.startup.complete"
    assert (folder / "steelyard.db").stat().st_size > 0


@pytest.mark.parametrize(("is_first", "event"), [(True, "lifespan.startup.failed"), (False, "lifespan.startup.complete")])
async def test_only_the_first_workers_fail_without_a_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch, is_first: bool, event: str
) -> None:
    monkeypatch.setenv("STEELYARD_DATABASE_URL", UNREACHABLE)
    monkeypatch.setenv("STEELYARD_SECRET_KEYS", SECRET.get_secret_value())

    assert await started(create_app(group(folder, is_first=is_first))) == event


@pytest.mark.parametrize(
    ("settings", "file"),
    [({}, "limits/counts"), ({"STEELYARD_RATE_LIMITS_FILE": "own"}, "own"), ({"STEELYARD_RATE_LIMITS": "false"}, None)],
    ids=["shared", "named", "off"],
)
def test_a_group_counts_in_its_file_unless_a_setting_says_otherwise(
    folder: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], file: str | None
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    app = create_app(group(folder, is_first=True))

    assert app.settings.rate_limits_file == (None if file is None else Path(file) if file == "own" else folder / file)


def test_a_setting_that_cannot_be_used_ends_the_process_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEELYARD_LOG_LEVEL", "loud")

    with pytest.raises(SystemExit, match="STEELYARD_LOG_LEVEL"):
        create_app()
