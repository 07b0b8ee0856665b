"""Identities that a user links and removes, with both proofs: a login here, and a login at the provider."""

import pytest

from steelyard.features.auth.queries import set_email_verified
from tests.kit.clients.third_party_login import Browser, begin_link, code_of_link, finish_link, query_of, returned, user_of
from tests.kit.servers.identity_providers import StubProvider
from tests.kit.servers.running import Running
from tests.kit.world.market import list_logged_events
from tests.kit.world.world import User
from tests.unit.features.auth.mail_box import MailBox


async def verify(shop: Running, user: User) -> None:
    async with shop.world.database.transaction() as tx:
        await tx.run(set_email_verified, user_id=user.id, now=tx.now)


async def linked(shop: Running, stub: StubProvider, user: User) -> int:
    response = await finish_link(shop, user, await code_of_link(shop, stub, user))
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def reset_password(shop: Running, email: str) -> None:
    await shop.api.call("requestPasswordReset", {"email": email})
    box = MailBox(shop)
    token = next(text for mail in await box.work() for text in str(mail.get_body(("plain",))).split() if text.startswith("sym_"))
    response = await shop.api.call("confirmPasswordReset", {"token": token, "new_password": "staple that new battery"})
    assert response.status_code == 204, response.text


@pytest.mark.promise("R25")
async def test_a_linked_identity_logs_its_user_in(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user(email="carol@example.com")

    response = await finish_link(shop, alice, await code_of_link(shop, stub, alice))
    user = await user_of(shop, (await returned(shop, stub))["code"])

    assert (response.status_code, response.json()["provider"], response.json()["last_used_at"]) == (201, "stub", None)
    assert user["id"] == alice.id
    (listed,) = (await shop.api.as_(alice).call("listIdentities")).json()["items"]
    assert (listed["id"], listed["email"]) == (response.json()["id"], "carol@example.com")
    assert listed["last_used_at"] is not None


async def test_a_link_ends_with_the_user_who_began_it(shop: Running, stub: StubProvider) -> None:
    alice, mallory = await shop.world.user(), await shop.world.user()
    code = await code_of_link(shop, stub, alice)

    stolen = await finish_link(shop, mallory, code)
    again = await finish_link(shop, alice, code)

    assert [each.json()["type"] for each in (stolen, again)] == ["/problems/invalid-grant"] * 2
    assert (await shop.api.as_(mallory).call("listIdentities")).json() == {"items": []}


@pytest.mark.parametrize(
    "changed", [{"code_verifier": "w" * 43}, {"redirect_uri": "com.example.shop:/login"}, {"client_id": "steelyard-cli"}]
)
async def test_a_link_needs_its_client_its_address_and_its_verifier(changed: dict[str, str], shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()

    response = await finish_link(shop, alice, await code_of_link(shop, stub, alice), **changed)

    assert response.json()["type"] == "/problems/invalid-grant"


async def test_codes_of_logins_and_of_links_are_not_exchanged_for_each_other(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()
    login, link = (await returned(shop, stub))["code"], await code_of_link(shop, stub, alice, sub="other")

    as_link, as_login = await finish_link(shop, alice, login), await Browser(shop.api).exchange(link)

    assert [each.json()["type"] for each in (as_link, as_login)] == ["/problems/invalid-grant"] * 2


async def test_the_address_of_a_link_works_once_and_for_ten_minutes(shop: Running) -> None:
    alice = await shop.world.user()
    used, late = [(await begin_link(shop, alice)).json()["authorization_url"] for _ in range(2)]

    first, second = await Browser(shop.api).get(used), await Browser(shop.api).get(used)
    shop.clock.advance(minutes=10)
    third = await Browser(shop.api).get(late)

    assert [each.status_code for each in (first, second, third)] == [303, 400, 400]
    assert third.json()["type"] == "/problems/login-expired"


async def test_the_address_of_a_link_stays_good_if_the_provider_is_down(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user()
    address = (await begin_link(shop, alice)).json()["authorization_url"]
    metadata = stub.pages.pop("/.well-known/openid-configuration")

    down = await Browser(shop.api).get(address)
    stub.pages["/.well-known/openid-configuration"] = metadata
    up = await Browser(shop.api).get(address)

    assert query_of(down.headers["location"])["error"] == "temporarily_unavailable"
    assert up.headers["location"].startswith(stub.issuer)


async def test_the_state_of_a_login_is_no_link_and_stays_good(shop: Running, stub: StubProvider) -> None:
    browser = Browser(shop.api)
    sent = query_of((await browser.authorize(provider="stub")).headers["location"])
    stub.respond_with(stub.sign(stub.claims(sent["nonce"], shop.clock.now)))

    assert (await browser.get(f"/authorize?link={sent['state']}")).status_code == 400
    assert (await browser.get(f"/login/stub/callback?code=abc&state={sent['state']}")).status_code == 303


async def test_an_identity_belongs_to_one_account(shop: Running, stub: StubProvider) -> None:
    alice, bob = await shop.world.user(), await shop.world.user()
    await linked(shop, stub, alice)

    for user in (bob, alice):
        assert (await finish_link(shop, user, await code_of_link(shop, stub, user))).json()["type"] == "/problems/identity-taken"


async def test_the_last_way_to_log_in_stays(shop: Running, stub: StubProvider) -> None:
    token = (await Browser(shop.api).exchange((await returned(shop, stub, auth_time=int(shop.clock.now.timestamp())))["code"])).json()
    api = shop.api.as_(token["access_token"])
    (identity,) = (await api.call("listIdentities")).json()["items"]

    last = await api.call("deleteIdentity", identity_id=identity["id"])

    assert last.json()["type"] == "/problems/last-login-method"


async def test_a_removed_identity_logs_no_one_in_and_both_changes_are_announced(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user(email="carol@example.com")
    await verify(shop, alice)
    identity_id = await linked(shop, stub, alice)

    assert (await shop.api.as_(alice).call("deleteIdentity", identity_id=identity_id)).status_code == 204

    assert (await returned(shop, stub))["error"] == "access_denied"
    assert [mail["Subject"] for mail in await MailBox(shop).work()] == [
        "A login was added to your account",
        "A login was removed from your account",
    ]
    logged = await shop.world.database.read().all(list_logged_events)
    data = {"user_id": alice.id, "identity_id": identity_id, "provider": "stub"}
    assert [(event.type, event.data) for event in logged if event.type.startswith("identity.")] == [
        ("identity.linked", data),
        ("identity.unlinked", data),
    ]


async def test_an_unverified_address_gets_no_mail_about_identities(shop: Running, stub: StubProvider) -> None:
    await linked(shop, stub, await shop.world.user())

    assert await MailBox(shop).work() == []


async def test_a_squatter_loses_their_identity_when_the_owner_of_the_mailbox_comes(shop: Running, stub: StubProvider) -> None:
    """The account was registered with an address of another user, and an identity of the squatter was linked to it."""
    squatter = await shop.world.user(email="victim@example.com")
    await linked(shop, stub, squatter)

    await reset_password(shop, "victim@example.com")

    result = await returned(shop, stub, email="squatter@example.com")
    assert (await user_of(shop, result["code"]))["id"] != squatter.id


async def test_the_identity_of_a_verified_account_survives_a_reset(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user(email="carol@example.com")
    await verify(shop, alice)
    await linked(shop, stub, alice)

    await reset_password(shop, "carol@example.com")

    assert (await user_of(shop, (await returned(shop, stub))["code"]))["id"] == alice.id


async def test_a_squatter_cannot_attach_themselves_before_or_after_the_owner(shop: Running, stub: StubProvider) -> None:
    """Both orders: an account with the address exists when the provider vouches for it, or it is registered later."""
    await shop.world.user(email="carol@example.com")
    assert (await returned(shop, stub))["error"] == "access_denied"

    await user_of(shop, (await returned(shop, stub, sub="dora", email="dora@example.com"))["code"])
    late = await shop.api.call("createUser", {"name": "Squatter", "email": "Dora@example.com", "password": "correct horse battery"})
    assert late.json()["type"] == "/problems/email-already-registered"


async def test_a_deleted_account_leaves_its_identity_free(shop: Running, stub: StubProvider) -> None:
    alice = await shop.world.user(email="carol@example.com")
    await linked(shop, stub, alice)

    assert (await shop.api.as_(alice).delete(f"/users/{alice.id}")).status_code == 204

    assert (await user_of(shop, (await returned(shop, stub))["code"]))["id"] != alice.id
