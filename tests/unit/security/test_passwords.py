"""Passwords: hashed, checked, and rejected while the queue is full or when they are common."""

import asyncio
import importlib.metadata
import threading
import time

import bcrypt
import pytest

from steelyard.security.password_policy import common_passwords, is_too_common
from steelyard.security.passwords import WRONG, PasswordCheck, PasswordHasher
from steelyard_contract.problems import Unavailable
from tests.kit.world.accounts import cheap_passwords

RIGHT = PasswordCheck(is_right=True, better_hash=None)


@pytest.fixture
def passwords() -> PasswordHasher:
    return cheap_passwords()


async def test_the_password_that_was_hashed_is_right_and_no_other(passwords: PasswordHasher) -> None:
    hashed = await passwords.hash("correct horse")

    assert await passwords.verify("correct horse", hashed) == (True, None)
    assert await passwords.verify("correct horsE", hashed) == WRONG
    assert await passwords.verify("correct horse ", hashed) == WRONG


async def test_the_same_password_never_has_the_same_hash(passwords: PasswordHasher) -> None:
    assert await passwords.hash("correct horse") != await passwords.hash("correct horse")


async def test_hashes_have_the_documented_cost() -> None:
    assert (await PasswordHasher().hash("correct horse")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_cheaper_hash_is_right_and_replaced(passwords: PasswordHasher) -> None:
    cheap = await passwords.hash("correct horse")

    check = await PasswordHasher().verify("correct horse", cheap)

    assert check.is_right
    assert check.better_hash is not None
    assert check.better_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_bcrypt_is_accepted_and_replaced(passwords: PasswordHasher) -> None:
    hashed = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()

    check = await passwords.verify("correct horse", hashed)

    assert check.is_right
    assert check.better_hash is not None
    assert check.better_hash.startswith("$argon2id$")
    assert await passwords.verify("wrong", hashed) == WRONG


async def test_no_part_of_a_long_password_is_cut(passwords: PasswordHasher) -> None:
    hashed = await passwords.hash("x" * 127 + "y")

    assert (await passwords.verify("x" * 127 + "y", hashed)).is_right
    assert not (await passwords.verify("x" * 127 + "z", hashed)).is_right
    assert not (await passwords.verify("x" * 72, bcrypt.hashpw(b"x" * 71, bcrypt.gensalt(4)).decode())).is_right


@pytest.mark.parametrize(
    "impossible", ["\ud800 lone surrogate", "x" * 5000, "x" * 100, "nul\0nul"], ids=["surrogate", "5000", "100", "nul"]
)
async def test_a_text_that_cannot_be_a_password_is_wrong_without_an_error(passwords: PasswordHasher, impossible: str) -> None:
    for hashed in (await passwords.hash("correct horse"), bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()):
        assert await passwords.verify(impossible, hashed) == WRONG


@pytest.mark.parametrize("damaged", ["", "junk", "$argon2id$v=19$m=8,t=1,p=1$abc", "$2b$04$short", "$argon2id$"])
async def test_with_a_damaged_hash_every_password_is_wrong(passwords: PasswordHasher, damaged: str) -> None:
    assert await passwords.verify("correct horse", damaged) == WRONG


async def test_without_a_hash_every_password_is_wrong_and_takes_as_long_as_with_one() -> None:
    passwords = PasswordHasher()
    hashed = await passwords.hash("correct horse")

    async def cost(hash_or_none: str | None) -> float:
        costs = []
        for _ in range(7):
            began = time.process_time()
            assert await passwords.verify("wrong password", hash_or_none) == WRONG
            costs.append(time.process_time() - began)
        return sorted(costs)[3]

    known, unknown = await cost(hashed), await cost(None)

    assert 0.6 < known / unknown < 1.7


async def test_a_full_queue_rejects_at_once_and_loses_no_waiting_call(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = PasswordHasher(memory_kib=8, passes=1, threads=2, waiting=3)
    hold = threading.Event()
    monkeypatch.setattr(passwords, "_check", lambda *_: PasswordCheck(hold.wait(10), None))

    waiting = [asyncio.ensure_future(passwords.verify("p", None)) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await passwords.verify("p", None)
    assert refused.value.headers == {"Retry-After": "1"}
    hold.set()
    assert await asyncio.gather(*waiting) == [RIGHT] * 5

    assert await passwords.verify("p", None) == RIGHT


async def test_a_caller_who_hangs_up_frees_a_place_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = PasswordHasher(memory_kib=8, passes=1, threads=1, waiting=1)
    hold = threading.Event()
    monkeypatch.setattr(passwords, "_check", lambda *_: PasswordCheck(hold.wait(10), None))
    running, queued = [asyncio.ensure_future(passwords.verify("p", None)) for _ in range(2)]
    await asyncio.sleep(0)

    queued.cancel()
    await asyncio.gather(queued, return_exceptions=True)

    instead = asyncio.ensure_future(passwords.verify("p", None))
    hold.set()
    assert list(await asyncio.gather(running, instead)) == [RIGHT, RIGHT]


async def test_hashing_does_not_block_the_event_loop() -> None:
    passwords = PasswordHasher()
    gaps = []

    async def watch() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    watching = asyncio.ensure_future(watch())
    await asyncio.gather(*[passwords.hash("correct horse") for _ in range(4)])
    watching.cancel()

    assert len(gaps) > 100


async def test_a_closed_hasher_is_unavailable() -> None:
    passwords = cheap_passwords()
    passwords.close()

    with pytest.raises(Unavailable):
        await passwords.hash("correct horse")


def test_the_list_has_three_thousand_passwords_that_the_contract_would_allow() -> None:
    assert len(common_passwords()) == 3000
    assert all(8 <= len(password) <= 128 and password == password.casefold() for password in common_passwords())


@pytest.mark.parametrize("password", ["password", "Password1", "12345678", "QWERTYUIOP", "iloveyou", "sunshine1", "1q2w3e4r", "letmein1"])
def test_a_frequent_password_is_too_common(password: str) -> None:
    assert is_too_common(password, name="Alice Johnson", email="alice@example.com")


def test_the_name_and_address_of_the_user_are_too_common_in_any_spelling() -> None:
    assert is_too_common("ALICE johnson", name="Alice Johnson", email="alice@example.com")
    assert is_too_common("Alice@Example.COM", name="Alice Johnson", email="alice@example.com")
    assert not is_too_common("alice johnson!", name="Alice Johnson", email="alice@example.com")


@pytest.mark.parametrize("password", ["correct horse battery", "staple that new battery", "k7#Vw2!qpz"])
def test_an_original_password_is_not_too_common(password: str) -> None:
    assert not is_too_common(password, name="Alice Johnson", email="alice@example.com")


def test_the_unmaintained_passlib_is_not_installed_beside_its_successor() -> None:
    names = {distribution.metadata["Name"].lower() for distribution in importlib.metadata.distributions()}

    assert "libpass" in names
    assert "passlib" not in names
