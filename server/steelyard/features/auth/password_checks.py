"""Checks passwords: for a login, and again before a change that a stolen session must not be able to make."""

from dataclasses import dataclass
from typing import TypeVar

from steelyard.contract.request.violations import validation_failed, violation
from steelyard.db.errors import TransactionConflict
from steelyard.db.transaction import ReadOnly, Transaction
from steelyard.features.auth import queries
from steelyard.features.auth.events import record_login_blocked
from steelyard.features.auth.login import LoginPolicy, LoginTools
from steelyard.features.auth.login_throttle import LoginAttempt, login_attempt, raise_if_blocked, record_failure
from steelyard.security.password_policy import is_too_common
from steelyard.tables.credentials import LoginRow
from steelyard_contract.problems import InvalidToken, PasswordIncorrect

ProblemT = TypeVar("ProblemT", bound=Exception)


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """The result of a password check, and the login that was checked."""

    login: LoginRow
    attempt: LoginAttempt
    policy: LoginPolicy
    is_right: bool

    async def confirm(self, tx: Transaction) -> LoginRow:
        """Lock and return the login if the password was right and still is; otherwise raise PasswordIncorrect and count a failure."""
        locked = await lock_login(tx, self.policy, self.attempt, self.login)
        if not self.is_right:
            raise await count_failure(tx, self.policy, self.attempt, self.login, PasswordIncorrect())
        if locked is None:
            raise PasswordIncorrect
        return locked


async def check_password(db: ReadOnly, tools: LoginTools, *, user_id: int, password: str, network: str) -> PasswordProof:
    """Check the password before a transaction begins. `PasswordProof.confirm` then raises in it, or returns the login."""
    login = await db.first(queries.get_login_by_id, user_id=user_id)
    if login is None:
        raise InvalidToken
    attempt = login_attempt(email_folded=login.email.casefold(), network=network)
    await raise_if_blocked(db, tools.rules, attempt)
    check = await tools.passwords.verify(password, login.hashed_password)
    return PasswordProof(login, attempt, tools.rules, is_right=check.is_right)


def check_policy(password: str, *, name: str, email: str, member: str) -> None:
    """Raise ValidationFailed for a password that is among the first to be guessed; `member` of the body has it."""
    if is_too_common(password, name=name, email=email):
        msg = "This password is too common, or it is your name or e-mail address"
        raise validation_failed([violation("password_too_common", ("body", member), msg)])


async def set_password_hash(tx: Transaction, *, user_id: int, hashed_password: str | None) -> None:
    """Store the hash of a new password."""
    await tx.run(queries.set_password_hash, user_id=user_id, hashed_password=hashed_password)


async def lock_login(tx: Transaction, policy: LoginPolicy, attempt: LoginAttempt, login: LoginRow | None) -> LoginRow | None:
    """Lock the login; None if there is none. Raises TransactionConflict if its hash has changed since the password was checked.

    Then the password is checked again, because another login may have replaced an old hash of the same password. Attempts whose
    passwords were hashed at the same time get the lock one after the other, so the policy limits them, too.
    """
    locked = await tx.first(queries.lock_login, user_id=login.id if login else 0)
    await raise_if_blocked(tx, policy, attempt)
    if locked is None or login is None:
        return None
    if locked.hashed_password != login.hashed_password:
        raise TransactionConflict("the hash was replaced while the password was checked")
    return locked


async def count_failure(tx: Transaction, policy: LoginPolicy, attempt: LoginAttempt, login: LoginRow | None, problem: ProblemT) -> ProblemT:
    """Count a failed login; return the problem, which commits the count when it is raised."""
    if await record_failure(tx, policy, attempt):
        await record_login_blocked(tx, user_id=None if login is None else login.id)
    return tx.keeping(problem)
