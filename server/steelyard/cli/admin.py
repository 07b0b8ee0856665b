"""`steelyard admin`: accounts, managed on the machine itself."""

import asyncio
import signal
import sys
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from steelyard.cli.database import check_schema, open_database
from steelyard.cli.errors import CommandError
from steelyard.settings import Settings, load_settings


def create(
    *,
    email: Annotated[str, typer.Option(help="The e-mail address that the new admin logs in with.")],
    name: Annotated[str, typer.Option(help="The new admin's name.")],
) -> None:
    """Create a user with the role admin. The password comes from a prompt, or from standard input."""
    settings = load_settings()
    asyncio.run(check_schema(settings))
    try:
        if sys.stdin.isatty():
            # The terminal shows what is typed again only if an exception ends the prompt.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\n")
    except UnicodeDecodeError as error:
        raise CommandError(f"the password is not valid {error.encoding}. Type it, or encode it as {error.encoding}.") from None
    user_id = asyncio.run(_create_admin(settings, email=email, name=name, password=password))
    typer.echo(f"{email} is now an admin with the id {user_id}.")


async def _create_admin(settings: Settings, *, email: str, name: str, password: str) -> int:
    from steelyard.db.errors import ConstraintViolated
    from steelyard.features.users import service as users
    from steelyard.security.passwords import PasswordHasher
    from steelyard_contract.problems import Problem, ValidationFailed

    async with open_database(settings) as database:
        passwords = PasswordHasher()
        try:
            async with database.transaction() as tx:
                details = await users.create_admin(tx, name=name, email=email, password=password, passwords=passwords)
        except ValidationError as error:
            reasons = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors(include_input=False, include_url=False))
            raise CommandError(f"no account was created, because the contract does not allow it. {reasons}.") from None
        except ValidationFailed as error:
            errors: Any = error.members["errors"]
            reasons = "; ".join(str(each.msg) for each in errors)
            raise CommandError(f"no account was created: {reasons}. Choose another password.") from None
        except (ConstraintViolated, Problem) as error:
            raise CommandError(f"no account was created: {email} is already registered. Choose another address.") from error
        finally:
            passwords.close()
    return details.user.id
