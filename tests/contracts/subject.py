"""The contract that this process tests: a folder with openapi/, and in server/ a package of the folder's name that serves it.

Its generated code lies under build/contracts/. The environment names the folder, because a process imports one `steelyard_contract`.
"""

import asyncio
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from steelyard.contract.api import ContractAPI
from steelyard.db.database import Database
from tests.kit.servers.configuration import Journal, settings_for
from tests.kit.servers.schema import create_tables, import_tables
from tests.kit.world.clock import Clock, repeatable

ENVIRONMENT = "STEELYARD_TEST_CONTRACT"
FOLDER = Path(os.environ.get(ENVIRONMENT, "."))
OPENAPI = FOLDER / "openapi"


def create(url: str, journal: Journal, clock: Clock, seed: int = 42, **changed: Any) -> ContractAPI:
    """The application on a database."""
    create_app: Any = import_module(f"{FOLDER.name}.app").create_app
    app: ContractAPI = create_app(settings_for(url, **changed), sources=repeatable(clock, seed), journal=journal)
    return app


def prepare(url: str) -> None:
    """Make the tables of the server's own packages, such as those of idempotency keys."""

    async def create() -> None:
        import_tables()
        database = Database(url)
        await database.open()
        try:
            await create_tables(database)
        finally:
            await database.close()

    asyncio.run(create())


def reset(app: ContractAPI) -> None:
    """Remove what earlier requests have changed."""
    import_module(f"{FOLDER.name}.app").reset(app)


def token(*scopes: str, user_id: int = 1) -> str:
    """An access token with these scopes."""
    issued: str = import_module(f"{FOLDER.name}.tokens").issue(user_id, user_id, scopes)
    return issued


def key(scheme: str, user_id: int = 1) -> str:
    """An API key for a security scheme."""
    issued: str = import_module(f"{FOLDER.name}.tokens").key(scheme, user_id)
    return issued


def endpoints(tag: str) -> Any:
    """The module with the handlers of a tag."""
    return import_module(f"{FOLDER.name}.features.{tag}.endpoints")


def sdk() -> Any:
    """The package of the generated SDK."""
    from tests.kit.contract.checker import CONTRACT  # noqa: PLC0415  # the generated package of this process

    return import_module(f"{CONTRACT.tree['info']['title'].lower()}_client")
