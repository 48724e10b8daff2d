"""Alarms about browsing: raised with the trace of what was opened, told to chairs and information governance.

Ordinary work must raise none (security.md A, scenario 5). So only what shows something of one case counts,
and each case once: a pack of sixty cases is read as one thing. And for who runs the meetings, the cases of a
meeting that sits today or is prepared, and of a list that is still open, do not count: recording a list of
forty within its hour is what that person is there for. Anybody else has a case page open for minutes, not
seconds.

Being shown what is masked has its own, lower number and no such exception: nobody telephones five victims
in ten minutes.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.meetings import MeetingKind, case_reference
from agenda.need_to_know import MANY_REVEALS, too_many
from agenda.rules import RuleBroken
from meetingsvc.models import AlarmRow, AreaRow, CaseRow, DecoyRow, PersonRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, alarms, areas, audit, case_numbers
from meetingsvc.store.alarms import CASE_PAGES, REVEALED, AlarmKind
from meetingsvc.usecases import notices
from meetingsvc.usecases.transaction import saved_by
from minutes.corrections import reason_problem
from minutes.destroyed import certificate_reference
from notifications.messages import Notice

#: Who raises an alarm, in the audit trail: the person it is about must not find it among their own lines.
SERVICE = "service"


def watch(who: Principal, case_id: UUID, action: str, now: datetime) -> None:
    """Looks at what somebody has opened, in the transaction of the trace that they did.

    The service looks: of an alarm about themselves, a person reads and writes nothing.
    """
    with acting.whole_area(who.area_id):
        if alarms.is_decoy(who.area_id, case_id):
            _raise(who, AlarmKind.DECOY, 1, now)
        if action in CASE_PAGES:
            opened = alarms.opened_lately(who.account_id, now)
            if too_many(opened, now) and too_many(told := _unusual(who, opened, now), now):
                _raise(who, AlarmKind.MANY, _cases(told), now)
        if action in REVEALED:
            shown = alarms.opened_lately(who.account_id, now, REVEALED)
            if too_many(shown, now, MANY_REVEALS):
                _raise(who, AlarmKind.REVEALS, _cases(shown), now)


def watch_glass(who: Principal, now: datetime) -> None:
    """Looks at how often somebody breaks the glass or tries to, in the transaction of its trace."""
    with acting.whole_area(who.area_id):
        broken, refused = alarms.glass_lately(who.account_id, now)
        if broken >= 2 or refused >= 3:
            _raise(who, AlarmKind.GLASS, max(broken, 1), now)


def _cases(opened: Collection[tuple[datetime, UUID]]) -> int:
    return len({case for _, case in opened})


def _unusual(
    who: Principal, opened: Collection[tuple[datetime, UUID]], now: datetime
) -> list[tuple[datetime, UUID]]:
    usual = alarms.on_a_meeting_from(who.area_id, local_day(now)) if who.runs_meetings else set()
    return [(at, case) for at, case in opened if case not in usual]


def _raise(who: Principal, kind: AlarmKind, cases: int, now: datetime) -> None:
    """Once a burst: while it goes on, the alarm that was raised is kept up to date."""
    if (row := alarms.burst(who.account_id, kind, now)) is not None:
        row.last_at, row.cases = now, max(row.cases, cases)
        return
    key = uuid4()
    db.session.add(
        AlarmRow(id=key, area_id=who.area_id, account_id=who.account_id, kind=kind, raised_at=now,
                 last_at=now, cases=cases)
    )  # fmt: skip
    db.session.flush()
    told = _tell(who.area_id, who.account_id, now)
    audit.record(SERVICE, who.area_id, "alarm.raised", f"alarm/{key}", now, told=told)


def _tell(area_id: UUID, but: UUID | None, now: datetime) -> int:
    waiting = {"panel": MeetingKind.DRAMM, "sits_on": local_day(now).isoformat(), "path": "/alarms"}
    watchers = alarms.watchers(area_id, but)
    for account_id in watchers:
        notices.put(area_id, account_id, Notice.ALARM, waiting, now)
    return len(watchers)


def tell_sent_again(area_id: UUID, rows: Mapping[int, int], now: datetime) -> None:
    """What is high risk and domestic, and was put aside as destroyed: how many rows, by certificate.

    Those rows may be kept from everybody who could act on them, so it is said to whoever reads alarms, of no
    person: nothing of high risk falls off a list in silence (Rulebook T2, T12). In the import's transaction.
    """
    said = alarms.sent_again(area_id, SERVICE, now) if rows else {}
    for certificate, count in sorted(rows.items()):
        subject = f"destruction/{certificate}"
        audit.record(SERVICE, area_id, "records.sent_again", subject, now, rows=count)
    if rows.keys() - said.keys():
        _tell(area_id, None, now)


def sent_again(who: Principal, now: datetime) -> list[tuple[str, int]]:
    """The same, as whoever reads alarms is told it for a week: certificates, and how many rows of each."""
    if not who.may(Permission.ALARM_READ):
        return []
    told = alarms.sent_again(who.area_id, SERVICE, now)
    return [(certificate_reference(number), count) for number, count in told.items()]


def deal_with(principal: Principal, alarm_id: UUID, note: str, now: datetime) -> None:
    """Somebody else than the person concerned says what was found (security.md B). Raises NotFound."""
    with saved_by(principal, Permission.ALARM_READ, now) as who:
        row = alarms.row_of(who, alarm_id)
        if row is None:
            raise NotFound
        if row.dealt_with_at is not None:
            raise RuleBroken("Somebody dealt with this alarm meanwhile. Nothing changed.")
        if problem := reason_problem(note):
            raise RuleBroken(f"{problem}. Nothing was saved.")
        row.dealt_with_by, row.dealt_with_at, row.note = who.account_id, now, note.strip()
        audit.record(who.account_id, who.area_id, "alarm.dealt_with", f"alarm/{alarm_id}", now)


def make_decoy(area: AreaRow, victim: tuple[str, str], perpetrator: tuple[str, str], now: datetime) -> str:
    """Invents a case that nobody has a reason to open: it has no incident, so no list and no agenda takes it.

    A search finds it, and its address opens for who may search. Nobody is told, so the trail names no case.
    Gives back its reference. Inside the caller's transaction; for who sits at the service's own machine.
    """
    areas.hold(area.id)
    db.session.refresh(area)
    area.last_case_number = case_numbers.after(area.last_case_number)
    people = [PersonRow(id=uuid4(), area_id=area.id, forename=forename, surname=surname)
              for forename, surname in (victim, perpetrator)]  # fmt: skip
    db.session.add_all(people)
    db.session.flush()
    case = CaseRow(id=uuid4(), area_id=area.id, number=area.last_case_number,
                   victim_id=people[0].id, perpetrator_id=people[1].id)  # fmt: skip
    db.session.add(case)
    db.session.flush()
    db.session.add(DecoyRow(case_id=case.id, area_id=area.id, made_at=now))
    db.session.flush()
    audit.record(audit.COMMAND_LINE, area.id, "decoy.created", f"decoy/{area.id}", now)
    return case_reference(case.number)
