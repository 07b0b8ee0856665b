"""The texts of mails to users."""

from steelyard.features.users.mails import email_changed_mail, welcome_mail
from steelyard.mail.messages import Recipient


def test_a_new_user_is_welcomed_by_name() -> None:
    mail = welcome_mail(Recipient("Alice Johnson", "alice@example.com"))

    assert mail.subject == "Welcome!"
    assert mail.text.startswith("Hi Alice Johnson,\n")


def test_a_name_that_advertises_is_not_in_the_text() -> None:
    assert welcome_mail(Recipient("evil.com", "alice@example.com")).text.startswith("Hi,\n")


def test_the_former_address_is_warned() -> None:
    mail = email_changed_mail(Recipient("", "old@example.com"))

    assert (mail.recipient.email, mail.subject) == ("old@example.com", "Your e-mail address was changed")
    assert "report it to the marketplace" in mail.text
