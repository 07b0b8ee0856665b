import pytest

from steelyard.contract.http.field_lines import combined


def test_lines_of_a_list_are_joined_in_their_order() -> None:
    fields = combined([(b"accept", b"text/html"), (b"host", b"a"), (b"accept", b"*/*;q=0.1"), (b"if-match", b'"1"'), (b"if-match", b'"2"')])

    assert fields.values == {b"accept": b"text/html, */*;q=0.1", b"host": b"a", b"if-match": b'"1", "2"'}
    assert fields.repeated == frozenset()


@pytest.mark.parametrize("name", [b"authorization", b"content-type", b"idempotency-key", b"x-unknown"])
def test_what_is_no_list_is_repeated_and_not_a_good_value(name: bytes) -> None:
    fields = combined([(name, b"a"), (b"host", b"a"), (name, b"a")])

    assert fields.values[name] == b"a, a"
    assert fields.repeated == {name}
