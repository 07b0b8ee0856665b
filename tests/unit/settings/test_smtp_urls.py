"""URLs of mail servers: what is read from them, and what a message shows of them."""

import pytest

from steelyard.settings.smtp_urls import SmtpServer, smtp_server


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("smtps://mail.example.com", ("mail.example.com", 465, "tls")),
        ("smtp+starttls://mail.example.com", ("mail.example.com", 587, "starttls")),
        ("SMTPS://mail.example.com:2465/", ("mail.example.com", 2465, "tls")),
        ("smtps://[2001:db8::1]:465", ("2001:db8::1", 465, "tls")),
        ("smtp://localhost:1025", ("localhost", 1025, "none")),
        ("smtp://127.0.0.2", ("127.0.0.2", 25, "none")),
        ("smtp://[::1]", ("::1", 25, "none")),
    ],
)
def test_scheme_host_and_port_are_read(url: str, read: tuple[str, int, str]) -> None:
    server = smtp_server(url)

    assert (server.host, server.port, server.encryption) == read
    assert (server.username, server.password) == (None, None)


@pytest.mark.parametrize(
    ("written", "username", "password"),
    [
        ("shop:pw", "shop", "pw"),
        ("shop%40example.com:a+b%2Fc%3D%25", "shop@example.com", "a+b/c=%"),
        ("AKIA:a=b!$&'()*,;", "AKIA", "a=b!$&'()*,;"),
    ],
)
def test_user_and_password_may_be_percent_encoded(written: str, username: str, password: str) -> None:
    server = smtp_server(f"smtps://{written}@mail.example.com")

    assert server.password is not None
    assert (server.username, server.password.get_secret_value()) == (username, password)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "cannot be read"),
        ("mail.example.com:587", "cannot be read"),
        ("http://shop:hunter2@mail.example.com", "scheme is not one of smtps, smtp[+]starttls, smtp"),
        ("smtps://shop:hunter2@", "cannot be read"),
        ("smtps://shop:hunter2@mail.example.com/inbox", "cannot be read"),
        ("smtps://shop:hunter2@mail.example.com?x=1", "cannot be read"),
        ("smtps://shop:hunter2/x@mail.example.com", "percent-encoded"),
        ("smtps://shop:hunter2@x@mail.example.com", "percent-encoded"),
        ("smtps://hunter2@mail.example.com", "cannot be read"),
        ("smtps://:hunter2@mail.example.com", "user or password is empty"),
        ("smtps://hunter2:@mail.example.com", "user or password is empty"),
        ("smtps://shop:hunter2@mail.example.com:99999", "host or port cannot be read"),
        ("smtps://shop:hunter2@mail.example.com:0", "host or port cannot be read"),
        (f"smtps://shop:hunter2@{'x' * 64}.example.com", "host or port cannot be read"),
        ("smtp://shop:hunter2@mail.example.com", "in the clear to another machine"),
        ("smtp://shop:hunter2@10.0.0.1", "in the clear to another machine"),
    ],
)
def test_a_message_about_a_url_has_no_part_of_it(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        smtp_server(url)

    assert "hunter2" not in str(caught.value)


def test_the_password_is_not_in_the_repr() -> None:
    assert "hunter2" not in repr(smtp_server("smtps://shop:hunter2@mail.example.com"))
    assert isinstance(smtp_server("smtps://shop:hunter2@mail.example.com"), SmtpServer)
