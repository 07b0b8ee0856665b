"""`steelyard jobs`, on both databases."""

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from steelyard.db.database import Database
from steelyard.db.migrations.commands import migrate
from steelyard.jobs import outbox
from steelyard.jobs.outbox import get_backlog
from steelyard.jobs.tasks import PermanentFailure, Refused, Task
from steelyard.jobs.worker import Worker
from steelyard.tables.jobs import JobRow
from tests.kit.documentation import blocks
from tests.kit.servers.databases import Databases
from tests.kit.servers.dialects import BOTH
from tests.unit.cli.test_wrong_input import message_of

Command = Callable[..., Any]


@pytest.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Database]:
    """One done, one dead, one refused, one due and one waiting job, with the ids from 1 to 5."""
    async with databases.empty(request.param, tmp_path) as url:
        await migrate(url)
        database = Database(url)
        await database.open()
        await promise(database, "test.done", "test.dead", "test.refused")
        await work(database)
        await promise(database, "test.other")
        await promise(database, "mail.test", in_s=60)
        yield database
        await database.close()


async def promise(database: Database, *kinds: str, in_s: float = 0) -> None:
    for kind in kinds:
        async with database.transaction() as tx:
            payload = {"user_id": 7, "email": "ada@example.com", "more": [{"token": "hunter2"}, True]}
            await outbox.enqueue(tx, kind, payload, tx.now + timedelta(seconds=in_s), "user 7")


async def work(database: Database) -> None:
    async def handler(job: JobRow) -> None:
        if job.kind == "test.dead":
            raise PermanentFailure
        if job.kind == "test.refused":
            raise Refused

    with capture_logs():  # the output of a command would begin with them
        await Worker(database, dict.fromkeys(("test.done", "test.dead", "test.refused"), Task(handler)), name="worker").run_due()


@pytest.fixture
def steelyard(run: Any, database: Database) -> Command:
    async def steelyard(*arguments: str) -> Any:
        return await asyncio.to_thread(run, "jobs", *arguments, database_url=database.url)

    return steelyard


async def listed(steelyard: Command, *options: str) -> list[tuple[int, str]]:
    status, out, _ = await steelyard("list", "--json", *options)
    assert status == 0
    return [(each["id"], each["state"]) for each in json.loads(out)]


async def test_jobs_are_listed_by_what_became_of_them(steelyard: Command) -> None:
    assert await listed(steelyard) == [(4, "due"), (5, "waiting")]
    assert await listed(steelyard, "--open", "--kind", "mail.test") == [(5, "waiting")]
    assert await listed(steelyard, "--dead") == [(2, "dead")]
    assert await listed(steelyard, "--discarded") == [(3, "discarded")]
    assert await listed(steelyard, "--late") == []
    assert await listed(steelyard, "--limit", "1") == [(4, "due")]

    status, out, err = await steelyard("list", "--dead")
    assert (status, out.split()[:4]) == (0, ["2", "test.dead", "dead", "attempts=1"])
    assert "error=steelyard.jobs.tasks.PermanentFailure" in out
    assert err == "1 job(s)\n"


async def test_the_commands_of_the_guide_work_as_they_are_written(steelyard: Command) -> None:
    (commands,) = blocks("docs/guide/jobs.md", "console")

    # The dead job of the page has the id 17.
    results = [(line, *await steelyard(*shlex.split(line.replace("17", "2"))[2:])) for line in commands.splitlines()]

    assert all(status == 0 for _, status, *_ in results), results
    assert await listed(steelyard, "--discarded") == [(2, "discarded"), (3, "discarded")]


async def test_a_job_is_shown_without_the_texts_of_its_payload(steelyard: Command) -> None:
    _, as_json, _ = await steelyard("show", "2", "--json")
    _, as_lines, _ = await steelyard("show", "2")

    job = json.loads(as_json)
    assert (job["id"], job["kind"], job["subject"], job["attempts"]) == (2, "test.dead", "user 7", 1)
    assert job["payload"] == {"user_id": 7, "email": "***", "more": [{"token": "***"}, True]}
    assert "user 7" in as_lines
    assert "hunter2" not in as_json + as_lines
    assert "ada@example.com" not in as_json + as_lines


