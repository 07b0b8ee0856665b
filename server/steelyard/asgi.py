"""The application for servers that are not `steelyard serve`: `steelyard.asgi:create_app` for gunicorn and uvicorn."""

import os
import sys
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.cli.database import check_connection, check_schema
from steelyard.cli.errors import CommandError
from steelyard.cli.files import with_own_key
from steelyard.cli.serve import METRICS_FOLDER, application, check_settings
from steelyard.serving.application import Application, Group
from steelyard.settings import Settings, SettingsError, load_settings


def create_app(group: Group | None = None) -> Application:
    """The marketplace, with the settings of this process and the checks of `steelyard serve`. An error ends the process with one sentence.

    `group` is passed by our worker class of gunicorn. The workers that replace others later do not check the database again: an outage must
    not end them.
    """
    try:
        settings = _in_group(with_own_key(load_settings()), group)
        check_settings(settings, 1 if group is None else group.workers)
    except (CommandError, SettingsError) as error:
        raise SystemExit(f"steelyard: {error}") from error
    built = application(settings)
    if group is None or group.is_first:
        built.app = partial(_check_database_first, built.app, settings)
    return _ForUvicorn(built.app, settings, built.drain) if group is None else built


class _ForUvicorn(Application):
    """uvicorn takes an application for one of ASGI 2 if its `__call__` is no coroutine function."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)


def _in_group(settings: Settings, group: Group | None) -> Settings:
    if group is None:
        return settings
    if settings.metrics_token is not None:
        os.environ[METRICS_FOLDER] = str(group.metrics)
    if settings.rate_limits and settings.rate_limits_file is None:
        return settings.model_copy(update={"rate_limits_file": group.limits / "counts"})
    return settings


async def _check_database_first(app: ASGIApp, settings: Settings, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        try:
            await check_schema(settings)
            await check_connection(settings)
        except CommandError as error:
            # The log leaves out texts of uvicorn, which would log a message of this event.
            sys.stderr.write(f"steelyard: {error}\n")
            await send({"type": "lifespan.startup.failed"})
            return
    await app(scope, receive, send)
