"""The users of the demo, with their ids and addresses."""

from dataclasses import dataclass

from steelyard.contract.access.caller import Caller
from steelyard.db.database import Database
from steelyard.demo.clock import DemoClock
from steelyard.features.auth import sessions
from steelyard.features.auth.credentials import load_credential
from steelyard.features.users import service as users
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.passwords import PasswordHasher
from steelyard.sources import Sources
from steelyard_contract import models as m
from steelyard_contract.policy import Role

PASSWORD = "steelyard demo"  # noqa: S105  # printed at each start

# They are registered in this order in an empty database.
ADMIN, SUPPORT, ALICE, BOB, CAROL, DAN = range(1, 7)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One user of the demo, and what their account is good for."""

    user_id: int
    email: str
    name: str
    role: Role
    good_for: str
    bio: str | None = None


LOGINS = (
    DemoLogin(ADMIN, "admin@example.com", "Ada Brandt", "admin", "may do everything"),
    DemoLogin(SUPPORT, "support@example.com", "Sam Okafor", "support", "reads all accounts and orders"),
    DemoLogin(ALICE, "alice@example.com", "Alice Johnson", "user", "sells most of the catalogue", "Kitchen, coffee and a few good books."),
    DemoLogin(BOB, "bob@example.com", "Bob Lindqvist", "user", "buys; has orders in several states", "Looking for a pan that lasts."),
    DemoLogin(CAROL, "carol@example.com", "Carol Meyer", "user", "sells the rest", "Bicycles, audio and what belongs outdoors."),
    DemoLogin(DAN, "dan@example.com", "Dan Rossi", "user", "buys now and then"),
)
_ADDRESSES = {
    SUPPORT: {
        "Home": {"street": "3 Wharf Lane", "city": "Boston", "zip_code": "02110"},
        "Desk": {"street": "1 Exchange Place", "city": "Boston", "zip_code": "02109"},
    },
    ALICE: {
        "Home": {"street": "7 Mill Lane", "city": "Salem", "zip_code": "97301"},
        "Workshop": {"street": "12 Harbour Road", "city": "Portland", "zip_code": "97201"},
    },
    BOB: {
        "Home": {"street": "12 Canal Street", "city": "Portland", "zip_code": "97209"},
        "Office": {"street": "Torstrasse 140", "city": "Berlin", "country": "DE", "zip_code": "10119"},
    },
}


async def register(database: Database, passwords: PasswordHasher, clock: DemoClock) -> dict[int, Caller]:
    """Register all users; callers that act for the admin and for everyone who buys or sells, until today."""
    for login in LOGINS:
        async with database.transaction() as tx:
            if login.role == "admin":
                await users.create_admin(tx, name=login.name, email=login.email, password=PASSWORD, passwords=passwords)
            else:
                await users.create_user(tx, draft=_draft(login), passwords=passwords)
    async with database.transaction() as tx:
        callers = {
            login.user_id: await sessions.act_for(tx, user_id=login.user_id, role=login.role, until=clock.today)
            for login in LOGINS
            if login.role != "support"
        }
    support = m.UserAccess(role=m.Role.support, is_active=True)
    credentials = CredentialCache(load_credential, Sources().stopwatch)
    async with database.transaction() as tx:
        await users.set_user_access(tx, credentials, caller=callers[ADMIN], user_id=SUPPORT, access=support, if_match=None)
    return callers


def _draft(login: DemoLogin) -> m.UserCreate:
    addresses = [
        m.AddressCreate(label=label, is_default=label == "Home", **address) for label, address in _ADDRESSES.get(login.user_id, {}).items()
    ]
    return m.UserCreate(name=login.name, email=login.email, password=PASSWORD, bio=login.bio, age=34, addresses=addresses)
