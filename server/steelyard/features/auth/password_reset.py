"""Sets a new password for a user who has lost the old one and reads the mails to their address."""

from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.events.log import Actor
from steelyard.features.auth import queries
from steelyard.features.auth.credentials import revoke_sessions
from steelyard.features.auth.events import record_account_updated
from steelyard.features.auth.login import LoginTools
from steelyard.features.auth.mail_tokens import MailTokens, issue_mail_token, use_mail_token, void_mail_tokens
from steelyard.features.auth.mails import RESET_PASSWORD, announce_new_password
from steelyard.features.auth.password_checks import check_policy, set_password_hash
from steelyard.features.identities.erasure import remove_identities
from steelyard.jobs.outbox import enqueue
from steelyard.mail.messages import Recipient
from steelyard.security.credential_cache import CredentialCache
from steelyard.security.secret_texts import hash_secret
from steelyard.tables.jobs import JobRow
from steelyard_contract.problems import InvalidMailToken

# No account has this id. Its job is done without a mail.
_NO_USER = 0


async def request_password_reset(db: ReadOnly, tx: Transaction, *, email: str) -> None:
    """Promise a mail to the address, if an account has it. An unknown address takes the same steps, so that times are alike."""
    user_id = await db.first(queries.find_user_by_email, email_folded=email.casefold()) or _NO_USER
    await enqueue(tx, RESET_PASSWORD, {"user_id": user_id}, subject=f"user {user_id}")


async def issue_reset(tx: Transaction, tokens: MailTokens, job: JobRow) -> tuple[Recipient, str] | None:
    """Return the recipient and the token of the mail; None if there is no account for it, or if it is locked."""
    account = await tx.first(queries.lock_mail_account, user_id=job.payload["user_id"])
    if account is None or not account.is_active:
        return None
    token = await issue_mail_token(tx, tokens, job, "reset", account)
    return None if token is None else (Recipient(account.name, account.email), token)


async def confirm_password_reset(
    db: ReadOnly, tx: Transaction, tools: LoginTools, cache: CredentialCache, *, token: str, new_password: str
) -> None:
    """Store the new password, mark the address as verified, and revoke every session. Raises InvalidMailToken.

    No connection is held while the password is hashed, and only a good token costs a hash.
    """
    user_id = await db.first(queries.find_mail_token, token_hash=hash_secret(token), purpose="reset", now=db.now)
    login = None if user_id is None else await db.first(queries.get_login_by_id, user_id=user_id)
    if login is None:
        raise InvalidMailToken
    check_policy(new_password, name=login.name, email=login.email, member="new_password")
    hashed = await tools.passwords.hash(new_password)

    account = await use_mail_token(tx, token=token, purpose="reset")
    actor = Actor.user(account.id)
    await set_password_hash(tx, user_id=account.id, hashed_password=hashed)
    newly_verified = await tx.run(queries.set_email_verified, user_id=account.id, now=tx.now)
    if newly_verified:
        # Who registered the address before its owner came may have linked an identity.
        await remove_identities(tx, user_id=account.id)
    await void_mail_tokens(tx, user_id=account.id)
    await revoke_sessions(tx, cache, user_id=account.id, actor=actor)
    changed = ["password", "email_verified"] if newly_verified else ["password"]
    await record_account_updated(tx, actor, user_id=account.id, changed=changed)
    await announce_new_password(tx, user_id=account.id)
