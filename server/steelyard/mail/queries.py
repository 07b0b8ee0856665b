"""Every statement of the mails. They write nothing."""

from sqlalchemy import bindparam, select

from steelyard.db.statements import statement
from steelyard.mail.messages import Recipient
from steelyard.tables.users import users

# Returns no row if the account is deleted.
get_recipient = statement(
    select(users.c.name, users.c.email).where(users.c.id == bindparam("user_id"), users.c.deleted_at.is_(None)), Recipient
)
