"""What the worker does for users."""

from steelyard.features.users.mails import EMAIL_ADDED, EMAIL_CHANGED, WELCOME, email_added_mail, email_changed_mail, welcome_mail
from steelyard.jobs.tasks import Task
from steelyard.mail.tasks import MailTasks


def tasks(mails: MailTasks) -> dict[str, Task]:
    """Send the mails."""
    return {
        WELCOME: mails.to_user(welcome_mail),
        EMAIL_CHANGED: mails.to_address(email_changed_mail),
        EMAIL_ADDED: mails.to_address(email_added_mail),
    }
