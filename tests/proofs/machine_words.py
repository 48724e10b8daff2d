"""What was typed in the runs of proof 3, each under a token, and who may come across it (security.md B)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from meetingsvc.models import FeedbackRow, ItemRow, MinutesCaseRow, MinutesRow
from tests.proofs.model_governed import disagreements, requests
from tests.proofs.model_reader import SITS, Reader

#: What stands in a register, of a case or of none; its item is its own key there.
IN_REGISTERS: dict[str, Callable[[Reader], set[Any]]] = {
    "breaches": lambda reader: reader.breaches() - reader.named_in(),  # whose page nobody opens who is named
    "complaints": Reader.complaints,
    "disagreements": disagreements,
    "requests": requests,
}


@dataclass(frozen=True)
class Words:
    """A text: what it is, and which case and item it is of; whose it is, where it is an agency's own."""

    kind: str
    item: UUID
    case: UUID
    agency: UUID | None = None
    police: UUID | None = None


def may_read(reader: Reader, token: str, words: Words) -> bool:
    """Whether the page lets this person read it: where it was typed, or where it was written on since."""
    panel = reader.runs or (reader.sits and reader.account.role in SITS)
    if words.kind in IN_REGISTERS:
        return words.item in IN_REGISTERS[words.kind](reader)
    if words.kind == "action":
        return words.item in reader.told  # with the case, also for who has a ticket (A3)
    return panel and (
        _RULES[words.kind](reader, words) or _on_a_line(reader, token) or _issued(reader, token)
    )


def _of_the_meeting(reader: Reader, words: Words) -> bool:
    return words.item in reader.told


def _of_who_runs_it(reader: Reader, words: Words) -> bool:
    return reader.runs and words.item in reader.told


def _crime(reader: Reader, words: Words) -> bool:
    own = reader.agency.id in (words.agency, words.police)
    return words.item in reader.told and (reader.runs or own)


def _asked(reader: Reader, words: Words) -> bool:
    return words.case in reader.cases and (reader.runs or reader.agency.id == words.agency)


def _confirmed(reader: Reader, words: Words) -> bool:
    return words.item in reader.told and (reader.runs or reader.agency.id == words.agency)


def _unsafe(reader: Reader, words: Words) -> bool:
    """Who runs the meetings; and who tells the victim since: they read what was decided before, and what
    became of it (F1, F5)."""
    said = [one for one in reader.tables.of(FeedbackRow) if one.item_id == words.item]
    if words.item not in reader.told or not said:
        return False
    return reader.runs or max(said, key=lambda one: one.version).agency_id == reader.agency.id


_RULES: dict[str, Callable[[Reader, Words], bool]] = {
    "outcome": _of_the_meeting,
    "draft": _of_who_runs_it,
    "not reached": _of_the_meeting,
    "crime": _crime,
    "emergency": _asked,
    "refused": _asked,
    "confirmation": _confirmed,
    "unsafe": _unsafe,
    "attempt": _unsafe,
    "minutes": lambda reader, words: False,  # but for what the minutes themselves say
}


def _on_a_line(reader: Reader, token: str) -> bool:
    """Reasons that stand on an agenda are read by everybody who reads the line."""
    return any(
        token in f"{one.added_reason} {one.moved_reason} {one.not_reached}".lower()
        for one in reader.tables.of(ItemRow)
        if one.id in reader.told
    )


def issued(reader: Reader) -> list[tuple[MinutesRow, MinutesCaseRow]]:
    """What minutes say to a reader: of the cases they may open, on meetings they may see; drafts to who runs
    the meetings (Rulebook R1, S3, M6)."""
    versions = {one.id: one for one in reader.tables.of(MinutesRow) if one.meeting_id in reader.meetings}
    return [
        (versions[one.minutes_id], one)
        for one in reader.tables.of(MinutesCaseRow)
        if one.item_id in reader.items
        and one.minutes_id in versions
        and (reader.runs or versions[one.minutes_id].approved_at)
    ]


def registered(reader: Reader) -> dict[str, set[Any]]:
    """What somebody may open of each register: breaches and complaints for who deals with them, disagreements
    for the panel, third parties' requests for the panel and who governs (security.md B)."""
    deals = {"breaches": reader.governs, "complaints": reader.governs or reader.chairs,
             "disagreements": reader.runs or reader.sits,
             "requests": reader.runs or reader.sits or reader.governs}  # fmt: skip
    return {name: found(reader) if deals[name] else set() for name, found in IN_REGISTERS.items()}


def _issued(reader: Reader, token: str) -> bool:
    """In the drafter's words; or why telling is unsafe, which minutes say to IDVAs."""
    told = [one for _, one in issued(reader)]
    unsafe = reader.runs or reader.account.role == "idva"
    return any(
        token in one.said.lower()
        or (reader.runs and token in str(one.told.get("held_back", "")).lower())
        or (unsafe and token in str(one.told.get("unsafe", "")).lower())
        for one in told
    )


def must_read(reader: Reader) -> set[str]:
    """What the newest minutes of each meeting say in the drafter's words, to whom they are open."""
    newest: dict[UUID, int] = {}
    for one in reader.tables.of(MinutesRow):
        if one.meeting_id in reader.meetings and (reader.runs or one.approved_at):
            newest[one.meeting_id] = max(one.version, newest.get(one.meeting_id, 0))
    return {one.said for row, one in issued(reader) if row.version == newest[row.meeting_id]} - {""}
