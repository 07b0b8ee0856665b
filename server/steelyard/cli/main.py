"""The Typer application, and `main()`, which turns every error into one sentence. The commands are functions of the other modules.

They import what only they need when they run: `steelyard openapi` must not wait for a database driver.
"""

import errno
import os
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from steelyard.cli.admin import create
from steelyard.cli.database import migrate
from steelyard.cli.demo import demo
from steelyard.cli.doctor import doctor
from steelyard.cli.errors import CommandError
from steelyard.cli.jobs import discard, list_jobs, retry, show
from steelyard.cli.mail import preview, send_test
from steelyard.cli.openapi import openapi
from steelyard.cli.serve import serve
from steelyard.cli.worker import worker
from steelyard.settings import SettingsError


def _show_version(is_requested: bool) -> None:
    if is_requested:
        from steelyard.contract.document import Document

        typer.echo(f"steelyard {version('steelyard')}, contract {Document.load().version}")
        raise typer.Exit


def _options(
    *,
    _version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """A marketplace back end that is compiled from its contract."""


cli = typer.Typer(
    name="steelyard",
    help="A marketplace back end that is compiled from its contract.",
    callback=_options,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
admin = typer.Typer(help="Manage accounts on this machine.", no_args_is_help=True)
for command in (serve, worker, migrate, doctor, demo, openapi):
    cli.command()(command)
admin.command()(create)
cli.add_typer(admin, name="admin")
mail = typer.Typer(help="Show the mails, and try the mail server.", no_args_is_help=True)
mail.command()(preview)
mail.command("test")(send_test)
cli.add_typer(mail, name="mail")
jobs = typer.Typer(help="See, repeat and discard background jobs.", no_args_is_help=True)
jobs.command("list")(list_jobs)
jobs.command()(show)
jobs.command()(retry)
jobs.command()(discard)
cli.add_typer(jobs, name="jobs")


def main() -> None:
    """Run the installed `steelyard`. Every error ends it with one sentence on standard error."""
    try:
        cli()
    except (CommandError, SettingsError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(_system_error(error))
    except Exception as error:
        if os.environ.get("STEELYARD_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        _fail(
            f"this is a bug: {type(error).__name__} in {place.name} ({Path(place.filename).name}, line {place.lineno}). "
            "Please report it. STEELYARD_DEBUG=1 shows the traceback."
        )
    finally:
        _flush()


def _fail(reason: str) -> NoReturn:
    typer.echo(f"steelyard: {reason}", err=True)
    sys.exit(1)


def _flush() -> None:
    """Flush standard output here: at exit, the interpreter would print a traceback if its reader is gone (`steelyard openapi | head`)."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if error.errno != errno.EPIPE:
            _fail(_system_error(error))


def _system_error(error: OSError) -> str:
    what = f"{error.filename} cannot be used" if error.filename else "the output cannot be written"
    return f"{what}: {error.strerror or type(error).__name__}."
