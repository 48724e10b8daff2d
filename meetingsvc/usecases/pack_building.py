"""The pack of a published agenda, and the second person its restricted cases wait for (security.md B)."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import marac as rules
from agenda import pack_kept, pack_words, pdf
from agenda.calendar import day_words, local_day, to_utc
from agenda.meetings import MeetingKind, case_reference
from agenda.pack import Pack, Worded
from agenda.pack_parts import only
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc.models import AreaRow, CaseRow, MeetingRow, PackRow, db
from meetingsvc.packs import typeface
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit, outbox, pack_cases, pack_content, packs
from meetingsvc.store import proposals as proposed
from meetingsvc.store.pack_cases import Held
from meetingsvc.store.proposals import Told
from meetingsvc.store.recipients import Outgoing, Parties
from meetingsvc.usecases import proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.outgoing import Stage, What

#: Whom the one drawn pack is for; each copy then says on every page whose it is.
FOR_ALL = "the agencies that attend"
WHY = "This case is restricted. It goes into the copies of the people named on it once you confirm."


def build(who: Principal, area: AreaRow, meeting: MeetingRow, now: datetime) -> None:
    """The pack as agencies hold it from now on: a later change of a case does not change it.

    It is drawn once, with the cases that no restriction keeps from anybody. The restricted ones are for the
    people named on them: where a coordinator publishes, only after a second person (security.md B).
    """
    number, whole = meeting.supplements, acting.Host(area.id)
    cases = pack_content.cases(whole, meeting.id, number)
    of = pack_cases.of_list(whole, meeting.id, number)
    hidden = pack_cases.hidden(whole, of.values())
    held = _held(who, pack_cases.restricted(whole, of.values()))
    pack = Pack(area.title, MeetingKind.MARAC, meeting.starts_at, FOR_ALL, cases, supplementary=number > 0)
    words = pack_words.worded(pack)
    last_day = rules.pack_expires_on(local_day(now), meeting.sits_on, areas.settings_of(area).pack_days)
    row = PackRow(
        id=uuid4(), area_id=area.id, meeting_id=meeting.id, supplement=number, built_at=now,
        expires_at=to_utc(datetime.combine(last_day + timedelta(days=1), time.min)),
        content=_drawn(words, [key for key, case_id in of.items() if case_id not in hidden]),
        words=pack_kept.kept(words), drawn=_texts(set(of.values()) - hidden), held=_texts(held),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for case_id in sorted(held):
        proposals.propose(who, KIND.name, subject(row.id, case_id), {"pack": str(row.id)}, WHY, now,
                          case_id=case_id)  # fmt: skip


def _held(who: Principal, restricted: set[UUID]) -> set[UUID]:
    """A chair who may open a restricted case needs no second person; a coordinator does (security.md B)."""
    return restricted - pack_cases.opened(who, restricted) if who.role is Role.CHAIR else restricted


def _drawn(words: Worded, wanted: Collection[str]) -> bytes:
    return pdf.draw_worded(only(words, wanted), f"{MeetingKind.MARAC} pack", typeface())


def _texts(case_ids: Collection[UUID]) -> list[str]:
    return sorted(map(str, case_ids))


def tell(
    meeting: MeetingRow, notice: Notice, case_ids: Collection[UUID], now: datetime, path: str = ""
) -> int:
    """Queues the notice for everyone it may reach; gives back for how many (Rulebook S3, F3, M6)."""
    waiting = {
        "panel": "MARAC",
        "sits_on": meeting.sits_on.isoformat(),
        "path": path or f"/marac/{meeting.id}",
    }
    about, told = frozenset(case_ids), 0
    parties = Parties(meeting.area_id, about)
    for account_id in packs.receivers(meeting.area_id, MeetingKind.MARAC, now):
        thing = Outgoing(meeting.area_id, account_id, What.NOTICE, notice, MeetingKind.MARAC, about,
                         meeting.id)  # fmt: skip
        if mail.dispatch(thing, Stage.BUILD, now, parties):
            outbox.put(meeting.area_id, account_id, notice, waiting, now, about=about, meeting_id=meeting.id)
            told += 1
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
    """The restricted cases of a published pack that are in no copy yet, and whether each waits."""
    return [
        (one, bool(proposed.open_on(who, subject(one.pack_id, one.case_id), now)))
        for one in pack_cases.held(who, meeting_id)
    ]


def _describe(told: Told) -> Sequence[Change]:
    with acting.whole_area(told.area_id):
        number = db.session.scalar(select(CaseRow.number).where(CaseRow.id == told.case_id))
        meeting = db.session.scalars(
            select(MeetingRow)
            .join(PackRow, PackRow.meeting_id == MeetingRow.id)
            .where(PackRow.id == UUID(told.detail["pack"]))
        ).one()
        of = f"in the pack of the MARAC of {day_words(meeting.sits_on)}"
    return (
        Change(
            f"{case_reference(number or 0)} {of}", "in no copy", "in the copies of the people named on it"
        ),
    )


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
        row.held = _texts(pack_cases.ids(row.held) - {told.case_id})
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
