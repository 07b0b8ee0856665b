"""The mails about identities, and the kinds of the jobs that send them."""

from steelyard.db.transaction import Transaction
from steelyard.jobs.outbox import enqueue_at_most
from steelyard.mail.messages import Mail, Recipient, is_plain

IDENTITY_LINKED = "mail.identity_linked"
IDENTITY_UNLINKED = "mail.identity_unlinked"
# A thief of a session could flood the owner.
MAX_ANNOUNCEMENTS = 10


def identity_linked_mail(recipient: Recipient, provider: str) -> Mail:
    """Say that the account can be logged in to with a provider."""
    return Mail(recipient, "identity_linked", _values(recipient, provider))


def identity_unlinked_mail(recipient: Recipient, provider: str) -> Mail:
    """Say that it no longer can."""
    return Mail(recipient, "identity_unlinked", _values(recipient, provider))


async def announce(tx: Transaction, kind: str, *, user_id: int, provider_id: str) -> None:
    """Promise this mail, unless the account has had ten of the kind within a day."""
    await enqueue_at_most(tx, MAX_ANNOUNCEMENTS, kind, {"user_id": user_id, "provider": provider_id}, subject=f"user {user_id}")


def samples() -> list[Mail]:
    """An example of each, for previews and checks of templates."""
    ada = Recipient("Ada Lovelace", "ada@example.com")
    return [identity_linked_mail(ada, "Example"), identity_unlinked_mail(ada, "Example")]


def _values(recipient: Recipient, provider: str) -> dict[str, object]:
    return {"name": recipient.name if is_plain(recipient.name) else "", "provider": provider}
