"""Every statement about events and jobs."""

from sqlalchemy import bindparam, insert

from steelyard.db.statements import statement
from steelyard.jobs.tables import events, outbox

insert_event = statement(
    insert(events)
    .inline()
    .values(
        id=bindparam("id"),
        type=bindparam("type"),
        occurred_at=bindparam("occurred_at"),
        actor_kind=bindparam("actor_kind"),
        actor_id=bindparam("actor_id"),
        subject_kind=bindparam("subject_kind"),
        subject_id=bindparam("subject_id"),
        request_id=bindparam("request_id"),
        data=bindparam("data"),
        audience=bindparam("audience"),
    )
)

insert_job = statement(
    insert(outbox)
    .inline()
    .values(
        kind=bindparam("kind"),
        payload=bindparam("payload"),
        subject=bindparam("subject"),
        run_at=bindparam("run_at"),
        attempts=0,
    )
)
