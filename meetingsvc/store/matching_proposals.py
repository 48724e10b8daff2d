"""Pairs that may be one person, as each person may read them: both sides, or nothing (Rulebook D2, M6)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, true

from agenda.matching_evidence import Evidence, Field, Level
from agenda.meetings import case_reference
from agenda.need_to_know import Hides, WallState
from meetingsvc.models import (
    AccountRow,
    CaseRow,
    MatchProposalRow,
    MeetingRow,
    MergeRow,
    ProposalRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import RUNS_MEETINGS, Principal
from meetingsvc.store import acting, matching_near, proposals
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, cases_of, meetings_of
from meetingsvc.store.scope_matches import matches_of
from meetingsvc.store.subject_people import OF_ABUSE

MOST = 100
_RECENT = timedelta(days=30)


class State(StrEnum):
    """What was said of a pair."""

    OPEN = "open"
    SAME = "same"  # by one person: a second confirms the merge
    DIFFERENT = "different"
    NOT_SURE = "not sure"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Match:
    """Two people who may be one."""

    id: UUID
    one_id: UUID
    one: str
    other_id: UUID
    other: str
    score: float
    radar: bool
    state: State
    waits: bool  # for a second person
    evidence: tuple[Evidence, ...]
    found_at: datetime
    decider: str
    decided_at: datetime | None
    reason: str

    @property
    def undecided(self) -> bool:
        """Nobody has said anything yet, or a second person refused, or did not answer in time."""
        return self.state is State.OPEN or (self.state is State.SAME and not self.waits)

    @property
    def agrees(self) -> list[str]:
        """In short: the fields that speak for one person."""
        return [one.field.value for one in self.evidence if one.level.agrees]

    @property
    def differs(self) -> list[str]:
        """In short: those that speak against it."""
        return [one.field.value for one in self.evidence if one.level is Level.DIFFERS]


@dataclass(frozen=True, slots=True)
class CaseOf:
    """A case that one of the two is on."""

    id: UUID
    reference: str
    part: str


def subject(match_id: UUID) -> str:
    """As what waits for a second person, and the audit trail, name a match."""
    return f"match/{match_id}"


def undecided(reader: Reader, now: datetime, radar: bool = False) -> list[Match]:
    """Those that wait for somebody, the likeliest first; on the radar alone where asked."""
    rows = _rows(reader).where(MatchProposalRow.state.in_((State.OPEN, State.SAME)))
    if radar:
        rows = rows.where(MatchProposalRow.radar)
    ordered = rows.order_by(MatchProposalRow.radar.desc(), MatchProposalRow.score.desc(), MatchProposalRow.id)
    return [one for one in _told(reader, ordered.limit(MOST), now) if one.undecided]


def decided(reader: Reader, now: datetime) -> list[Match]:
    """What was said in the last 30 days, the newest first: a mistake is seen while it can be mended."""
    row = MatchProposalRow
    said = (row.state.in_((State.DIFFERENT, State.NOT_SURE, State.MERGED)), row.decided_at >= now - _RECENT)
    rows = _rows(reader).where(*said).order_by(row.decided_at.desc(), row.id)
    return _told(reader, rows.limit(MOST), now)


def awaiting(reader: Reader, now: datetime) -> list[Match]:
    """Called one person, and waiting for a second person's decision, the newest first (Rulebook D2)."""
    row = MatchProposalRow
    rows = _rows(reader).where(row.state == State.SAME).order_by(row.decided_at.desc(), row.id)
    return [one for one in _told(reader, rows.limit(MOST), now) if one.waits]


def waits(reader: Reader, about: str, now: datetime) -> bool:
    """Whether something about a subject, such as a merge, waits for a second person."""
    row, stands = ProposalRow, (ProposalRow.state == proposals.State.OPEN, ProposalRow.expires_at > now)
    seen = true() if isinstance(reader, Host) else proposals.proposals_of(reader)
    return db.session.scalar(select(row.id).where(seen, row.subject == about, *stands)) is not None


def is_kept_from_a_colleague(area_id: UUID) -> bool:
    """Whether a wall or a restriction keeps a case of the area from somebody who runs its meetings (M6): one
    of domestic abuse, for of others nobody is matched."""
    wall, account, restriction = WallRow, AccountRow, RestrictionRow
    theirs = CaseRow.area_id == area_id, CaseRow.kind == OF_ABUSE
    walled = select(wall.id).join(account, account.id == wall.account_id).join(
        CaseRow, CaseRow.id == wall.case_id
    ).where(*theirs, wall.state == WallState.STANDS, account.role.in_(RUNS_MEETINGS))  # fmt: skip
    hidden = select(restriction.case_id).join(CaseRow, CaseRow.id == restriction.case_id).where(
        *theirs, restriction.hides == Hides.UNNAMED
    )  # fmt: skip
    with acting.whole_area(area_id):
        return any(db.session.scalar(rows.limit(1)) is not None for rows in (walled, hidden))


