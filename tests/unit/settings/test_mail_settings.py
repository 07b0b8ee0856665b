"""Settings of the mails: their server and their sender."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from steelyard.settings import Settings


def test_the_password_of_the_mail_server_never_shows() -> None:
    settings = Settings(mail="smtp", smtp_url=SecretStr("smtps://shop:hunter2@mail.example.com"))

    assert settings.smtp_server is not None
    assert settings.smtp_server.host == "mail.example.com"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(settings.smtp_server)


def test_mails_by_smtp_need_a_server() -> None:
    with pytest.raises(ValidationError, match="STEELYARD_MAIL is smtp, but STEELYARD_SMTP_URL is not set"):
        Settings(mail="smtp")


@pytest.mark.parametrize("sender", ["shop@shop.example", "My shop <shop@shop.example>", "Käse <shop@shop.example>"])
def test_a_sender_is_one_address(sender: str) -> None:
    assert Settings(mail_from=sender, mail_reply_to=sender).mail_from == sender


@pytest.mark.parametrize(
    "sender", ["", "shop", "shop@", "a@x.example, b@x.example", "käse@x.example", "a@x.example\nBcc: b@x.example", "a: b@x.example;"]
)
@pytest.mark.parametrize("setting", ["mail_from", "mail_reply_to"])
def test_anything_else_is_no_sender(setting: str, sender: str) -> None:
    arguments: dict[str, Any] = {setting: sender}

    with pytest.raises(ValidationError, match="it is not one address"):
        Settings(**arguments)
