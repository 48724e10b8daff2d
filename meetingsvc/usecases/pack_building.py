"""The pack of a published agenda, and the second person its restricted cases wait for (security.md B)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from werkzeug.exceptions import NotFound

from agenda import marac as rules
from agenda import pack_kept, pack_words, pdf
from agenda.calendar import day_words, local_day, to_utc
from agenda.meetings import MeetingKind, MeetingState, case_reference
from agenda.pack import Pack, Worded
from agenda.pack_parts import only
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, CaseRow, ItemRow, MeetingRow, PackRow, db
from meetingsvc.packs import typeface
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, pack_cases, pack_content, packs
from meetingsvc.store import proposals as proposed
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.pack_cases import Held
from meetingsvc.store.proposals import Told
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.rehearsal_marking import marked
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.outgoing import What

#: Whom the one drawn pack is for; each copy then says on every page whose it is.
FOR_ALL = "the agencies that attend"
WHY = "This case is restricted. It goes into the copies of the people named on it once you confirm."
WHY_SINCE = (
    "This case was restricted after its pack was published. The people named on it keep it; it goes into "
    "offline packs, and into a corrected pack, once you confirm."
)


def build(who: Principal, area: AreaRow, meeting: MeetingRow, now: datetime) -> None:
    """The pack as agencies hold it from now on: a later change of a case does not change it.

    It is drawn once, with the cases that no restriction keeps from anybody. The restricted ones are for the
    people named on them: where a coordinator publishes, only after a second person (security.md B).
    """
    number = meeting.supplements
    made = contents(who, area, meeting, number, now)
    row = PackRow(
        id=uuid4(), area_id=area.id, meeting_id=meeting.id, supplement=number, built_at=now,
        expires_at=made.expires_at, content=made.content, words=pack_kept.kept(made.words),
        drawn=made.drawn, held=texts(made.held),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    before_a_second(who, row.id, made.held, now)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a pack says at this moment, drawn for everybody, and what waits for a second person."""

    words: Worded
    content: bytes
    cases: dict[str, UUID]
    drawn: list[str]
    held: set[UUID]
    expires_at: datetime


def contents(who: Principal, area: AreaRow, meeting: MeetingRow, number: int, now: datetime) -> Contents:
    """One list of a meeting as the record has it now. To be called as the service."""
    whole, words = acting.Host(area.id), said(who, area, meeting, number)
    of = pack_cases.of_list(whole, meeting.id, number)
    hidden = pack_cases.hidden(whole, of.values())
    last_day = rules.pack_expires_on(local_day(now), meeting.sits_on, areas.settings_of(area).pack_days)
    return Contents(
        words=words,
        content=_drawn(words, [key for key, case_id in of.items() if case_id not in hidden]),
        cases=of,
        drawn=texts(set(of.values()) - hidden),
        held=needing_a_second(who, of.values()),
        expires_at=to_utc(datetime.combine(last_day + timedelta(days=1), time.min)),
    )


def said(who: Principal, area: AreaRow, meeting: MeetingRow, number: int) -> Worded:
    """What one list of a meeting says of every case, as the record has it now. As the service."""
    cases = pack_content.cases(acting.Host(area.id), meeting.id, number)
    pack = Pack(area.title, MeetingKind.MARAC, meeting.starts_at, FOR_ALL, cases, supplementary=number > 0)
    return marked(pack_words.worded(pack), who)


def before_a_second(who: Principal, pack_id: UUID, held: set[UUID], now: datetime, why: str = WHY) -> None:
    """Puts restricted cases before a second person, but for those that wait already (security.md B)."""
    for case_id in sorted(held):
        about = subject(pack_id, case_id)
        if proposed.is_free(who.area_id, KIND.name, about, now):
            proposals.propose(who, KIND.name, about, {"pack": str(pack_id)}, why, now, case_id=case_id)


def hold_back(who: Principal, case_id: UUID, now: datetime) -> None:
    """A case that is restricted once its pack is published waits for a second person all the same, but where
    a chair restricts it who may open it (security.md B). As the service.

    Whoever is named on it had it, and keeps it (`pack_cases.withheld`): a case that leaves their pack on the
    way to the meeting is not spoken of there. It waits for what is drawn of it from now on.
    """
    if not needing_a_second(who, {case_id}):
        return
    for row, state in _published(who.area_id, case_id, now):
        if state == MeetingState.PUBLISHED:
            row.held = texts({*pack_cases.ids(row.held), case_id})
            before_a_second(who, row.id, {case_id}, now, WHY_SINCE)


def hold_no_more(by: UUID, area_id: UUID, case_id: UUID, now: datetime) -> None:
    """Two people lifted its restriction: nothing of it waits for a second one. As the service."""
    for row, _ in _published(area_id, case_id, now):
        row.held = texts(pack_cases.ids(row.held) - {case_id})
        close_idle(by, row, {case_id}, now)


def close_idle(by: UUID, row: PackRow, case_ids: Collection[UUID], now: datetime) -> None:
    """Takes from the second person what waits for nothing any more."""
    subjects = [subject(row.id, case_id) for case_id in case_ids]
    proposals.close_idle(by, row.area_id, KIND.name, subjects, now)


