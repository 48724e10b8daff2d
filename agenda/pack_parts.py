"""The part of a worded pack that one person may have: no number, group or line in it tells of the rest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from agenda.pack import CaseSheet, Facts, Prose, Section, Worded
from agenda.pack_words import DISCUSSED, LEFT_OUT, plain

LEFT_OUT_BUT = (
    "Addresses and telephone numbers are left out on purpose, but for those put into this copy for you alone."
)


def references(words: Worded) -> list[str]:
    """The cases of a pack, in its order."""
    return [case.reference for group in words.groups for case in group.cases]


def only(words: Worded, wanted: Collection[str]) -> Worded:
    """The same pack as if it had never held another case: groups, contents and counts are made anew.

    Nothing of a case that is kept from its reader may be told by what is left (Rulebook F3, M6).
    """
    groups = tuple(
        replace(group, cases=tuple(case for case in group.cases if case.reference in wanted))
        for group in words.groups
    )
    left = replace(words, groups=tuple(group for group in groups if group.cases))
    return replace(left, about=_counted(left))


def numbered(words: Worded, numbers: Mapping[str, str], starts: Mapping[str, str]) -> Worded:
    """The pack with the numbers and times that its cases have on the agenda now, by reference, and in that
    order: one restricted since takes none from the others, and comes last in its group (Rulebook M6)."""
    order = {reference: place for place, reference in enumerate(numbers)}
    groups = []
    for group in words.groups:
        cases = (
            replace(case, number=numbers.get(case.reference, ""), starts=starts.get(case.reference, ""))
            for case in group.cases
        )
        ordered = sorted(cases, key=lambda case: order.get(case.reference, len(order)))
        groups.append(replace(group, cases=tuple(ordered)))
    return replace(words, groups=tuple(groups))


def moved(words: Worded, reasons: Mapping[str, str]) -> Worded:
    """The pack with the update-only cases that are discussed now, by reference, each with the reason: what is
    read must not contradict the agenda (Rulebook C3)."""
    groups = tuple(
        replace(group, cases=tuple(_moved(case, reasons.get(case.reference, "")) for case in group.cases))
        for group in words.groups
    )
    return replace(words, groups=groups)


def _moved(case: CaseSheet, why: str) -> CaseSheet:
    if not why or case.purpose == DISCUSSED:
        return case
    said = plain(f"An agency could not confirm it, so it is discussed: {why}")
    section = Section("Moved to discussion since the agenda was shared", (Prose(said),))
    return replace(case, purpose=DISCUSSED, sections=(section, *case.sections))


def _counted(words: Worded) -> Facts:
    """The headline counts. The labels are those that the pack was worded with."""
    cases = [case for group in words.groups for case in group.cases]
    discussed = sum(case.purpose == DISCUSSED for case in cases)
    (prepared_for, *labels) = words.about.pairs
    counts = (len(cases), discussed, len(cases) - discussed)
    told = ((label, str(count)) for (label, _), count in zip(labels, counts, strict=True))
    return Facts((prepared_for, *told))


def with_lines(words: Worded, lines: Mapping[str, Sequence[str]]) -> Worded:
    """The pack with what was put there for one named person, by the case's reference."""
    if not lines:
        return words
    groups = tuple(
        replace(group, cases=tuple(_with(case, lines.get(case.reference, ())) for case in group.cases))
        for group in words.groups
    )
    handling = tuple(LEFT_OUT_BUT if line == LEFT_OUT else line for line in words.handling)
    return replace(words, groups=groups, handling=handling)


def _with(case: CaseSheet, lines: Sequence[str]) -> CaseSheet:
    said = tuple(Prose(plain(line)) for line in lines)
    return replace(case, sections=(Section("Put here for you alone", said), *case.sections)) if said else case
