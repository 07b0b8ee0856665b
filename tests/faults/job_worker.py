"""A worker process whose jobs leave a line in a file, fail now and then, and have an effect in the database.

Arguments: the URL of the database, the name of the worker, the file, the seconds that a job takes, and the share of failures.
"""

import asyncio
import random
import signal
import sys
from pathlib import Path

from steelyard.db.database import Database
from steelyard.db.options import DatabaseOptions
from steelyard.db.transaction import Transaction
from steelyard.features.auth.queries import insert_login_failure
from steelyard.jobs.tasks import Effect, Task
from steelyard.jobs.worker import Worker
from steelyard.tables.jobs import JobRow

KIND = "test.fault"
AT_ONCE = 10


def note(file: str, number: int) -> None:
    """At once, and whole: other workers write to the same file."""
    with Path(file).open("a", encoding="ascii") as sent:
        sent.write(f"{number}\n")


async def main(url: str, name: str, file: str, takes_s: float, failures: float) -> None:
    async def handler(job: JobRow) -> Effect:
        note(file, job.payload["n"])
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=takes_s)
        if random.random() < failures:
            raise OSError

        async def effect(tx: Transaction) -> None:
            await tx.run(insert_login_failure, account_key=f"job {job.payload['n']}", address_key=name, now=tx.now)

        return effect

    database = Database(url, options=DatabaseOptions(pool_size=8, pool_overflow=0))
    await database.open(patient=True)
    task = Task(handler, delays_s=(0.1,) * 20, timeout_s=100)
    worker = Worker(database, {KIND: task}, name=name, at_once=AT_ONCE)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    sys.stderr.write("ready\n")
    await worker.run()
    await database.close()


if __name__ == "__main__":
    _, url, name, file, takes_s, failures = sys.argv
    asyncio.run(main(url, name, file, float(takes_s), float(failures)))
