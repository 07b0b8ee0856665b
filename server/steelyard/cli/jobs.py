"""`steelyard jobs`: what waits, what failed, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic_core import to_json

from steelyard.cli.database import check_schema, database_errors, open_database
from steelyard.cli.errors import CommandError
from steelyard.settings import load_settings

if TYPE_CHECKING:
    from steelyard.db.database import Database
    from steelyard.jobs.administration.queries import JobDetailsRow
    from steelyard.jobs.administration.service import Selection

_MAX_ID = 2**63 - 1

JobId = Annotated[int, typer.Argument(metavar="ID", help="The id of a job.", min=1, max=_MAX_ID)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_jobs(
    *,
    dead: Annotated[bool, typer.Option("--dead", help="Jobs that failed for good.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Open jobs that have been due for more than five minutes.")] = False,
    is_open: Annotated[bool, typer.Option("--open", help="Jobs that wait or run; the default.")] = False,
    discarded: Annotated[bool, typer.Option("--discarded", help="Jobs that were discarded, or refused by a recipient.")] = False,
    kind: Annotated[str | None, typer.Option(help="Only jobs of this kind, such as mail.welcome.")] = None,
    limit: Annotated[int, typer.Option(help="The largest number of jobs.", min=1, max=100_000)] = 100,
    json: Json = False,
) -> None:
    """List jobs, a line each. Of dead jobs the newest come first, of others the oldest."""
    chosen = [name for name, is_chosen in (("dead", dead), ("late", late), ("open", is_open), ("discarded", discarded)) if is_chosen]
    if len(chosen) > 1:
        raise CommandError(f"--{chosen[0]} and --{chosen[1]} exclude each other. Leave one of them out.")
    asyncio.run(_list(chosen[0] if chosen else "open", kind, limit, json=json))  # type: ignore[arg-type]  # one of the four


def show(*, job_id: JobId, json: Json = False) -> None:
    """Show one job. Texts of its payload are masked, because they may be addresses."""
    asyncio.run(_show(job_id, json=json))


def retry(
    *,
    job_ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="The ids of jobs.", min=1, max=_MAX_ID)] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All dead jobs of the kind in --kind.")] = False,
    kind: Annotated[str | None, typer.Option(help="The kind, for --dead.")] = None,
) -> None:
    """Run dead or waiting jobs now, with all their attempts."""
    if bool(job_ids) == dead or dead is (kind is None):
        raise CommandError("name the jobs by their ids, or all dead jobs of a kind with --dead --kind KIND.")
    asyncio.run(_retry(job_ids or [], kind))


def discard(*, job_ids: Annotated[list[int], typer.Argument(metavar="ID...", help="The ids of jobs.", min=1, max=_MAX_ID)]) -> None:
    """Give jobs up. They are kept like dead jobs, but nothing reports them any more."""
    asyncio.run(_discard(job_ids))


@asynccontextmanager
async def _opened() -> "AsyncIterator[Database]":
    from steelyard.jobs.administration.service import NotPossible

    settings = load_settings()
    await check_schema(settings)
    async with open_database(settings) as database:
        with database_errors(settings):
            try:
                yield database
            except NotPossible as error:
                raise CommandError(f"{error}.") from None


async def _list(selection: "Selection", kind: str | None, limit: int, *, json: bool) -> None:
    from steelyard.jobs.administration import service as administration

    async with _opened() as database:
        jobs = await administration.list_jobs(database, selection, kind, limit)
        now = database.read().now
    if json:
        typer.echo(to_json([_members(job, now) for job in jobs]))
        return
    for job in jobs:
        words = [job.id, job.kind, administration.state(job, now), f"attempts={job.attempts}", f"run_at={_time(job.run_at)}"]
        words += [] if job.last_error is None else [f"error={job.last_error}"]
        typer.echo("  ".join(map(str, words)))
    typer.echo(f"{len(jobs)} job(s)" + (f"; there may be more, --limit is {limit}" if len(jobs) == limit else ""), err=True)


async def _show(job_id: int, *, json: bool) -> None:
    from steelyard.jobs.administration import service as administration

    async with _opened() as database:
        job = await administration.get_job(database, job_id)
        members = _members(job, database.read().now)
    if json:
        typer.echo(to_json(members))
        return
    for name, value in members.items():
        typer.echo(f"{name:11}  {to_json(value).decode() if isinstance(value, dict) else '-' if value is None else value}")


async def _retry(job_ids: list[int], kind: str | None) -> None:
    from steelyard.jobs.administration import service as administration

    async with _opened() as database:
        if kind is None:
            await administration.retry_jobs(database, job_ids)
            count = len(set(job_ids))
        else:
            count = await administration.retry_dead_jobs(database, kind)
    typer.echo(f"{count} job(s) are due now.")


async def _discard(job_ids: list[int]) -> None:
    from steelyard.jobs.administration import service as administration

    async with _opened() as database:
        await administration.discard_jobs(database, job_ids)
    typer.echo(f"{len(set(job_ids))} job(s) are discarded.")


def _members(job: "JobDetailsRow", now: datetime) -> dict[str, Any]:
    from steelyard.jobs.administration import service as administration

    times = {name: value if value is None else _time(value) for name, value in job._asdict().items() if name.endswith(("_at", "_until"))}
    own = {"id": job.id, "kind": job.kind, "state": administration.state(job, now), "subject": job.subject}
    rest = {"attempts": job.attempts, "worker": job.leased_by, "error": job.last_error, "payload": administration.masked(job.payload)}
    return own | rest | times


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
