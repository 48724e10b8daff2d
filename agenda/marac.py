"""The MARAC agenda: its order, and when it may be reordered, closed, published and added to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.calendar import day_words, local_day
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Referral:
    """A case as a daily meeting sent it to the MARAC.

    `position` is its place inside its group where a coordinator has set one; `supplement` is 0 on the agenda
    itself, else the number of the supplementary list that carries it.
    """

    item_id: UUID
    case_ref: str
    group: Group
    risk: Risk
    referred_at: datetime
    position: int | None = None
    supplement: int = 0
    restricted: bool = False  # kept from anybody at all
    waited: bool = False  # an earlier MARAC did not reach it, or had no time for it


def compile_agenda(referrals: Iterable[Referral]) -> tuple[Referral, ...]:
    """The agenda in order: one line a case, groups 1 to 5, then supplementary lists likewise (Rulebook M1).

    Inside a group cases that an earlier MARAC left unheard come first; then the coordinator's order; the rest
    follow by highest risk, then earliest referred, then reference. Restricted ones stand last in theirs (M6).
    A case referred by several daily meetings stands as the latest one left it, since the earliest of them.
    """
    cases: dict[tuple[int, str], Referral] = {}
    for referral in sorted(referrals, key=lambda r: (r.referred_at, str(r.item_id))):
        key = (referral.supplement, referral.case_ref)
        earlier = cases.get(key)
        cases[key] = replace(referral, referred_at=earlier.referred_at) if earlier else referral
    return tuple(sorted(cases.values(), key=_order))


def _order(referral: Referral) -> tuple[int, int, bool, bool, bool, int, int, datetime, str]:
    placed = referral.position is not None
    return (
        referral.supplement,
        referral.group,
        referral.restricted,
        not referral.waited,
        not placed,
        referral.position or 0,
        -referral.risk.rank,
        referral.referred_at,
        referral.case_ref,
    )


def reorder(agenda: Sequence[Referral], item_id: UUID, to_place: int) -> tuple[Referral, ...]:
    """The agenda with one item moved to `to_place`, counted from 1 down the whole agenda (Rulebook M1).

    An item moves inside its own group and list only: the order of the groups is the protocol's. Restricted
    ones stay behind the others of their group (M6).
    """
    lines = list(compile_agenda(agenda))
    moved = next((line for line in lines if line.item_id == item_id), None)
    if moved is None:
        raise RuleBroken("That case is not on this agenda.")
    places = [n for n, line in enumerate(lines, 1) if _same_group(line, moved)]
    if to_place not in places:
        raise RuleBroken(
            f"{moved.case_ref} is in group {moved.group.value}, at places {places[0]} to {places[-1]}. "
            "To hear it elsewhere, change its group and say why."
        )
    lines.remove(moved)
    lines.insert(to_place - 1, moved)
    first = places[0]
    return tuple(
        replace(line, position=n - first + 1) if _same_group(line, moved) else line
        for n, line in enumerate(lines, 1)
    )


def _same_group(one: Referral, other: Referral) -> bool:
    return (one.supplement, one.group, one.restricted) == (other.supplement, other.group, other.restricted)


def reorder_problem(state: MeetingState) -> str | None:
    """Why the order can no longer change; None where it can. Agencies hold the published order."""
    if state in (MeetingState.OPEN, MeetingState.CLOSED):
        return None
    return "This agenda has been published. Its order can no longer change, because agencies hold it."


def close_problem(state: MeetingState, items: int, sits_on: date | None) -> str | None:
    """Why an agenda cannot be closed; None where it can (Rulebook M1)."""
    if state is not MeetingState.OPEN:
        return "This agenda is already closed. Nothing changed."
    if sits_on is None:
        return "This agenda has no MARAC date. Set the date of the meeting first."
    if items == 0:
        return "There is nothing on this agenda. A daily meeting must refer a case before it can be closed."
    return None


def publish_problem(
    state: MeetingState, items: int, sits_on: date | None, published_at: datetime | None, today: date
) -> str | None:
    """Why an agenda cannot be published; None where it can (Rulebook M1).

    Publishing again is harmless: it says when it was done, and changes nothing.
    """
    if published_at is not None:
        return f"This agenda was published on {day_words(local_day(published_at))}. Nothing changed."
    if sits_on is None:
        return "This agenda has no MARAC date. Set the date of the meeting first."
    if items == 0:
        return (
            "There is nothing on this agenda. A daily meeting must refer a case before it can be published."
        )
    if state is MeetingState.HEARD:
        return f"This MARAC sat on {day_words(sits_on)}. Its agenda can no longer be published."
    if sits_on < today:
        return f"The date of this MARAC, {day_words(sits_on)}, has passed. Set a new date before publishing."
    if state is MeetingState.OPEN:
        return "This agenda still takes referrals. Close it, then publish it."
    return None


def stands(state: MeetingState, sits_on: date, today: date) -> MeetingState:
    """How far a MARAC is: one whose agenda was published has sat once its day is over."""
    return MeetingState.HEARD if state is MeetingState.PUBLISHED and sits_on < today else state


def change_date_problem(state: MeetingState, began: bool = False) -> str | None:
    """Why a MARAC can no longer move to another day or hour; None where it can (Rulebook M4). Agencies that
    hold its agenda are told."""
    if state is MeetingState.CANCELLED:
        return "This MARAC was cancelled, or did not sit. Plan another one instead."
    if state is MeetingState.HEARD:
        return "This MARAC has sat. Its date can no longer change."
    if began:
        return "This MARAC has begun. Its date can no longer change."
    return None


def cancel_problem(state: MeetingState) -> str | None:
    """Why a MARAC cannot be cancelled before its agenda is shared; None where it can. One that is shared is
    said not to have sat (Rulebook M1, M4)."""
    if state in (MeetingState.OPEN, MeetingState.CLOSED):
        return None
    if state is MeetingState.CANCELLED:
        return "This MARAC has been cancelled already. Nothing changed."
    return "Agencies hold the agenda of this MARAC. Say that it does not sit instead."


def discuss_problem(state: MeetingState) -> str | None:
    """Why an item cannot be moved to discussion now; None where it can (Rulebook C3).

    Until the agenda closes, its groups are the daily meetings' to change.
    """
    if state in (MeetingState.CLOSED, MeetingState.PUBLISHED):
        return None
    if state is MeetingState.HEARD:
        return "This MARAC has sat. Its agenda can no longer change."
    if state is MeetingState.CANCELLED:
        return "This MARAC did not sit. Its cases go on the next one."
    return "This agenda still takes referrals. Close it before agencies confirm its update-only cases."


def not_sat_problem(state: MeetingState, began: bool = False) -> str | None:
    """Why it cannot be said that a MARAC did not sit; None where it can (Rulebook M1, T6).

    Only what was published counts as heard, so only that needs taking back. One that began, or of which an
    outcome is recorded, sat.
    """
    if began and state is not MeetingState.CANCELLED:
        return (
            "This MARAC has begun: what it heard is on record. End its record instead, and say there why a "
            "case was not reached."
        )
    if state in (MeetingState.PUBLISHED, MeetingState.HEARD):
        return None
    if state is MeetingState.CANCELLED:
        return "It has been recorded already that this MARAC did not sit. Nothing changed."
    return "This agenda has not been published, so nothing on it counts as heard. Change its date instead."


def pack_expires_on(published_on: date, sits_on: date, days: int) -> date:
    """The last day on which a pack can be fetched: `days` after publishing, never before it is heard (S3)."""
    return max(published_on + timedelta(days=days), sits_on)


def supplement_for(state: MeetingState, last_published: int) -> int:
    """The list a late addition goes on: 0 the agenda, then supplementary lists 1, 2 and so on (Rulebook M1).

    Once the agenda is published it stays as agencies hold it. `last_published` is the number of the last
    supplementary list that was published, 0 where none was; additions gather on the one after it.
    """
    match state:
        case MeetingState.OPEN | MeetingState.CLOSED:
            return 0
        case MeetingState.PUBLISHED:
            return last_published + 1
        case MeetingState.HEARD:
            raise RuleBroken("This MARAC has sat. Put the case on the agenda of the next one.")
        case MeetingState.CANCELLED:
            raise RuleBroken("This MARAC did not sit. Put the case on the agenda of the next one.")


def list_title(supplement: int) -> str:
    """`Agenda`, or `Supplementary list 1`."""
    return f"Supplementary list {supplement}" if supplement else "Agenda"
