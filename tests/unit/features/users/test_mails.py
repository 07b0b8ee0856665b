"""What the mails to users say."""

from steelyard.features.users.mails import email_changed_mail, welcome_mail
from steelyard.mail.messages import Recipient
from steelyard.mail.rendering import Templates


def test_a_new_user_is_welcomed_by_name() -> None:
    content = Templates().render(welcome_mail(Recipient("Alice Johnson", "alice@example.com")))

    assert content.subject == "Welcome!"
    assert content.text.startswith("Hi Alice Johnson,\n")


def test_a_name_that_advertises_is_in_neither_part() -> None:
    content = Templates().render(welcome_mail(Recipient("evil.com", "alice@example.com")))

    assert content.text.startswith("Hi,\n")
    assert "evil.com" not in content.html


def test_the_former_address_is_warned() -> None:
    mail = email_changed_mail(Recipient("", "old@example.com"))
    content = Templates().render(mail)

    assert (mail.recipient.email, content.subject) == ("old@example.com", "Your e-mail address was changed")
    assert "report it to the marketplace" in content.text
