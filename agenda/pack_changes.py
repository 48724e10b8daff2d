"""What a corrected pack says at its front: what changed, of what its reader had and may still have (M6)."""

from collections.abc import Collection, Iterator
from datetime import datetime

from agenda.pack import CaseSheet, Section, Table, Worded
from agenda.pack_words import moment

TITLE = "What changed since the last one"
NEW = "New in this pack"
GONE = "No longer in this pack"
_HEAD = {
    "risk": "Level of risk",
    "purpose": "For discussion or update only",
    "repeat": "Whether it is a repeat",
    "people": "Who it is about",
}


def changes(before: Worded, now: Worded) -> dict[str, str]:
    """By reference, what a correction changes: a case in one of them only, or the parts that differ."""
    old, new = _sheets(before), _sheets(now)
    found = {key: NEW if key not in old else ", ".join(_changed(old[key], new[key])) for key in new}
    found |= {key: GONE for key in old if key not in new}
    return {key: said for key, said in found.items() if said}


def opening(
    before: Worded, now: Worded, had: Collection[str], may: Collection[str], issued_at: datetime
) -> tuple[Section, ...]:
    """The front of one reader's pack; nothing where nothing changed for them.

    `before` and `now` are whole. Of them, `had` are the cases that this reader's last pack held, and `may`
    those that they may have at this moment: a case that was kept from them then is new to them now, and one
    that is kept from them now is not spoken of.
    """
    rows = tuple(_rows(_sheets(before), _sheets(now), had, may))
    if not rows:
        return ()
    return (Section(f"{TITLE}: corrected {moment(issued_at)}", (Table(("Case", "What changed"), rows),)),)


def _rows(
    old: dict[str, CaseSheet], new: dict[str, CaseSheet], had: Collection[str], may: Collection[str]
) -> Iterator[tuple[str, str]]:
    for key, sheet in new.items():
        if key in may and key not in had:
            yield sheet.called, NEW
        elif key in may and key in old and (said := ", ".join(_changed(old[key], sheet))):
            yield sheet.called, said
    for key in old:
        if key in had and key in may and key not in new:
            yield key, GONE


def _changed(old: CaseSheet, new: CaseSheet) -> Iterator[str]:
    """The parts that differ, as the pack heads them; its number and time are the agenda's, not the pack's."""
    yield from (label for field, label in _HEAD.items() if getattr(old, field) != getattr(new, field))
    was = {section.title: section.blocks for section in old.sections}
    now = {section.title: section.blocks for section in new.sections}
    yield from (title for title in now if now[title] != was.get(title))
    yield from (f"{title} (taken out)" for title in was if title not in now)


def _sheets(words: Worded) -> dict[str, CaseSheet]:
    return {case.reference: case for group in words.groups for case in group.cases}
