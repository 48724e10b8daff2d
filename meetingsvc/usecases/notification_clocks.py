"""Recording that an agency was told of a police incident, or has looked at it (Rulebook P1)."""

from collections.abc import Collection
from datetime import datetime

from werkzeug.exceptions import NotFound

from agenda.agencies import AgencyKind
from agenda.notification_clocks import REVIEWS, Task
from agenda.rules import RuleBroken
from meetingsvc.models import NotificationRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.store import notification_clocks as store
from meetingsvc.usecases.transaction import saved_by


def record(
    principal: Principal, key: str, told: Collection[AgencyKind], reviewed: bool, at: datetime,
    now: datetime,
) -> None:  # fmt: skip
    """These were told at that moment, or social care looked at it then; what was recorded stays.

    Raises NotFound where there is no such incident for this person, RuleBroken where nothing is to record.
    """
    with saved_by(principal, Permission.NOTIFICATION_RECORD, now) as who:
        areas.hold(who.area_id)
        one = store.one(who, key)
        if one is None:
            raise NotFound
        if at > now or at < one.assessed_at:
            raise RuleBroken("That is before the police assessed it, or still to come. Nothing was saved.")
        done = [(agency, Task.NOTIFY) for agency in one.to_tell if agency in told]
        if reviewed and (one.to_review or (REVIEWS, Task.NOTIFY) in done):
            done.append((REVIEWS, Task.REVIEW))
        if not done:
            raise RuleBroken("Somebody has recorded this meanwhile. Nothing was saved.")
        under = store.kept_under(who.area_id, one)
        for agency, task in done:
            db.session.add(
                NotificationRow(area_id=who.area_id, incident_id=one.incident_id, occurrence_number=under,
                                agency=agency, task=task, done_at=at, recorded_by=who.account_id,
                                recorded_at=now)
            )  # fmt: skip
            db.session.flush()  # one at a time: several at once would read back what they wrote
        audit.record(who.account_id, who.area_id, "notification.recorded", f"incident/{one.incident_id}", now,
                     done=len(done))  # fmt: skip
