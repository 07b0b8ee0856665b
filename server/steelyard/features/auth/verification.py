"""Verifies that a user reads the mails to their address."""

from steelyard.contract.access.caller import Caller
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor
from steelyard.features.auth import queries
from steelyard.features.auth.events import record_account_updated
from steelyard.features.auth.mail_tokens import MailTokens, issue_mail_token, use_mail_token, void_mail_tokens
from steelyard.features.auth.mails import VERIFY_EMAIL
from steelyard.jobs.outbox import enqueue
from steelyard.mail.messages import Recipient
from steelyard.security.confirmation import confirm_caller
from steelyard.tables.jobs import JobRow
from steelyard_contract.problems import EmailNotVerified


async def check_verified_email(db: ReadOnly, *, caller: Caller, is_required: bool) -> None:
    """Raise EmailNotVerified unless the caller has verified their address, if the marketplace requires that."""
    if is_required and await db.scalar(queries.has_verified_email, user_id=caller.user_id) is None:
        raise EmailNotVerified


async def request_email_verification(tx: Transaction, *, caller: Caller) -> None:
    """Promise a mail to the address of the caller."""
    await confirm_caller(tx, caller)
    await enqueue(tx, VERIFY_EMAIL, {"user_id": caller.user_id}, subject=f"user {caller.user_id}")


async def issue_verification(tx: Transaction, tokens: MailTokens, job: JobRow) -> tuple[Recipient, str] | None:
    """Return the recipient and the token of the mail; None if no mail is needed."""
    account = await tx.first(queries.lock_mail_account, user_id=job.payload["user_id"])
    if account is None or account.email_verified_at is not None:
        return None
    token = await issue_mail_token(tx, tokens, job, "verify", account)
    return None if token is None else (Recipient(account.name, account.email), token)


async def confirm_email_verification(tx: Transaction, *, token: str) -> None:
    """Mark the address as verified. Raises InvalidMailToken."""
    account = await use_mail_token(tx, token=token, purpose="verify")
    await void_mail_tokens(tx, user_id=account.id, purposes=["verify"])
    if await tx.run(queries.set_email_verified, user_id=account.id, now=tx.now):
        await record_account_updated(tx, Actor.user(account.id), user_id=account.id, changed=["email_verified"])