def _published(area_id: UUID, case_id: UUID, now: datetime) -> list[tuple[PackRow, str]]:
    row, item = PackRow, ItemRow
    listed = exists().where(
        item.meeting_id == row.meeting_id, item.supplement == row.supplement, item.case_id == case_id
    )
    rows = (
        select(row, MeetingRow.state)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(row.area_id == area_id, row.expires_at > now, row.content.is_not(None), listed)
        .order_by(row.id)
        .with_for_update(of=row)
    )
    return [(pack, state) for pack, state in db.session.execute(rows)]


def needing_a_second(who: Principal, case_ids: Collection[UUID]) -> set[UUID]:
    """The restricted of these cases that a second person has to release: a chair who may open one needs none,
    a coordinator does (security.md B)."""
    restricted = pack_cases.restricted(acting.Host(who.area_id), case_ids)
    return pack_cases.needing_a_second(who, restricted)


def _drawn(words: Worded, wanted: Collection[str]) -> bytes:
    return pdf.draw_worded(only(words, wanted), f"{MeetingKind.MARAC} pack", typeface())


def texts(case_ids: Collection[UUID]) -> list[str]:
    """As a column keeps them."""
    return sorted(map(str, case_ids))


def tell(
    meeting: MeetingRow, notice: Notice, case_ids: Collection[UUID], now: datetime, path: str = ""
) -> int:
    """Queues the notice for everyone it may reach; gives back for how many (Rulebook S3, F3, M6)."""
    path = path or f"/marac/{meeting.id}"
    about, told = frozenset(case_ids), 0
    parties = Parties(meeting.area_id, about)
    for account_id in packs.receivers(meeting.area_id, MeetingKind.MARAC, now):
        thing = Outgoing(meeting.area_id, account_id, What.NOTICE, notice, MeetingKind.MARAC, about,
                         meeting.id)  # fmt: skip
        told += notices.queue(thing, meeting.sits_on, path, now, parties)
    return told


def subject(pack_id: UUID, case_id: UUID) -> str:
    """What the proposal is about."""
    return f"pack/{pack_id.hex}/{case_id.hex}"


def ask_again(principal: Principal, meeting_id: UUID, case_id: UUID, reason: str, now: datetime) -> None:
    """Puts a restricted case of a published pack before a second person once more.

    Raises NotFound where there is none such for this person, RuleBroken where it waits already.
    """
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        held = {one.case_id: one.pack_id for one in pack_cases.held(who, meeting_id)}
        if case_id not in held:
            raise NotFound
        pack_id = held[case_id]
        proposals.propose(who, KIND.name, subject(pack_id, case_id), {"pack": str(pack_id)}, reason, now,
                          case_id=case_id)  # fmt: skip


def waiting(who: Principal, meeting_id: UUID, now: datetime) -> list[tuple[Held, bool]]:
    """The restricted cases of a published pack that no second person has released, and whether each waits."""
    return [
        (one, bool(proposed.open_on(who, subject(one.pack_id, one.case_id), now)))
        for one in pack_cases.held(who, meeting_id)
    ]


def _describe(told: Told) -> Sequence[Change]:
    with acting.whole_area(told.area_id):
        number = db.session.scalar(select(CaseRow.number).where(CaseRow.id == told.case_id))
        sits_on, drawn = db.session.execute(
            select(MeetingRow.sits_on, PackRow.drawn)
            .join(PackRow, PackRow.meeting_id == MeetingRow.id)
            .where(PackRow.id == UUID(told.detail["pack"]))
        ).one()
        of = f"in the pack of the MARAC of {day_words(sits_on)}"
    old, new = "in no copy", "in the copies of the people named on it"
    if told.case_id in pack_cases.ids(drawn):
        old, new = f"{new}, as it was published", f"{new}, in offline packs and in corrected ones"
    return (Change(f"{case_reference(number or 0)} {of}", old, new),)


def _release(told: Told, proposer: Principal, confirmer: Principal, now: datetime) -> None:
    """The case joins the named people's copies, and they are told."""
    if told.case_id is None:
        raise NotFound
    with acting.whole_area(told.area_id):
        row = db.session.scalars(
            select(PackRow).where(PackRow.id == UUID(told.detail["pack"])).with_for_update()
        ).one()
        if row.expires_at <= now:
            raise RuleBroken("This pack has expired. Nothing changed.")
        row.held = texts(pack_cases.ids(row.held) - {told.case_id})
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.id == row.meeting_id)).one()
        notices = tell(meeting, Notice.PACK_READY, [told.case_id], now, f"/packs/{row.id}/copy")
    audit.record(confirmer.account_id, told.area_id, "pack.released", f"pack/{row.id}", now, notices=notices)


KIND = proposals.register(
    Kind(
        "pack.publish",
        "Put a restricted case into the pack",
        propose=Permission.AGENDA_PUBLISH,
        confirm=Permission.AGENDA_PUBLISH,
        describe=_describe,
        carry_out=_release,
    )
)
