"""requestPasswordReset and confirmPasswordReset, over HTTP and by mail."""

import asyncio

import httpx
import pytest

from steelyard.db.database import Database
from steelyard.mail.messages import readable
from tests.kit.servers.running import Running, running
from tests.kit.world.accounts import PASSWORD
from tests.kit.world.clock import Clock
from tests.kit.world.market import list_logged_events
from tests.kit.world.world import User
from tests.unit.features.auth.mail_box import MailBox, token_in

NEW_PASSWORD = "staple that new battery"


@pytest.fixture
def box(shop: Running) -> MailBox:
    return MailBox(shop)


async def request_mail(shop: Running, email: str) -> httpx.Response:
    return await shop.api.call("requestPasswordReset", {"email": email})


async def reset(shop: Running, token: str, password: str = NEW_PASSWORD) -> httpx.Response:
    return await shop.api.call("confirmPasswordReset", {"token": token, "new_password": password})


async def token_of(shop: Running, box: MailBox, user: User) -> str:
    assert (await request_mail(shop, user.email)).status_code == 202
    return await box.token()


async def log_in(shop: Running, user: User, password: str) -> int:
    return (await shop.api.call("issueToken", {"username": user.email, "password": password})).status_code


async def test_a_reset_sets_the_password_and_ends_every_session_but_no_key(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    phone = (await shop.world.login(alice))[1]
    key = await shop.world.token_of(alice, ["account:read"], kind="api_key")

    assert (await reset(shop, await token_of(shop, box, alice))).status_code == 204

    assert [(await shop.api.as_(token).call("getCurrentUser")).status_code for token in (alice.token, phone, key)] == [401, 401, 200]
    assert [await log_in(shop, alice, password) for password in (PASSWORD, NEW_PASSWORD)] == [401, 200]


async def test_a_reset_proves_the_mailbox_and_is_announced(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    key = await shop.world.token_of(alice, ["account:read"], kind="api_key")

    await reset(shop, await token_of(shop, box, alice))

    assert (await shop.api.as_(key).call("getCurrentUser")).json()["email_verified"] is True
    (mail,) = await box.work()
    assert (mail["Subject"], mail["To"]) == ("Your password was changed", f"{alice.name} <{alice.email}>")
    events = await shop.world.database.read().all(list_logged_events)
    assert [event.data for event in events if event.type == "user.updated"] == [
        {"user_id": alice.id, "changed": ["password", "email_verified"]}
    ]


async def test_a_token_works_once_under_fifty_requests_at_the_same_time(shop: Running) -> None:
    alice = await shop.world.user()
    token = await token_of(shop, MailBox(shop), alice)

    responses = await asyncio.gather(*[reset(shop, token, f"{NEW_PASSWORD} {number}") for number in range(50)])

    statuses = [each.status_code for each in responses]
    assert sorted(statuses) == [204] + [400] * 49
    assert await log_in(shop, alice, f"{NEW_PASSWORD} {statuses.index(204)}") == 200


async def test_known_and_unknown_addresses_get_the_same_response(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()

    known, unknown = await request_mail(shop, alice.email.upper()), await request_mail(shop, "unknown@example.com")

    edge = {"x-request-id", "x-response-time"}
    headers = [{name: value for name, value in each.headers.items() if name not in edge} for each in (known, unknown)]
    assert (known.status_code, known.content, headers[0]) == (unknown.status_code, unknown.content, headers[1])
    assert [mail["To"] for mail in await box.work()] == [f"{alice.name} <{alice.email}>"]


async def test_no_job_holds_the_address(shop: Running) -> None:
    await request_mail(shop, "unknown@example.com")

    assert [job.payload for job in await shop.world.market.jobs()] == [{"user_id": 0}]


async def test_a_locked_account_gets_no_mail_and_no_password(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    token = await token_of(shop, box, alice)
    await shop.world.set_access(alice.id, is_active=False)
    await request_mail(shop, alice.email)

    assert await box.work() == []
    assert (await reset(shop, token)).status_code == 400


async def test_an_account_gets_three_mails_an_hour(shop: Running, box: MailBox) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    for _ in range(5):
        await request_mail(shop, alice.email)
    await request_mail(shop, bob.email)

    assert sorted(mail["To"].rpartition(" ")[2] for mail in await box.work()) == sorted([f"<{alice.email}>"] * 3 + [f"<{bob.email}>"])


async def test_a_reset_makes_the_other_tokens_of_the_account_invalid(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    first, second = await token_of(shop, box, alice), await token_of(shop, box, alice)
    await shop.api.as_(alice).call("requestEmailVerification")
    third = await box.token()

    assert (await reset(shop, second)).status_code == 204

    assert (await reset(shop, first)).status_code == 400
    assert (await shop.api.call("confirmEmailVerification", {"token": third})).status_code == 400


async def test_a_new_password_makes_the_tokens_of_mails_invalid(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    token = await token_of(shop, box, alice)
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await shop.api.as_(alice).call("changePassword", change)).status_code == 204

    assert (await reset(shop, token, "another new battery")).status_code == 400
    (mail,) = await box.work()
    assert mail["Subject"] == "Your password was changed"


async def test_a_changed_address_makes_the_tokens_of_mails_invalid(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    token = await token_of(shop, box, alice)
    await shop.api.as_(alice).call("updateUser", {"name": alice.name, "email": "new@example.com"}, user_id=alice.id)

    assert (await reset(shop, token)).status_code == 400


async def test_a_token_expires_after_an_hour(shop: Running, box: MailBox) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    first, second = await token_of(shop, box, alice), await token_of(shop, box, bob)

    shop.clock.advance(hours=1, seconds=-1)
    in_time = await reset(shop, first)
    shop.clock.advance(seconds=1)
    late = await reset(shop, second)

    assert (in_time.status_code, late.status_code) == (204, 400)


async def test_an_hour_counts_from_the_last_attempt_at_the_mail(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice.email)
    box.loses = True
    await box.work()
    shop.clock.advance(minutes=50)
    box.loses = False
    (mail,) = await box.work()

    shop.clock.advance(minutes=50)

    assert (await reset(shop, token_in(mail))).status_code == 204


async def test_a_common_password_is_rejected_and_the_token_stays_good(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    token = await token_of(shop, box, alice)

    refused = await reset(shop, token, alice.name)

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["type"], error["pointer"]) == (422, "password_too_common", "/new_password")
    assert (await reset(shop, token)).status_code == 204


async def test_a_wrong_token_costs_no_hash(shop: Running, box: MailBox, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await token_of(shop, box, await shop.world.user())
    assert (await reset(shop, token)).status_code == 204

    async def hashed(*_: object) -> str:
        raise AssertionError("a password was hashed for a token that is not valid")

    monkeypatch.setattr("steelyard.security.passwords.PasswordHasher.hash", hashed)

    assert [(await reset(shop, each)).status_code for each in (token, "sym_" + "A" * 43)] == [400, 400]


async def test_a_token_to_verify_an_address_resets_nothing(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await shop.api.as_(alice).call("requestEmailVerification")

    assert (await reset(shop, await box.token())).status_code == 400


async def test_the_link_has_the_token_in_its_fragment(database: Database, clock: Clock) -> None:
    async with running(database, clock, link_reset="https://shop.example/reset#{token}") as shop:
        await request_mail(shop, (await shop.world.user()).email)

        (mail,) = await MailBox(shop).work()

        assert "\nhttps://shop.example/reset#sym_" in readable(mail)
