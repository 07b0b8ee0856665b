"""`steelyard doctor`."""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic_core import to_json

from steelyard.cli.serve import MAX_WORKERS
from steelyard.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from steelyard.doctor.results import Level, Result

# From the worst to the best.
_LEVELS: tuple["Level", ...] = ("refuse", "warn", "ok")


def doctor(
    *,
    workers: Annotated[
        int | None, typer.Option(help="Processes that serve, as in serve --workers; by default as many as there.", min=1, max=MAX_WORKERS)
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Connect to no database, mail server or Valkey.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check settings, machine, database, mail server and Valkey. The status is 1 if the server would not run, or not in production."""
    results = _examine(workers, is_offline=offline)
    worst = next(level for level in _LEVELS if any(each.level == level for each in results))
    if json:
        typer.echo(to_json({"level": worst, "results": results}))
    else:
        width = max(len(each.check) for each in results)
        for each in results:
            typer.echo(f"{each.level:6}  {each.check:{width}}  {each.message}")
        counts = Counter(each.level for each in results)
        typer.echo(", ".join(f"{counts[level]} {level}" for level in reversed(_LEVELS)))
    if worst == "refuse":
        raise typer.Exit(1)


def _examine(workers: int | None, *, is_offline: bool) -> "Sequence[Result]":
    from steelyard.doctor.examination import examine, examine_offline
    from steelyard.doctor.machine import Machine
    from steelyard.doctor.results import refuse

    try:
        settings = load_settings()
    except SettingsError as error:
        typer.echo("The other checks need settings that can be used.", err=True)
        return [refuse("settings", reason) for reason in error.reasons]
    count = workers or (1 if settings.is_embedded else os.cpu_count() or 1)
    machine = Machine(settings=settings, variables=os.environ, workers=count)
    return examine_offline(machine) if is_offline else asyncio.run(examine(machine))
