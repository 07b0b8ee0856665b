"""The mails about logins and passwords, and the kinds of the jobs that send them."""

from steelyard.db.transaction import Transaction
from steelyard.jobs.outbox import enqueue_at_most
from steelyard.mail.messages import Mail, Recipient, is_plain

VERIFY_EMAIL = "mail.verify_email"
RESET_PASSWORD = "mail.reset_password"  # noqa: S105  # the kind of a job
PASSWORD_CHANGED = "mail.password_changed"  # noqa: S105  # the kind of a job

# A thief of a session and its password could flood the owner. The first of these mails says everything.
MAX_ANNOUNCEMENTS = 10

_TOKEN = "sym_Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHRva2VuISE"  # noqa: S105  # an example


def verify_email_mail(recipient: Recipient, token: str, *, link: str | None) -> Mail:
    """Invite the user to follow the link, or to enter the token."""
    return Mail(recipient, "verify_email", _values(recipient, token, link))


def reset_password_mail(recipient: Recipient, token: str, *, link: str | None) -> Mail:
    """The same for a new password."""
    return Mail(recipient, "reset_password", _values(recipient, token, link))


def password_changed_mail(recipient: Recipient) -> Mail:
    """Say that the account has a new password."""
    return Mail(recipient, "password_changed", {"name": _shown(recipient)})


async def announce_new_password(tx: Transaction, *, user_id: int) -> None:
    """Promise this mail, unless the account has had ten of them within a day."""
    await enqueue_at_most(tx, MAX_ANNOUNCEMENTS, PASSWORD_CHANGED, {"user_id": user_id}, subject=f"user {user_id}")


def samples() -> list[Mail]:
    """An example of each, for previews and checks of templates; both forms of those with a token."""
    ada = Recipient("Ada Lovelace", "ada@example.com")
    return [
        verify_email_mail(ada, _TOKEN, link=None),
        verify_email_mail(ada, _TOKEN, link="https://shop.example/verify#{token}"),
        reset_password_mail(ada, _TOKEN, link=None),
        reset_password_mail(ada, _TOKEN, link="https://shop.example/reset#{token}"),
        password_changed_mail(ada),
    ]


def _values(recipient: Recipient, token: str, link: str | None) -> dict[str, object]:
    return {"name": _shown(recipient), "token": token, "link": None if link is None else link.replace("{token}", token)}


def _shown(recipient: Recipient) -> str:
    """Strangers can register any address under any name, so a name that could advertise is left out."""
    return recipient.name if is_plain(recipient.name) else ""
