"""What is needed to run a meeting while the service cannot be reached, in words (security.md A19).

It is the meeting's pack as it stands, with who comes, whom to tell, and room to write down each outcome.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from agenda.calendar import day_words
from agenda.daily_list import Notice
from agenda.pack import CaseSheet, Facts, Pack, Prose, Section, Table, Worded
from agenda.pack_words import cleaned, moment, worded
from agenda.panels import Works

#: Whom it is for; each copy then says on every page whose it is.
FOR = "who runs this meeting"
HANDLING = (
    "Use it only while the service cannot be reached. It holds what was recorded until it was made.",
    "Write down here what is decided, and type it into the service as soon as it is back.",
    "Then delete the file, and shred what was printed.",
)
STAYS = (
    "This case is restricted, and nothing of it leaves the service without a second person. Hear it once the "
    "service is back, or ask the chair."
)
ORDERS = "Protection orders to announce"
NO_ORDER = "No protection order was made known in this list’s time."
ORDER_STAYS = (
    "It is told to named people only, and nothing of it leaves the service without a second person. Announce "
    "it once the service is back, or ask the chair."
)
_LINE = "\n\n" + "…" * 24  # a blank line: room for a hand
_SHORT, _SHORTER = "\n\n" + "…" * 16, "\n\n" + "…" * 7
#: What a daily list's cases say otherwise than a MARAC's, which the daily meeting has heard.
_OF_A_DAILY_LIST = {"Shared at the daily meeting": "What agencies shared", "Actions": "Open actions"}
_HEARD = "What the daily meeting judged"


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who is expected, and how to reach them."""

    agency: str
    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class Announced:
    """A protection order that a list announces, and between whom; `stays` where it waits for a second
    person."""

    notice: Notice
    between: str
    stays: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyPack:
    """A meeting as it stands: its cases, who comes, and whom to tell, each with what for."""

    pack: Pack
    works: Works
    coming: tuple[Coming, ...]
    tell: tuple[tuple[str, str], ...]
    statement: str  # on confidentiality, read out at each meeting (Rulebook R3)


def emergency_worded(told: EmergencyPack) -> Worded:
    """All of it in words, with every case: `agenda.pack_parts` leaves a reader what is theirs."""
    words = worded(told.pack)
    title = f"{told.pack.kind} offline pack"
    daily = told.works is Works.LIST
    groups = tuple(
        replace(
            group,
            title="Cases" if daily else group.title,
            cases=tuple(_with_room(_of_a_daily_list(case) if daily else case, daily) for case in group.cases),
        )
        for group in words.groups
    )
    return cleaned(
        replace(
            words,
            title=title,
            running=words.running.replace(words.title, title, 1),
            handling=(*HANDLING, *words.handling),
            groups=groups,
            opening=(*_tell(told.tell), *_coming(told.coming), _statement(told.statement)),
        )
    )


def staying(words: Worded, references: Collection[str]) -> Worded:
    """The same with nothing but the reference of cases that wait for a second person (security.md B)."""
    groups = tuple(
        replace(
            group, cases=tuple(_bare(case) if case.reference in references else case for case in group.cases)
        )
        for group in words.groups
    )
    return replace(words, groups=groups)


def announcing(words: Worded, orders: Iterable[Announced]) -> Worded:
    """The same with the orders that the list announces to its reader, before the cases (Rulebook T10)."""
    heads = ("Order, and between whom", "Made", "Expires", "Terms")
    rows = tuple(map(_order, orders))
    told = Section(ORDERS, (Table(heads, rows) if rows else Prose(NO_ORDER),))
    return cleaned(replace(words, opening=(*words.opening, told)))


def _order(told: Announced) -> tuple[str, str, str, str]:
    order = told.notice.order
    if told.stays:
        return told.notice.reference, "", "", ORDER_STAYS
    called = (
        f"{order.kind or 'Kind not told'}, {told.notice.reference}\n{told.between or 'Names not told here'}"
    )
    live = {True: "They live together.", False: "They do not live together.", None: ""}[order.live_together]
    terms = f"{order.terms or 'Terms not told'}\n{live or 'Whether they live together is not known.'}"
    return called, _when(order.made_at), _when(order.expires_at), terms


def _when(value: date | datetime | None) -> str:
    if value is None:
        return "Not told"
    return moment(value) if isinstance(value, datetime) else day_words(value)


def _bare(case: CaseSheet) -> CaseSheet:
    told = Section("Stays in the service", (Prose(STAYS),))
    return replace(case, risk="", purpose="", repeat="", people="", sections=(told, *case.sections[-2:]))


def _of_a_daily_list(case: CaseSheet) -> CaseSheet:
    said = (
        replace(one, title=_OF_A_DAILY_LIST.get(one.title, one.title))
        for one in case.sections
        if one.title != _HEARD
    )
    return replace(case, sections=tuple(said))


def _with_room(case: CaseSheet, daily: bool) -> CaseSheet:
    """Room for the outcome (Rulebook D3, M3, C1, F1) and for actions (A1): its last two sections."""
    goes = [("Goes to the MARAC", "☐ No   ☐ Yes, in group ……… because" + _LINE)] if daily else []
    rows = [
        ("Level of risk", "☐ High   ☐ Medium   ☐ Standard"),
        ("Safeguards in place", "☐ Yes   ☐ No   because" + _LINE),
        *goes,
        ("Who tells the victim, and by when; or why telling is unsafe", _LINE),
        ("Notes", _LINE * 3),
    ]
    outcome = Table(("To decide", "", "Write here"), tuple((what, "", room) for what, room in rows))
    actions = Table(
        ("What is to be done", "Owner", "Category", "Due"), ((_SHORT, _SHORTER, _SHORTER, _SHORTER),) * 3
    )
    room = (Section("Outcome, to write down", (outcome,)), Section("New actions, to write down", (actions,)))
    return replace(case, sections=(*case.sections, *room))


def _coming(people: Iterable[Coming]) -> tuple[Section, ...]:
    rows = tuple(
        (f"{one.agency}\n{one.name}, {one.role}", "☐", one.email)
        for one in sorted(people, key=lambda one: (one.agency, one.name))
    )
    heads = ("Who may come", "Here", "How to reach them")
    return (Section("Who comes: tick who is here", (Table(heads, rows),)),) if rows else ()


def _tell(tell: Iterable[tuple[str, str]]) -> tuple[Section, ...]:
    pairs = tuple((what, who) for what, who in tell if who)
    return (Section("Whom to tell", (Facts(pairs),)),) if pairs else ()


def _statement(text: str) -> Section:
    return Section("Read out first", (Prose(text),))
