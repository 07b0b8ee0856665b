"""The pages of docs/operations on a new Debian, as they are written: first start, update, backup and restore."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.kit.documentation import blocks
from tests.kit.servers.machines import Machine, machine

FIRST_START = "docs/operations/first-start.md"
BACKUP = "docs/operations/backup-and-restore.md"
UPGRADE = "docs/operations/upgrade-and-rollback.md"
PASSWORD = "a long enough one"
# Commands that need the network of the reader's machine.
REACHES_OUT = ("apt-get ", "pip install")
RUNNING = "docs/guide/running.md"
STOP = "set -euo pipefail"


class Shell:
    """One shell over several blocks: a later block has the variables of the earlier ones."""

    def __init__(self, on: Machine) -> None:
        self._machine = on

    async def run(self, block: str, *, typed: str = "") -> str:
        """What a block prints. It must succeed."""
        remembered = "test ! -f /root/variables || . /root/variables 2>/dev/null"
        kept = "declare -p | grep -v -E '^declare -[^ ]*r' > /root/variables"
        script = f"{remembered}\n{STOP}\n{block}\n{kept}"
        status, printed = await self._machine.shell(script, typed=typed, reaches_out=any(each in block for each in REACHES_OUT))
        if status:
            _, journal = await self._machine.shell(
                "journalctl --no-pager -n 60 -p info -t systemd -t steelyard -t python3 -t '(steelyard)'"
            )
            raise AssertionError(f"{block}\n\n{printed}\n\n{journal}")
        return printed


def last_object(printed: str) -> dict[str, Any]:
    """What curl printed at last. Before that, it names the tries that failed."""
    parsed: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return parsed


@pytest.fixture
async def shell() -> AsyncIterator[Shell]:
    async with machine() as booted:
        yield Shell(booted)


async def test_the_pages_lead_from_a_bare_machine_to_a_running_one_and_back_from_a_backup(shell: Shell) -> None:
    *steps, look, register, look_at_worker = blocks(FIRST_START, "bash")
    for step in steps:
        await shell.run(step, typed=f"{PASSWORD}\n{PASSWORD}\n" if "admin create" in step else "")
    health = last_object(await shell.run(look))
    registered = await shell.run(register)
    worker = last_object(await shell.run(look_at_worker))

    assert health["status"] == "ok"
    assert {name: part["status"] for name, part in health["components"].items()} == {"database": "ok", "jobs": "ok", "cache": "ok"}
    assert '"email":"bob@example.com"' in registered
    assert "To: Bob <bob@example.com>" in registered
    assert worker == {"status": "ok"}
    await check_backup_and_restore(shell)
    await check_update(shell)
    await check_folder_of_state(shell)


async def check_backup_and_restore(shell: Shell) -> None:
    for step in blocks(BACKUP, "bash"):
        await shell.run(step)
    # Bob registered before the backup, and logs in after the restore.
    login = "$site https://shop.example.com/token -d username=bob@example.com --data-urlencode 'password=correct horse battery'"
    assert "access_token" in await shell.run(login)


async def check_update(shell: Shell) -> None:
    before = await shell.run("systemctl show -p MainPID --value steelyard-api")
    for step in blocks(UPGRADE, "bash"):
        await shell.run(step)
    after = await shell.run("systemctl show -p MainPID --value steelyard-api")

    # A reload replaces the workers, not the process that owns the socket.
    assert before == after
    assert last_object(await shell.run("$site https://shop.example.com/health"))["status"] == "ok"


async def check_folder_of_state(shell: Shell) -> None:
    """The worker still writes to the folder after the API has started again."""
    (block,) = [each for each in blocks(RUNNING, "console") if "StateDirectory" in each]
    await shell.run(block)
    await shell.run("systemctl restart steelyard-api")
    register = """
    $site https://shop.example.com/users -H 'Content-Type: application/json' \\
      -d '{"name": "Carol", "email": "carol@example.com", "password": "correct horse battery"}'
    timeout 60 sh -c 'until grep -r "^To: Carol" /var/lib/steelyard/mail; do sleep 1; done'
    timeout 60 sh -c 'until grep user_created /var/lib/steelyard/audit.log; do sleep 1; done'
    """
    assert "To: Carol <carol@example.com>" in await shell.run(register)
