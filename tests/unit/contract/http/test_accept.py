import pytest

from steelyard.contract.http.accept import preferred


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
    assert preferred(header, ["application/json"]) == ("application/json" if served else None)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("text/csv", "text/csv"),
        ("text/csv, application/json", "application/json"),
        ("text/csv, application/json;q=0.9", "text/csv"),
        ("text/*, */*;q=0.1", "text/csv"),
        ("*/*", "application/json"),
        ("*/*, application/json;q=0", "text/csv"),
        ("application/*;q=0.2, text/csv;q=0.3", "text/csv"),
        ("image/png", None),
        ("", "application/json"),
        ("text/csv, nonsense", "application/json"),
        (", ".join(["text/csv"] * 101), "application/json"),
    ],
)
def test_the_best_of_several_media_types_is_chosen(header: str, chosen: str | None) -> None:
    assert preferred(header, ["application/json", "text/csv"]) == chosen
