"""The mails to users, and the kinds of the jobs that send them."""

from steelyard.mail.messages import Mail, Recipient, is_plain

WELCOME = "mail.welcome"
EMAIL_CHANGED = "mail.email_changed"


def welcome_mail(recipient: Recipient) -> Mail:
    """Welcome a new user. A stranger can register any address under any name, so a name that could advertise is left out."""
    name = f" {recipient.name}" if is_plain(recipient.name) else ""
    return Mail(recipient, subject="Welcome!", text=f"Hi{name},\n\nyour Steelyard account is ready. Happy trading!\n")


def email_changed_mail(recipient: Recipient) -> Mail:
    """Warn the address that an account had before. The mail names neither the user nor the new address."""
    return Mail(
        recipient,
        subject="Your e-mail address was changed",
        text="The e-mail address of your Steelyard account was changed, and this address no longer logs in.\n\n"
        "If you did not change it, your account is in use without your consent: report it to the marketplace at once.\n",
    )
