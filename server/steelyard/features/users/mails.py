"""The mails to users, and the kinds of the jobs that send them."""

from steelyard.mail.messages import Mail, Recipient, is_plain

WELCOME = "mail.welcome"
EMAIL_CHANGED = "mail.email_changed"
EMAIL_ADDED = "mail.email_added"


def welcome_mail(recipient: Recipient) -> Mail:
    """Welcome a new user. A stranger can register any address under any name, so a name that could advertise is left out."""
    return Mail(recipient, "welcome", {"name": recipient.name if is_plain(recipient.name) else ""})


def email_changed_mail(recipient: Recipient) -> Mail:
    """Warn the address that an account had before. The mail names neither the user nor the new address."""
    return Mail(recipient, "email_changed", {})


def email_added_mail(recipient: Recipient) -> Mail:
    """Say to the address that an account has now that it has it. The mail names no user, because the address may be misspelt."""
    return Mail(recipient, "email_added", {})


def samples() -> list[Mail]:
    """An example of each, for previews and checks of templates."""
    return [
        welcome_mail(Recipient("Ada Lovelace", "ada@example.com")),
        email_changed_mail(Recipient("", "ada@example.com")),
        email_added_mail(Recipient("", "ada@example.com")),
    ]
