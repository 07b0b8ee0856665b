"""requestEmailVerification and confirmEmailVerification, over HTTP and by mail."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from steelyard.db.database import Database
from steelyard.db.statements import statement
from steelyard.features.auth.login import LoginPolicy
from steelyard.features.auth.tasks import delete_expired
from steelyard.mail.messages import readable
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.credentials import mail_tokens
from tests.kit.servers.running import Running, running
from tests.kit.world.clock import Clock
from tests.kit.world.market import list_logged_events
from tests.kit.world.world import User
from tests.unit.features.auth.mail_box import MailBox, token_in

LINK = "https://shop.example/verify#{token}"
list_hashes = statement(select(mail_tokens.c.token_hash), str)


@pytest.fixture
def box(shop: Running) -> MailBox:
    return MailBox(shop)


async def request_mail(shop: Running, user: User | str) -> None:
    assert (await shop.api.as_(user).call("requestEmailVerification")).status_code == 202


async def confirm(shop: Running, token: str) -> httpx.Response:
    return await shop.api.call("confirmEmailVerification", {"token": token})


async def is_verified(shop: Running, user: User) -> bool:
    verified: bool = (await shop.api.as_(user).call("getCurrentUser")).json()["email_verified"]
    return verified


async def test_the_token_in_the_mail_verifies_the_address(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    (mail,) = await box.work()
    before = (await shop.api.as_(alice).call("getCurrentUser")).json()

    assert (await confirm(shop, token_in(mail))).status_code == 204

    after = (await shop.api.as_(alice).call("getCurrentUser")).json()
    assert (mail["To"], mail["Subject"]) == (f"{alice.name} <{alice.email}>", "Confirm your e-mail address")
    assert (before["email_verified"], after["email_verified"], after["version"]) == (False, True, before["version"] + 1)
    events = await shop.world.database.read().all(list_logged_events)
    assert [(event.type, event.data) for event in events] == [("user.updated", {"user_id": alice.id, "changed": ["email_verified"]})]


async def test_a_token_works_once_under_fifty_requests_at_the_same_time(shop: Running, box: MailBox) -> None:
    await request_mail(shop, await shop.world.user())
    token = await box.token()

    responses = await asyncio.gather(*[confirm(shop, token) for _ in range(50)])

    assert sorted(each.status_code for each in responses) == [204] + [400] * 49
    assert {each.json()["type"] for each in responses if each.status_code == 400} == {"/problems/invalid-mail-token"}


async def test_only_the_hash_of_a_token_is_stored(shop: Running, box: MailBox) -> None:
    await request_mail(shop, await shop.world.user())
    token = await box.token()

    assert await shop.world.database.read().all(list_hashes) == [hash_secret(token)]


async def test_a_token_expires_after_a_day(shop: Running, box: MailBox) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    await request_mail(shop, alice)
    first = await box.token()
    await request_mail(shop, bob)
    second = await box.token()

    shop.clock.advance(hours=24, seconds=-1)
    in_time = await confirm(shop, first)
    shop.clock.advance(seconds=1)
    late = await confirm(shop, second)

    assert (in_time.status_code, late.status_code) == (204, 400)


async def test_every_attempt_at_a_mail_has_the_same_token(shop: Running, box: MailBox) -> None:
    await request_mail(shop, await shop.world.user())
    box.loses = True
    (first,) = await box.work()
    shop.clock.advance(minutes=5)
    box.loses = False
    (second,) = await box.work()

    assert (first["Message-ID"], token_in(first)) == (second["Message-ID"], token_in(second))
    assert (await confirm(shop, token_in(first))).status_code == 204


async def test_a_mail_that_is_sent_again_does_not_make_a_used_token_good(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    box.loses = True
    (mail,) = await box.work()
    assert (await confirm(shop, token_in(mail))).status_code == 204

    assert await box.work() == []

    assert (await confirm(shop, token_in(mail))).status_code == 400


async def test_a_verified_address_gets_no_further_mail(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    await confirm(shop, await box.token())

    await request_mail(shop, alice)

    assert await box.work() == []


async def test_an_account_gets_three_mails_an_hour(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    for _ in range(5):
        await request_mail(shop, alice)
    assert len(await box.work()) == 3

    shop.clock.advance(hours=1)
    await request_mail(shop, (await shop.world.login(alice))[1])

    assert len(await box.work()) == 1


async def test_a_token_is_not_good_for_another_address(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    token = await box.token()
    profile = {"name": alice.name, "email": "new@example.com"}
    assert (await shop.api.as_(alice).call("updateUser", profile, user_id=alice.id)).status_code == 200

    assert (await confirm(shop, token)).status_code == 400
    assert not await is_verified(shop, alice)


async def test_a_mail_that_is_tried_again_after_a_change_of_the_address_has_another_token(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    box.loses = True
    (old,) = await box.work()
    profile = {"name": alice.name, "email": "new@example.com"}
    assert (await shop.api.as_(alice).call("updateUser", profile, user_id=alice.id)).status_code == 200
    box.loses = False
    new = next(mail for mail in await box.work() if "new@example.com" in mail["To"] and "sym_" in readable(mail))

    assert (await confirm(shop, token_in(old))).status_code == 400
    assert (await confirm(shop, token_in(new))).status_code == 204


async def test_a_changed_address_is_unverified(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    await confirm(shop, await box.token())

    await shop.api.as_(alice).call("updateUser", {"name": alice.name, "email": "new@example.com"}, user_id=alice.id)

    assert not await is_verified(shop, alice)


async def test_a_token_for_a_password_verifies_nothing(shop: Running, box: MailBox) -> None:
    alice = await shop.world.user()
    await shop.api.call("requestPasswordReset", {"email": alice.email})

    assert (await confirm(shop, await box.token())).status_code == 400


@pytest.mark.parametrize("is_locked", [True, False])
async def test_a_locked_or_deleted_account_is_not_verified(shop: Running, box: MailBox, is_locked: bool) -> None:
    alice = await shop.world.user()
    await request_mail(shop, alice)
    token = await box.token()
    if is_locked:
        await shop.world.set_access(alice.id, is_active=False)
    else:
        assert (await shop.api.as_(alice).call("deleteUser", user_id=alice.id)).status_code == 204

    assert (await confirm(shop, token)).status_code == 400


async def test_a_marketplace_may_require_a_verified_address_of_sellers_and_buyers(database: Database, clock: Clock) -> None:
    async with running(database, clock) as shop:
        seller, alice = await shop.world.user(), await shop.world.user()
        lamp = await shop.world.item(seller)
    async with running(database, clock, require_verified_email=True) as shop:
        box, caller = MailBox(shop), shop.api.as_(alice)
        offer = {"title": "Lamp", "price": {"amount": 1, "currency": "USD"}}
        order = {"product_id": lamp, "quantity": 1}

        async def attempts() -> list[httpx.Response]:
            return [await caller.call("createItem", offer), await caller.call("createOrder", order, idempotency_key="once")]

        before = await attempts()
        await request_mail(shop, alice)
        await confirm(shop, await box.token())
        after = await attempts()

        assert {(each.status_code, each.json()["type"]) for each in before} == {(403, "/problems/email-not-verified")}
        assert [each.status_code for each in after] == [201, 201]


async def test_the_limit_counts_all_sessions_of_a_user_together(database: Database, clock: Clock) -> None:
    async with running(database, clock, rate_limits=True) as shop:
        alice, bob = await shop.world.user(), await shop.world.user()
        sessions = [(await shop.world.login(alice))[1] for _ in range(4)]

        statuses = [(await shop.api.as_(token).call("requestEmailVerification")).status_code for token in sessions]

        assert statuses == [202, 202, 202, 429]
        assert (await shop.api.as_(bob).call("requestEmailVerification")).status_code == 202


async def test_old_tokens_are_deleted(shop: Running, box: MailBox) -> None:
    await request_mail(shop, await shop.world.user())
    await box.token()
    shop.clock.advance(days=2, seconds=1)

    async with shop.world.database.transaction() as tx:
        await delete_expired(tx, LoginPolicy())

    assert await shop.world.database.read().all(list_hashes) == []


@pytest.mark.parametrize(("link", "shown"), [(None, "\nsym_"), (LINK, "\nhttps://shop.example/verify#sym_")])
async def test_the_mail_has_the_token_or_a_link_with_it(database: Database, clock: Clock, link: str | None, shown: str) -> None:
    async with running(database, clock, link_verify=link) as shop:
        await request_mail(shop, await shop.world.user())

        (mail,) = await MailBox(shop).work()

        assert shown in readable(mail)
