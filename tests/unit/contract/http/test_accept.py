import pytest

from steelyard.contract.http.accept import accepts


@pytest.mark.parametrize(
    ("header", "served"),
    [
        ("application/json", True),
        ("APPLICATION/JSON", True),
        ("*/*", True),
        ("application/*", True),
        ("text/html, application/json;q=0.5", True),
        ("text/html", False),
        ("text/*;q=1", False),
        ("application/json;q=0", False),
        ("*/*, application/json;q=0", False),
        ("application/json;q=0, application/json", True),
        ("application/*;q=0, */*", False),
        ("", True),
        ("nonsense", True),
        ("application/json;q=high", True),
        ("application/json;q=2", True),
    ],
)
def test_accept_is_read_as_rfc_9110_defines_it(header: str, served: bool) -> None:
    assert accepts(header, "application/json") is served
