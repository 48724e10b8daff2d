"""The police feed as JSON: one incident, an array of them, or one a line (contract: incident feed).

Each keeps the rules of the CSV's rows, `feed.accept`.
"""

from typing import Any

from agenda.feed import SPEC, Accepted, accept
from agenda.feed_table import Warnings
from agenda.json_rows import NO_TEXT, JsonRows, Odd, Problems, plain

_TRUTHS = frozenset({"domestic", "victim_consents_to_share", "children_present", "parties_live_together"})
_CHILD = ("name", "dob", "present", "linked")


class Message(JsonRows[Accepted]):
    """An open message of incidents."""

    spec, one = SPEC, "incident"

    def accept(self, values: dict[str, str], line: int, noted: Warnings) -> Accepted | Problems:
        """As a row of the CSV."""
        return accept(values, line, noted.note)

    def text_of(self, column: str, value: Any) -> str:
        """Yes and no are truths too, and children an array."""
        if column == "children":
            return _children(value)
        return _truth(value) if column in _TRUTHS else plain(value)


def _truth(value: Any) -> str:
    return ("Y" if value else "N") if isinstance(value, bool) else plain(value)


def _children(told: Any) -> str:
    """As the CSV's cell says them, so that one rule reads both."""
    if isinstance(told, list):
        return ";".join(_child(one) for one in told)
    if isinstance(told, int):
        raise Odd(NO_TEXT)
    return plain(told)


def _child(told: Any) -> str:
    if not isinstance(told, dict) or not told.keys() <= frozenset(_CHILD):
        raise Odd("a child is an object with name, dob, present and linked")
    parts = [_truth(told.get(name)) if name == "present" else plain(told.get(name)) for name in _CHILD]
    if any(mark in part for mark in "|;" for part in parts):
        raise Odd("a child's name has | or ; in it; write it without")
    return "|".join(parts)
