"""What goes with a case to another area: its history, what was said and decided, its actions (Rulebook M5).

It is worded as a pack is, and as bare of addresses: where the case stays in the service those go apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from agenda.calendar import day_words
from agenda.meetings import MeetingKind
from agenda.pack import (
    CaseSheet,
    Facts,
    GroupSheet,
    Pack,
    PackCase,
    PackNote,
    Prose,
    Remark,
    Section,
    Worded,
)
from agenda.pack_words import moment, plain, worded
from agenda.transfer_arrival import Arrival

TITLE = "Transfer of a case"
_THE_CASE = "The case"
_PARTS = "Agencies that have not signed and took part in this case alone"
_NO_PART_HERE = "They take part in no case of yours by this: propose it anew where you need one of them."
_HANDLING = (
    "Each piece of information belongs to the agency that supplied it. Ask it before you use it elsewhere.",
    "The perpetrator must never learn of the meetings that heard this, from you or through anyone else.",
    "Addresses and telephone numbers are not in this record.",
)
_UNTIL = "The case stays with {sender}, and on its lists, until you accept it. Answer {sender}{call}."


@dataclass(frozen=True, slots=True)
class Between:
    """From which area to which, and when it was put into words."""

    from_area: str
    to_area: str
    at: datetime
    why: str = ""  # the case moves; none once it has moved
    call: str = ""  # how to reach the sender's coordinator


@dataclass(frozen=True, slots=True)
class TookPart:
    """An agency that has not signed, and from when to when it took part in this case alone (Rulebook V1)."""

    agency: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept of a case beside what its meetings recorded."""

    heard: Sequence[tuple[date, str]] = ()  # days at MARAC, with the risk where that was kept
    assessments: Sequence[PackNote] = ()
    orders: Sequence[PackNote] = ()
    earlier: Sequence[tuple[str, Worded]] = ()  # what came with it, and from which area
    parts: Sequence[TookPart] = ()  # agencies that have not signed


def record(between: Between, case: PackCase, beside: Beside) -> Worded:
    """Everything that is told of the case, each item with the agency that supplied it (Rulebook R1, R2).

    What came with it when it was transferred before goes along.
    """
    words = worded(Pack(between.from_area, MeetingKind.MARAC, between.at, between.to_area, (case,)))
    (group,) = words.groups
    (sheet,) = group.cases
    sections = (
        _hearings(beside.heard),
        *sheet.sections,
        *_remarks("Risk assessments", beside.assessments),
        *_remarks("Protection orders", beside.orders),
        *_took_part(beside.parts),
        *(section for area, told in beside.earlier for section in _before(area, told)),
    )
    return _titled(words, between, replace(sheet, sections=sections), _moves(between))


def _moves(between: Between) -> tuple[str, ...]:
    """Why it moves, and what is next: a case is never between two areas (Rulebook M5)."""
    if not between.why:
        return ()
    call = f": {between.call}" if between.call else ""
    until = _UNTIL.format(sender=between.from_area, call=call)
    return plain(f"Why it moves: {between.why}"), plain(until)


def _remarks(title: str, notes: Sequence[PackNote]) -> tuple[Section, ...]:
    said = tuple(
        Remark(plain(one.agency), plain(one.author), moment(one.recorded_at), one.kind.value.capitalize(),
               plain(one.source), plain(one.text))
        for one in notes
    )  # fmt: skip
    return (Section(title, said),) if said else ()


def _took_part(parts: Sequence[TookPart]) -> tuple[Section, ...]:
    """That it did, and no word of what was said: in no case of the receiving area does it by this (V1)."""
    told = "\n".join(
        f"{plain(one.agency)}, from {day_words(one.since)} to {day_words(one.until)}" for one in parts
    )
    return (Section(_PARTS, (Prose(told), Prose(_NO_PART_HERE))),) if told else ()


def _before(area: str, told: Worded) -> Iterator[Section]:
    """The parts of an earlier record, each saying from where it came."""
    for group in told.groups:
        for sheet in group.cases:
            yield from (replace(part, title=f"{plain(area)}: {part.title}") for part in sheet.sections)


def arrived(between: Between, told: Arrival, reference: str) -> Worded:
    """What an area outside the service sent, as a coordinator typed it here (Rulebook T8)."""
    names = told.victim.name, told.perpetrator.name if told.perpetrator else "perpetrator not known"
    facts = (
        ("Area", told.from_area),
        ("Reference there", told.their_reference or "Not given"),
        ("Risk, as that area judged it", told.risk.value.capitalize()),
    )
    said = (("Why the case moves", told.reason), ("Plans and actions", told.plans))
    sections = (
        Section("As the other area told it", (Facts(facts),)),
        _hearings([(on, "") for on in told.heard_on]),
        *(Section(title, (Prose(text),)) for title, text in said if text.strip()),
    )
    sheet = CaseSheet(reference, f"{told.risk.value} risk", "", "", " and ".join(names), sections)
    words = worded(Pack(between.from_area, MeetingKind.MARAC, between.at, between.to_area, ()))
    return _titled(words, between, sheet)


def _titled(words: Worded, between: Between, sheet: CaseSheet, first: tuple[str, ...] = ()) -> Worded:
    sender, receiver, at = plain(between.from_area), plain(between.to_area), moment(between.at)
    return replace(
        words,
        title=TITLE,
        subtitle=f"{sender} to {receiver}, {at}",
        running=f"{TITLE}, {at}",
        about=Facts((("For", receiver), ("From", sender), ("Reference", sheet.reference), ("As it was", at))),
        handling=first + _HANDLING,
        groups=(GroupSheet(_THE_CASE, (replace(sheet, purpose=""),)),),
    )


def _hearings(heard: Sequence[tuple[date, str]]) -> Section:
    told = "\n".join(f"{day_words(on)}{f', {risk} risk' if risk else ''}" for on, risk in heard)
    return Section("Heard at MARAC", (Prose(told or "No hearing is recorded."),))
