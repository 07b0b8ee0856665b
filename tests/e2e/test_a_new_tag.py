"""A new tag is a folder: no list of features, rule or other file of the server names it."""

from pathlib import Path

import pytest

from tests.e2e.tree_copy import TreeCopy

CONTRACT = {
    "openapi/paths/wishes.yaml": """\
# What users wish for.

wishes:
  get:
    operationId: listWishes
    tags: [wishes]
    summary: List the wishes
    description: What users wish for, oldest first.
    security: []
    responses:
      '200':
        description: The wishes.
        content:
          application/json:
            schema: {$ref: '../schemas/wishes.yaml#/WishList'}
""",
    "openapi/schemas/wishes.yaml": """\
# What users wish for.

WishList:
  type: object
  description: What users wish for.
  additionalProperties: false
  required: [wishes]
  properties:
    wishes:
      type: array
      description: The wishes, oldest first.
      maxItems: 10
      items: {$ref: '#/Wish'}

Wish:
  type: string
  description: One wish.
  maxLength: 100
""",
    "openapi/examples/listWishes.yaml": """\
one:
  summary: One wish
  status: 200
  response: {wishes: [A pan that lasts]}
""",
}
FEATURE = {
    "__init__.py": '''"""What users wish for."""
''',
    "endpoints.py": '''"""Wishes over HTTP: one coroutine per operationId."""

from steelyard.features.wishes import service
from steelyard_contract import models as m


async def list_wishes() -> m.WishList:
    return await service.list_wishes()
''',
    "service.py": '''"""What users wish for."""

from steelyard_contract import models as m


async def list_wishes() -> m.WishList:
    """All wishes."""
    return m.WishList(wishes=["A pan that lasts"])
''',
    "problems.py": '''"""Which problem a broken constraint of the wishes means."""

from steelyard_contract.problems import ItemNotFound, Problem

BY_CONSTRAINT: dict[str, type[Problem]] = {"wishes_item_id_fkey": ItemNotFound}
''',
    "tasks.py": '''"""What the worker does for wishes."""

from steelyard.db.database import Database
from steelyard.jobs.tasks import PeriodicTask, Run, Task
from steelyard.settings import Settings
from steelyard.tables.jobs import JobRow


async def _grant(_: JobRow) -> None:
    """Grant one wish."""


async def _count(_: Database, __: Run) -> None:
    """Count the wishes."""


def tasks() -> dict[str, Task]:
    """Grant wishes."""
    return {"wishes.grant": Task(_grant)}


def periodic_tasks(settings: Settings) -> list[PeriodicTask]:
    """Count wishes."""
    return [PeriodicTask("wishes", settings.reservation_seconds, _count)]
''',
}
USE = '''"""Call the new operation, and look for the problems and tasks of its folder."""

import asyncio

import httpx

from steelyard.app.application import create_app
from steelyard.app.discovery import feature_tasks, problems_by_constraint
from steelyard.app.mails import create_mail_tasks
from steelyard.db.database import Database
from steelyard.mail.mailers import ConsoleMailer
from steelyard.mail.tasks import MailTasks
from steelyard.settings import Settings


async def main() -> None:
    settings = Settings(database_url="sqlite:///wishes.db")
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/wishes")
    print(response.status_code, response.text)

    mails = create_mail_tasks(settings, Database(settings.database_url), ConsoleMailer())
    tasks, periodic_tasks = feature_tasks({Settings: settings, MailTasks: mails})
    print("wishes_item_id_fkey" in problems_by_constraint(), "wishes.grant" in tasks, "wishes" in [task.name for task in periodic_tasks])


asyncio.run(main())
'''


@pytest.fixture
def copy(tmp_path: Path) -> TreeCopy:
    copied = TreeCopy(tmp_path / "steelyard")
    for name, text in {**CONTRACT, **{f"server/steelyard/features/wishes/{name}": text for name, text in FEATURE.items()}}.items():
        path = copied.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    copied.add("openapi/openapi.yaml", "- {name: orders,", "  - {name: wishes, description: What users wish for.}\n")
    copied.add("openapi/openapi.yaml", "/orders/{order_id}/cancel:", "  /wishes: {$ref: 'paths/wishes.yaml#/wishes'}\n")
    return copied


@pytest.mark.slow
def test_a_tag_with_its_folder_is_served_and_keeps_all_rules(copy: TreeCopy) -> None:
    copy.passes("codegen", "lint")
    copy.passes("codegen", "generate")
    (copy.root / "use_wishes.py").write_text(USE, "utf-8")

    assert copy.passes("use_wishes").splitlines() == ['200 {"wishes":["A pan that lasts"]}', "True True True"]
    copy.passes("ruff", "check", "server")
    copy.passes("mypy", "server/steelyard/features/wishes")
    copy.passes("-c", "import importlinter.cli; importlinter.cli.lint_imports_command()", "--no-cache")
    copy.passes("pytest", "-q", "tests/project/test_style.py")
