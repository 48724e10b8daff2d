"""A notice on its way out: asked at the door where it is about cases, then queued for when it may leave."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from meetingsvc import mail
from meetingsvc.store import notice_times, outbox
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.outbox import State
from meetingsvc.store.recipients import Outgoing
from notifications.messages import Notice
from notifications.outgoing import Stage
from notifications.schedule import How, Leaves


class When(TypedDict):
    """When a notice leaves, beyond what the schedule says of its kind."""

    urgent: NotRequired[bool]
    not_before: NotRequired[datetime | None]


def queue(
    thing: Outgoing, day: date, path: str, now: datetime, parties: Parties | None = None,
    **when: Unpack[When],
) -> bool:  # fmt: skip
    """Queues it where it may reach this person at this moment; says whether it did (S2, S3, F3, M6).

    Part of the change that it tells of, in its transaction. `day` is when its meeting sits, else today.
    `parties` saves reading them again for the next person.
    """
    if not mail.dispatch(thing, Stage.BUILD, now, parties):
        return False
    waiting = {"panel": str(thing.panel), "sits_on": day.isoformat(), "path": path}
    put(thing.area_id, thing.account_id, Notice(thing.kind), waiting, now, about=thing.about,
        meeting_id=thing.meeting_id, **when)  # fmt: skip
    return True


def put(
    area_id: UUID,
    account_id: UUID,
    notice: Notice,
    context: Mapping[str, str],
    now: datetime,
    *,
    about: Collection[UUID] = (),
    meeting_id: UUID | None = None,
    **when: Unpack[When],
) -> UUID | None:
    """Queues a notice for when it may leave: at once, after quiet hours, or in one message a day.

    What is of an emergency meeting, or urgent for another reason, waits for nothing (Rulebook M4).
    For whoever the caller knows may be told; the door is asked when it leaves. Answers its id, or None where
    nobody is told of what is invented.
    """
    day, earliest = date.fromisoformat(context["sits_on"]), max(now, when.get("not_before") or now)
    leaves = notice_times.leaves(area_id, account_id, notice, day, earliest)
    if when.get("urgent") or notice_times.of_emergency(area_id, [meeting_id] if meeting_id else []):
        leaves = Leaves(How.URGENT, now)
    gathered = leaves.how is How.IN_DIGEST
    return outbox.put(
        area_id, account_id, notice, context, now, about=about, meeting_id=meeting_id,
        urgent=leaves.how is How.URGENT,
        not_before=leaves.at if gathered or leaves.at > now else None,
        state=State.GATHERED if gathered else State.WAITING,
    )  # fmt: skip
