import pytest

from steelyard.contract.http.dispositions import attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("parts.csv", 'attachment; filename="parts.csv"'),
        ("größen.csv", "attachment; filename=\"gr__en.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fen.csv"),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ('a"; filename="b.exe', 'attachment; filename="a__ filename=_b.exe"'),
        ("a\r\nSet-Cookie: b", 'attachment; filename="a__Set-Cookie_ b"'),
        ("", 'attachment; filename="_"'),
        ("..", 'attachment; filename="_"'),
        ("x" * 200 + ".pdf", f'attachment; filename="{"x" * 96}.pdf"'),
    ],
)
def test_the_name_of_a_file_is_only_a_name(name: str, header: str) -> None:
    assert attachment(name) == header
