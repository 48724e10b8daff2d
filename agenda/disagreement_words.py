"""The form of ESC's appendix 5, worded as a pack is, so that it is drawn as one (Rulebook V4)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from agenda.disagreement_form import Line, Section
from agenda.pack import Facts, Prose, Worded
from agenda.pack import Section as Part
from agenda.pack_words import cleaned, moment

TITLE = "Record of a professional disagreement"
_MARKING = "OFFICIAL-SENSITIVE"
_FOR = "The safeguarding partnership"
#: What is longer stands by itself, across the page.
_SHORT = 80
_HANDLING = (
    "For the safeguarding partnership, from the agency that escalates.",
    "Keep it where only those who decide on it can read it, and send it by secure e-mail alone.",
)


def worded(lines: Iterable[Line], reference: str, area: str, now: datetime) -> Worded:
    """Every line of the form under its part, in the form's order."""
    parts = tuple(Part(str(section), _blocks(its)) for section, its in groupby(lines, key=_section))
    words = Worded(
        title=TITLE,
        subtitle=f"{area} · {moment(now)}",
        running=f"{TITLE} · {moment(now)}",
        marking=_MARKING,
        about=Facts((("For", _FOR), ("From", area), ("Reference", reference), ("As it was", moment(now)))),
        handling=_HANDLING,
        groups=(),
        opening=parts,
    )
    return cleaned(words)


def _blocks(lines: Iterable[Line]) -> tuple[Facts | Prose, ...]:
    """Short fields beside each other, long ones by themselves, all in the form's order."""
    found: list[Facts | Prose] = []
    for short, its in groupby(lines, key=_is_short):
        told = [(line.label, line.value or "Not filled in") for line in its]
        found += [Facts(tuple(told))] if short else [Prose(f"{label}: {value}") for label, value in told]
    return tuple(found)


def _section(line: Line) -> Section:
    return line.section


def _is_short(line: Line) -> bool:
    return len(line.value) <= _SHORT
