import itertools
import secrets
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

from steelyard.identifiers import Uuid7Generator

NOW = datetime(2026, 11, 24, 9, 2, 14, 123_000, tzinfo=UTC)


def test_ids_are_different_uuids_of_version_7_with_their_time() -> None:
    new = Uuid7Generator(secrets.token_bytes)

    texts = [new(NOW) for _ in range(2000)]

    assert len(set(texts)) == 2000
    for text in texts:
        uuid = UUID(text)
        assert (str(uuid), uuid.version, uuid.variant) == (text, 7, RFC_4122)
        assert uuid.int >> 80 == int(NOW.timestamp() * 1000)


def test_two_ids_do_not_reveal_how_many_were_made_between_them() -> None:
    new = Uuid7Generator(secrets.token_bytes)
    behind_the_time = [UUID(new(NOW)).int & (1 << 62) - 1 for _ in range(1000)]

    steps = {later - earlier for earlier, later in itertools.pairwise(behind_the_time)}

    assert len(steps) > 990
    assert 400 < sum(step > 0 for step in steps) < 600


def test_random_bytes_are_fetched_with_the_first_id_and_seldom_again() -> None:
    fetched: list[int] = []

    def noise(count: int) -> bytes:
        fetched.append(count)
        return secrets.token_bytes(count)

    new = Uuid7Generator(noise)
    assert fetched == []  # a process that is forked here fetches its own noise
    for _ in range(512):
        new(NOW)

    assert len(fetched) == 2