def on_list(reader: Reader, meeting_id: UUID, now: datetime) -> list[Match]:
    """Near matches that a day's list met: decided and not, the undecided first."""
    row = MatchProposalRow
    rows = _rows(reader).where(row.radar, row.meeting_id == meeting_id)
    found = _told(reader, rows.order_by(row.score.desc(), row.id), now)
    return sorted(found, key=lambda one: not one.undecided)


def one(reader: Reader, match_id: UUID, now: datetime) -> Match | None:
    """One of them, where the reader may read both sides."""
    found = _told(reader, _rows(reader).where(MatchProposalRow.id == match_id), now)
    return found[0] if found else None


def locked(reader: Reader, match_id: UUID) -> MatchProposalRow | None:
    """Its row, held until the transaction ends."""
    row = select(MatchProposalRow).where(matches_of(reader), MatchProposalRow.id == match_id)
    return db.session.scalars(row.with_for_update(of=MatchProposalRow)).one_or_none()


def cases_with(reader: Reader, people: Collection[UUID]) -> dict[UUID, list[CaseOf]]:
    """The cases these people are on, as far as the reader may open them."""
    row, found = CaseRow, dict[UUID, list[CaseOf]]()
    mine = or_(row.victim_id.in_(people), row.perpetrator_id.in_(people))
    rows = select(row.id, row.number, row.victim_id, row.perpetrator_id).where(cases_of(reader), mine)
    for key, number, victim, perpetrator in db.session.execute(rows.order_by(row.number)):
        for person, part in ((victim, "Victim"), (perpetrator, "Perpetrator")):
            if person and person in people:
                found.setdefault(person, []).append(CaseOf(key, case_reference(number), part))
    return found


def held(reader: Principal, meeting_id: UUID) -> bool:
    """Whether a list is built, and not yet circulated to the agencies."""
    row = MeetingRow
    rows = select(row.held).where(meetings_of(reader), row.id == meeting_id)
    return bool(db.session.scalar(rows))


def circulated_because(reader: Reader, meeting_id: UUID) -> str:
    """What was said when a list that waited was circulated; nothing of one that did not wait."""
    row = MeetingRow
    rows = select(row.sent_reason).where(meetings_of(reader), row.id == meeting_id)
    return db.session.scalar(rows) or ""


def held_days(reader: Principal) -> list[tuple[date, str]]:
    """The days whose list is built, and not yet circulated, with the panel's code."""
    row = MeetingRow
    rows = select(row.sits_on, row.kind).where(meetings_of(reader), row.held)
    return [(day, kind) for day, kind in db.session.execute(rows.order_by(row.sits_on, row.kind))]


def _rows(reader: Reader) -> Any:
    row = MatchProposalRow
    gone = exists().where(
        MergeRow.undone_at.is_(None), or_(MergeRow.gone_id == row.one_id, MergeRow.gone_id == row.other_id)
    )
    return (
        select(
            row.id, row.one_id, row.other_id, row.score, row.radar, row.state, row.evidence, row.found_at,
            AccountRow.name, row.decided_at, row.reason,
        )
        .outerjoin(AccountRow, AccountRow.id == row.decided_by)
        .where(matches_of(reader), or_(row.state == State.MERGED, ~gone))
    )  # fmt: skip


def _told(reader: Reader, rows: Any, now: datetime) -> list[Match]:
    found = db.session.execute(rows).all()
    there = waiting(reader, [row.id for row in found], now)
    people = {key for row in found for key in (row.one_id, row.other_id)}
    names = matching_near.names(reader.area_id, people) if people else {}
    return [
        Match(
            row.id, row.one_id, names[row.one_id], row.other_id, names[row.other_id], row.score, row.radar,
            State(row.state), row.id in there, _evidence(row.evidence), row.found_at, row.name or "",
            row.decided_at, row.reason,
        )
        for row in found
    ]  # fmt: skip


def _evidence(kept: Iterable[Any]) -> tuple[Evidence, ...]:
    return tuple(Evidence(Field(field), Level(level), weight) for field, level, weight in kept)


def waiting(reader: Reader, ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Of these pairs those that somebody called one person, and that wait for a second."""
    by_subject = {subject(key): key for key in ids}
    row, stands = ProposalRow, (ProposalRow.state == proposals.State.OPEN, ProposalRow.expires_at > now)
    seen = true() if isinstance(reader, Host) else proposals.proposals_of(reader)
    rows = select(row.subject).where(seen, row.subject.in_(by_subject), *stands)
    return {by_subject[found] for found in db.session.scalars(rows)} if by_subject else set()
