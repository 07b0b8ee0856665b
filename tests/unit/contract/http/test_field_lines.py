import pytest

from steelyard.contract.http.field_lines import combined


def test_lines_of_a_list_are_joined_in_their_order() -> None:
    fields = combined([(b"accept", b"text/html"), (b"host", b"a"), (b"accept", b"*/*;q=0.1"), (b"if-match", b'"1"'), (b"if-match", b'"2"')])

    assert fields.values == {b"accept": b"text/html, */*;q=0.1", b"host": b"a", b"if-match": b'"1", "2"'}
    assert fields.repeated == frozenset()


@pytest.mark.parametrize("name", [b"authorization", b"content-type", b"idempotency-key", b"x-unknown"])
def test_a_second_line_of_a_single_value_is_a_repetition(name: bytes) -> None:
    fields = combined([(name, b"a"), (b"host", b"a"), (name, b"a")])

    assert fields.values[name] == b"a, a"
    assert fields.repeated == {name}
