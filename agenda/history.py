"""Years of MARAC spreadsheets: one row a hearing, for the cases that T6 looks back on (contract: history)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, NamedTuple

from agenda.feed import PARTY_RULES, RISK
from agenda.feed_content import party, written
from agenda.feed_table import Record, Rejected, Spec, Table
from agenda.feed_values import Rule, at_most, blanks, day, keep_rules, shown
from agenda.incidents import Party, Risk

CASE_REFERENCE = 40
REQUIRED = ("case_reference", "heard_on", "victim_surname")
_PARTY = ("nominal", "forename", "surname", "dob", "postcode")
RULES: dict[str, Rule] = {
    "case_reference": at_most(CASE_REFERENCE),
    "heard_on": day,
    "risk": RISK,
    **{f"{who}_{what}": PARTY_RULES[what] for who in ("victim", "perpetrator") for what in _PARTY},
}
SPEC = Spec(tuple(RULES), REQUIRED, frozenset(), ("heard_on", re.compile(r"[0-9]+[/-][0-9]+[/-][0-9]+")))


class PastHearing(NamedTuple):
    """One hearing of a case: a case reference with the day it was heard on."""

    line: int
    case_reference: str
    heard_on: date
    risk: Risk | None
    victim: Party
    perpetrator: Party | None
    digest: bytes  # tells whether the same hearing, sent again, says the same


class History:
    """An open history, its header already found good."""

    def __init__(self, table: Table, today: date) -> None:
        self.header, self.delimiter, self.size = table.header, table.delimiter, table.size
        self._table, self._today = table, today

    @property
    def warnings(self) -> list[str]:
        """What was odd so far: one line for each kind."""
        return self._table.warnings.texts()

    def rows(self) -> Iterator[PastHearing | Rejected]:
        """Every row of data, accepted or rejected, in the file's order. To be called once."""
        for record in self._table.records():
            yield _row(record, self._today) if isinstance(record, Record) else record


def open_history(stream: BinaryIO, limit: int, today: date) -> History:
    """Check a file as a whole, `limit` bytes at most. Raises Refused, with one clear line."""
    return History(Table(stream, limit, SPEC), today)


def _row(record: Record, today: date) -> PastHearing | Rejected:
    values = record.values
    wrong = blanks(REQUIRED, values) + keep_rules(RULES, values)
    if not wrong and date.fromisoformat(values["heard_on"]) > today:
        # Only what has been heard is history: T6 would otherwise look back on a day to come.
        wrong = [
            ("heard_on", f"not heard yet: {shown(values['heard_on'])}; write a day up to {today.isoformat()}")
        ]
    if wrong:
        (column, error), *also = sorted(wrong, key=lambda problem: SPEC.columns.index(problem[0]))
        return Rejected(record.line, column, error, tuple(also), record.cells)
    return PastHearing(
        record.line,
        values["case_reference"],
        date.fromisoformat(values["heard_on"]),
        Risk(values["risk"]) if "risk" in values else None,
        party(values, "victim") or Party(""),
        party(values, "perpetrator"),
        written(values)[1],
    )
