"""How one reader's extract of a meeting's minutes is worded, for the pages that packs are drawn on (R1)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from agenda.calendar import day_words
from agenda.meetings import MeetingKind
from agenda.pack import (
    MARKING,
    CaseSheet,
    Facts,
    GroupSheet,
    NoteKind,
    PackAction,
    Prose,
    Remark,
    Section,
    Table,
    Worded,
)
from agenda.pack_words import HANDLING, cleaned
from agenda.panels import of_children
from minutes.minutes import Attendance, CaseMinutes, Shared

_CASES = "Cases"
#: What agencies shared of a child, told apart (Rulebook E4).
FACTS, OPINIONS = "Facts that were shared", "Professional opinions that were shared"
_TITLES: dict[str, str] = {MeetingKind.DRAMM: "Daily meeting minutes", MeetingKind.MARAC: "MARAC minutes"}


@dataclass(frozen=True, slots=True)
class ExtractCase:
    """One case of an extract, as far as its reader may read it."""

    number: str
    told: CaseMinutes
    said: str
    actions: tuple[PackAction, ...]  # as they stand (Rulebook A3)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a later version put right, and why."""

    version: int
    what: str
    why: str
    on: date


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything one reader is given of one meeting's issued minutes."""

    area: str
    kind: str  # the panel's code
    sits_on: date
    agency: str
    version: int
    issued_on: date
    as_of: date
    head: Attendance
    corrections: tuple[Correction, ...]
    cases: tuple[ExtractCase, ...]


def title_of(kind: str) -> str:
    """`MARAC minutes`: all that the file's metadata says."""
    return _TITLES.get(kind, f"{kind} minutes")


def worded(extract: Extract) -> Worded:
    """The extract in words. Cases are called by number and reference: no person of a case is named but in
    what was said of it (S2)."""
    title, day = title_of(extract.kind), day_words(extract.sits_on)
    return cleaned(
        Worded(
            title=title,
            subtitle=f"{extract.area} · {day}",
            running=f"{title} · {extract.area} · {_short(extract.sits_on)}",
            marking=MARKING,
            about=Facts(
                (
                    ("Prepared for", extract.agency),
                    ("Cases", str(len(extract.cases))),
                    ("Version", str(extract.version)),
                    ("Issued", _short(extract.issued_on)),
                )
            ),
            handling=tuple(line.format(agency=extract.agency) for line in HANDLING),
            groups=tuple(_groups(extract)),
            opening=(*_corrected(extract.corrections), _attendance(extract.head), *_statement(extract.head)),
        )
    )


def _corrected(corrections: Sequence[Correction]) -> tuple[Section, ...]:
    """A correction is shown as one, before anything else (Rulebook R1)."""
    said = tuple(
        Prose(f"Version {one.version}, {_short(one.on)}. Corrected: {one.what}\nWhy: {one.why}")
        for one in corrections
    )
    return (Section("Corrections", said),) if said else ()


def _attendance(head: Attendance) -> Section:
    """Who came, and who sent apologies (Rulebook R3)."""
    told = (
        ("Chair", head.chair or "Not recorded"),
        ("Time", " to ".join(filter(None, (head.began, head.ended)))),
    )
    facts = Facts(tuple((label, value) for label, value in told if value))
    rows = tuple(
        (one.agency, one.answer, "\n".join(filter(None, (*one.people, one.information))) or "Nobody")
        for one in head.agencies
    )
    observers = (Prose(f"Observers: {'; '.join(head.observers)}."),) if head.observers else ()
    table = (Table(("Agency", "Answer", "Who came"), rows),) if rows else ()
    return Section("Attendance and apologies", (*((facts,) if facts.pairs else ()), *table, *observers))


def _statement(head: Attendance) -> tuple[Section, ...]:
    if not head.readings:
        why = f" Why: {head.unread}" if head.unread else ""
        said = f"It is not on record that the confidentiality statement was read out.{why}"
        return (Section("Confidentiality", (Prose(said),)),)
    read = f"The confidentiality statement was read out {'; '.join(head.readings)}."
    return (Section("Confidentiality", (Prose(read), Prose(head.statement))),)


