"""An incident in one line: what a list or a search shows, and nothing more, because lists are long."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Headline:
    """Who, what, and which children."""

    victim: str
    perpetrator: str
    offence: str
    children: tuple[str, ...]  # each by name, with the age where the birth date is given
    children_present: bool  # or linked, named or not (Rulebook T3)

    @property
    def children_words(self) -> str:
        """`2: Mia (6), Jay`; that there are some, where none is named."""
        if self.children:
            return f"{len(self.children)}: {', '.join(self.children)}"
        return "Present, not named" if self.children_present else ""


def headline(content: str, on: date) -> Headline:
    """From an incident's kept text; `on` is the day by which ages are reckoned."""
    told: dict[str, Any] = json.loads(content)
    children = tuple(_child(name, dob, on) for name, dob, *_ in told.get("children", ()))
    return Headline(
        victim=_name(told, "victim"),
        perpetrator=_name(told, "perpetrator") or UNKNOWN,
        offence=told.get("offence", ""),
        children=children,
        children_present=bool(children) or told.get("children_present") == "Y",
    )


def age(born: date, on: date) -> int:
    """Whole years; who was born on 29 February is a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _name(told: Mapping[str, Any], who: str) -> str:
    return f"{told.get(who + '_forename', '')} {told.get(who + '_surname', '')}".strip()


def _child(name: str, dob: str, on: date) -> str:
    shown = name or "(no name)"
    if not dob:
        return shown
    years = age(date.fromisoformat(dob), on)
    return f"{shown} ({years if years >= 0 else 'unborn'})"
