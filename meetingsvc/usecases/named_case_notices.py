"""Who may read what was told to an agency that has not signed, and who is told that something waits.

Whoever it is, the one door is asked: walls, restrictions and what could reach a perpetrator (M6, F3, V1).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.named_case import Part
from meetingsvc import mail
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, nameable
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import notices
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import NAMED_CASE, Stage, What

NOTICE = Notice.NAMED_CASE


def may_read(who: Principal, part: Part, now: datetime) -> bool:
    """Whether a person of the agency may open the page now; what is refused is kept and audited."""
    with saved():
        return mail.dispatch(_page(who, part), Stage.DOWNLOAD, now) is not None


def could_read(who: Principal, part: Part, now: datetime) -> bool:
    """The same, where nothing is opened yet."""
    return asked(_page(who, part), Stage.DOWNLOAD, now).ground is None


def readers(area_id: UUID, part: Part, now: datetime) -> list[Principal]:
    """Who of the agency could read it."""
    with acting.whole_area(area_id):
        found = accounts.who_attend(part.agency_id, Permission.PART_ANSWER, now)
    return [one for one in found if one.is_guest and could_read(one, part, now)]


def tell_chairs(who: Principal, part: Part, part_id: UUID, now: datetime) -> None:
    """The chairs who may open the case: one of them decides."""
    with acting.whole_area(who.area_id):
        chairs = nameable.chairs(who.area_id, part.case_id, local_day(now)) - {who.account_id}
    _tell(who, chairs, part, part_id, now)


def tell_panel(who: Principal, part: Part, part_id: UUID, now: datetime) -> None:
    """Who runs the meetings and may open the case, but for who has just done something."""
    with acting.whole_area(who.area_id):
        able = nameable.who_could_confirm(who.area_id, part.case_id, who.account_id, local_day(now))
    _tell(who, able, part, part_id, now)


def tell_agency(who: Principal, part: Part, part_id: UUID, now: datetime) -> None:
    """Who of the agency could read it."""
    _tell(who, (one.account_id for one in readers(who.area_id, part, now)), part, part_id, now)


def _page(who: Principal, part: Part) -> Outgoing:
    about = frozenset({part.case_id})
    return Outgoing(who.area_id, who.account_id, What.PAGE, NAMED_CASE, MeetingKind.MARAC, about)


def _tell(who: Principal, account_ids: Iterable[UUID], part: Part, part_id: UUID, now: datetime) -> None:
    about = frozenset({part.case_id})
    with acting.whole_area(who.area_id):
        for account_id in sorted(account_ids):
            thing = Outgoing(who.area_id, account_id, What.NOTICE, NOTICE, MeetingKind.MARAC, about)
            notices.queue(thing, local_day(now), f"/parts/{part_id}", now)