def _groups(extract: Extract) -> Iterator[GroupSheet]:
    """In the meeting's order; a daily meeting knows no groups."""
    for title, held in groupby(extract.cases, key=lambda case: case.told.group or _CASES):
        yield GroupSheet(title, tuple(_case(case, extract) for case in held))


def _case(case: ExtractCase, extract: Extract) -> CaseSheet:
    told = case.told
    shared, actions = len(told.shared), len(case.actions)
    return CaseSheet(
        reference=told.case,
        risk=f"{told.risk} risk" if told.risk else "",
        purpose="not reached" if told.not_reached else "heard" if told.risk else "no outcome",
        repeat="",
        people=f"{_count(shared, 'piece')} shared, {_count(actions, 'action')}",
        sections=tuple(_sections(case, extract)),
        number=case.number,
    )


def _count(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"


def _sections(case: ExtractCase, extract: Extract) -> Iterator[Section]:
    told, children = case.told, of_children(extract.kind)
    yield Section("Outcome", tuple(_outcome(told, children)))
    yield from _apart(told) if children else _together(told)
    yield from _lines("Safeguards", told.safeguards)
    yield from _lines("Notes", (told.notes,))
    yield from _lines("Further note" if told.not_reached else "What was said", (case.said,))
    yield from _lines("Review of the daily meeting’s plan", (told.plan_review,))
    yield from _lines("Actions reviewed", told.reviews)
    yield from _lines("Crimes disclosed", tuple(_crimes(told)))
    yield _actions(case.actions, extract.as_of)


def _together(told: CaseMinutes) -> Iterator[Section]:
    if told.shared:
        yield Section("What was shared", tuple(_remarks(told.shared)))


def _apart(told: CaseMinutes) -> Iterator[Section]:
    """Facts and opinions each in a part of their own, which says what it is (Rulebook E4)."""
    for title, kind in ((FACTS, NoteKind.FACT), (OPINIONS, NoteKind.OPINION)):
        if those := [one for one in told.shared if one.kind == kind]:
            yield Section(title, tuple(_remarks(those)))
    if rest := [one for one in told.shared if one.kind not in set(NoteKind)]:
        yield Section("Not said whether fact or opinion", tuple(_remarks(rest)))


def _outcome(told: CaseMinutes, children: bool = False) -> Iterator[Prose]:
    """Level of risk, what was decided, and who tells the victim (Rulebook D3, F1)."""
    if told.not_reached:
        yield Prose(f"Not reached: {told.not_reached}")
    elif told.risk:
        yield Prose(" ".join((f"Risk: {told.risk}.", *told.decided)))
    else:
        yield Prose("No outcome is on record.")
    if told.telling:
        yield Prose(f"Telling the victim: {told.telling}. {told.unsafe}".strip())
    yield Prose("No person of concern is ever told." if children else "The perpetrator is never told.")


def _remarks(shared: Iterable[Shared]) -> Iterator[Remark]:
    """Each with the agency it belongs to, its author and date, and whether it is fact or opinion (R2)."""
    for one in shared:
        yield Remark(one.agency, one.author, one.on, one.kind.capitalize(), one.source, one.text)


def _crimes(told: CaseMinutes) -> Iterator[str]:
    for one in told.crimes:
        yield f"{one.text} ({one.words})"


def _lines(title: str, lines: Sequence[str]) -> Iterator[Section]:
    if said := tuple(Prose(line) for line in lines if line):
        yield Section(title, said)


def _actions(actions: Sequence[PackAction], as_of: date) -> Section:
    """Every action that the meeting set of this case, as it stands (Rulebook A1, A3)."""
    title = f"Actions, as they stood on {_short(as_of)}"
    rows = tuple(
        (f"{one.what}\n{one.category}", one.owner, _short(one.due) if one.due else "No date", one.status)
        for one in actions
    )
    heads = ("What is to be done", "Owner", "Due", "What became of it")
    return Section(title, (Table(heads, rows),) if rows else (Prose("The meeting set no action."),))


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
