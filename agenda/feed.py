"""The police feed: what its columns may say, and what a row becomes (contract: incident feed)."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import BinaryIO, NamedTuple

from agenda.feed_content import COLUMNS, ORDER, written
from agenda.feed_oddities import oddities
from agenda.feed_table import Record, Rejected, Spec, Table
from agenda.feed_values import (
    Rule,
    Wrong,
    at_most,
    blanks,
    day,
    day_or_moment,
    keep_rules,
    local_day,
    moment,
    one_of,
    shown,
    staff_of,
    whole_number,
    yes_no,
)
from agenda.incidents import Gender, Linked, OrderKind, Risk
from agenda.people import folded, joined_key
from agenda.references import OUR_OWN

REQUIRED = ("occurrence_number", "domestic", "recorded_at", "incident_at", "risk", "victim_surname")
#: Longest texts. The contract sets the first three; the others keep keys and pages from swelling.
OCCURRENCE_NUMBER, OFFENCE, SUMMARY, NAME, LINE, PROSE = 40, 200, 20_000, 100, 200, 20_000
RISK = one_of("a level of risk", Risk)


_SHORT_ENOUGH = at_most(OCCURRENCE_NUMBER)


def _number(text: str) -> str:
    if text[3:4] == "-" and text[:4].upper() in OUR_OWN:
        raise Wrong(f"{shown(text)} is how this service numbers what its own pages take in")
    return _SHORT_ENOUGH(text)


PARTY_RULES: dict[str, Rule] = {
    "surname": at_most(NAME),
    "forename": at_most(NAME),
    "nominal": at_most(NAME),
    "dob": day,
    "gender": one_of("a gender as the feed codes it", Gender),
    "address": at_most(2 * LINE),
    "postcode": at_most(LINE),
    "phone": at_most(LINE),
}
RULES: dict[str, Rule] = {
    "occurrence_number": _number,
    "domestic": yes_no,
    "recorded_at": moment,
    "incident_at": moment,
    "risk": RISK,
    "dash_score": whole_number(0, 27),
    "offence": at_most(OFFENCE),
    "summary": at_most(SUMMARY),
    "relationship": at_most(LINE),
    **{f"{who}_{what}": rule for who in ("victim", "perpetrator") for what, rule in PARTY_RULES.items()},
    "victim_consents_to_share": yes_no,
    "children_present": yes_no,
    "children": lambda text: text,  # `children_of` reads it
    "order_kind": one_of("a kind of order", OrderKind),
    "order_made_at": moment,
    "order_expires_at": day_or_moment,
    "order_terms": at_most(PROSE),
    "parties_live_together": yes_no,
    "staff_of": lambda text: staff_of(at_most(LINE)(text)),
}
SPEC = Spec(
    COLUMNS,
    REQUIRED,
    frozenset({"summary", "order_terms", "victim_address", "perpetrator_address"}),
    ("risk", re.compile("standard|medium|high", re.IGNORECASE)),
)
_LINKED = one_of("to whom a child is linked", Linked)
_REQUIRED = frozenset(REQUIRED)
_PERPETRATOR = tuple(name for name in COLUMNS if name.startswith("perpetrator_"))

Note = Callable[[str, int], None]


class Accepted(NamedTuple):
    """One row that keeps every rule: what triage and case-finding read, and the content as it is kept."""

    line: int
    occurrence_number: str
    domestic: bool
    recorded_at: datetime  # UTC
    incident_at: datetime  # UTC
    risk: str  # of Risk, as it is kept
    children: bool  # present or named (T3)
    consents: bool | None
    recorded_day: date  # local, as T6 measures
    victim_nominal: str
    victim_name: str  # name_key
    perpetrator_nominal: str
    perpetrator_name: str
    perpetrator_known: bool
    has_order: bool
    victim_surname: str  # folded, only where there is no name_key
    perpetrator_surname: str
    content: str
    digest: bytes


class Feed:
    """An open feed, its header already found good."""

    def __init__(self, table: Table) -> None:
        self.header, self.delimiter, self.size = table.header, table.delimiter, table.size
        self._table = table

    @property
    def warnings(self) -> list[str]:
        """What was odd so far: one line for each kind."""
        return self._table.warnings.texts()

    def rows(self) -> Iterator[Accepted | Rejected]:
        """Every row of data, accepted or rejected, in the file's order. To be called once."""
        note = self._table.warnings.note
        for record in self._table.records():
            yield _row(record, note) if type(record) is Record else record  # type: ignore[misc]


def open_feed(stream: BinaryIO, limit: int) -> Feed:
    """Check a file as a whole, `limit` bytes at most. Raises Refused, with one clear line."""
    return Feed(Table(stream, limit, SPEC))


def _row(record: Record, note: Note) -> Accepted | Rejected:
    result = accept(record.values, record.line, note)
    if isinstance(result, Accepted):
        return result
    (column, error), *also = result
    return Rejected(record.line, column, error, tuple(also), record.cells)


def accept(values: dict[str, str], line: int, note: Note) -> Accepted | list[tuple[str, str]]:
    """A row or message of the feed, as trimmed texts by column in the order of COLUMNS, no blanks among them.

    Either it keeps every rule, or what comes back is each column that breaks one, and how.
    """
    wrong = blanks(REQUIRED, values) if not values.keys() >= _REQUIRED else []
    wrong += keep_rules(RULES, values)
    try:
        children = children_of(values.pop("children")) if "children" in values else []
    except Wrong as error:
        wrong.append(("children", str(error)))
    if wrong:
        return sorted(wrong, key=lambda problem: COLUMNS.index(problem[0]))
    found = _accepted(values, children, line)
    for what in oddities(values, children, (found.victim_name, found.perpetrator_name)):
        note(what, line)
    return found


def _accepted(values: dict[str, str], children: list[list[str]], line: int) -> Accepted:
    get, recorded = values.get, values["recorded_at"]
    content, digest = written(values, children)
    consents = get("victim_consents_to_share")
    victim, perpetrator = _name(values, "victim"), _name(values, "perpetrator")
    return Accepted(
        line,
        values["occurrence_number"],
        values["domestic"] == "Y",
        datetime.fromisoformat(recorded),
        datetime.fromisoformat(values["incident_at"]),
        values["risk"],
        bool(children) or get("children_present") == "Y",
        None if consents is None else consents == "Y",
        local_day(recorded[:13]),
        get("victim_nominal", ""),
        victim,
        get("perpetrator_nominal", ""),
        perpetrator,
        not values.keys().isdisjoint(_PERPETRATOR),
        not values.keys().isdisjoint(ORDER),
        "" if victim else folded(get("victim_surname", "")),
        "" if perpetrator else folded(get("perpetrator_surname", "")),
        content,
        digest,
    )


def _name(values: dict[str, str], who: str) -> str:
    if (dob := values.get(who + "_dob")) is None:
        return ""
    return joined_key(values.get(who + "_surname", ""), values.get(who + "_forename", ""), dob)


def children_of(text: str) -> list[list[str]]:
    """Each child's name, birth date, present and linked, in canonical form; trailing parts may be missing.

    The cell says `name|dob|Y or N|linked`, several separated by `;`.
    """
    at_most(PROSE)(text)
    return [_child(part) for part in text.split(";") if part.strip(" |\t\n")]


def _child(text: str) -> list[str]:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) > 4 and any(parts[4:]):
        raise Wrong(
            f"too many parts: {shown(text.strip())}; write name|dob|Y or N|victim, perpetrator or both"
        )
    name, dob, present, linked = (parts + ["", "", ""])[:4]
    return [name, dob and day(dob), present and yes_no(present), linked and _LINKED(linked)]