async def test_a_dead_job_is_retried_with_all_its_attempts(steelyard: Command, database: Database) -> None:
    assert (await get_backlog(database.read())).dead == 1

    assert (await steelyard("retry", "2", "5"))[1] == "2 job(s) are due now.\n"

    assert await listed(steelyard) == [(4, "due"), (2, "due"), (5, "due")]
    assert json.loads((await steelyard("show", "2", "--json"))[1])["attempts"] == 0
    assert (await get_backlog(database.read())).dead == 0


async def test_all_dead_jobs_of_a_kind_are_retried(steelyard: Command) -> None:
    assert (await steelyard("retry", "--dead", "--kind", "test.other"))[1] == "0 job(s) are due now.\n"
    assert (await steelyard("retry", "--dead", "--kind", "test.dead"))[1] == "1 job(s) are due now.\n"
    assert (await steelyard("retry", "--dead", "--kind", "test.refused"))[1] == "0 job(s) are due now.\n"


async def test_a_discarded_job_is_not_reported_any_more(steelyard: Command, database: Database) -> None:
    assert (await steelyard("discard", "2", "4"))[1] == "2 job(s) are discarded.\n"

    assert {each for each, _ in await listed(steelyard, "--discarded")} == {2, 3, 4}
    assert not (await get_backlog(database.read())).is_degraded


async def test_a_discarded_job_that_runs_changes_nothing(steelyard: Command, database: Database) -> None:
    begun, go_on, effects = asyncio.Event(), asyncio.Event(), list[str]()

    async def handler(_: JobRow) -> Any:
        begun.set()
        await go_on.wait()

        async def effect(_: Any) -> None:
            effects.append("effect")

        return effect

    running = asyncio.create_task(Worker(database, {"test.other": Task(handler)}, name="worker").run_due())
    await begun.wait()
    assert message_of(await steelyard("retry", "4")) == "steelyard: nothing was changed, because job 4 is running.\n"
    await steelyard("discard", "4")
    with capture_logs():
        go_on.set()
        await running

    assert effects == []
    assert (4, "discarded") in await listed(steelyard, "--discarded")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "99"), "there is no job 99."),
        (("retry", "2", "1"), "nothing was changed, because job 1 is done."),
        (("retry", "2", "99", "1"), "nothing was changed, because job 1 is done and there is no job 99."),
        (("discard", "2", "1"), "nothing was changed, because job 1 is done."),
        (("retry",), "name the jobs by their ids, or all dead jobs of a kind with --dead --kind KIND."),
        (("retry", "2", "--dead", "--kind", "x"), "name the jobs by their ids, or all dead jobs of a kind with --dead --kind KIND."),
        (("retry", "--dead"), "name the jobs by their ids, or all dead jobs of a kind with --dead --kind KIND."),
        (("retry", "2", "--kind", "x"), "name the jobs by their ids, or all dead jobs of a kind with --dead --kind KIND."),
        (("list", "--dead", "--open"), "--dead and --open exclude each other. Leave one of them out."),
    ],
)
async def test_a_wrong_input_is_a_sentence_and_changes_nothing(steelyard: Command, arguments: tuple[str, ...], message: str) -> None:
    assert message_of(await steelyard(*arguments)) == f"steelyard: {message}\n"
    assert await listed(steelyard, "--dead") == [(2, "dead")]


@pytest.mark.parametrize(
    "arguments", [("show", "x"), ("show", "0"), ("show", str(2**63)), ("discard",), ("list", "--limit", "0"), ("retry", "-1")]
)
def test_an_option_out_of_range_is_a_usage_error(run: Any, arguments: tuple[str, ...]) -> None:
    status, _, err = run("jobs", *arguments)

    assert status == 2
    assert "Traceback" not in err
