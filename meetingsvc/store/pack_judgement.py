"""What led a case to a MARAC, in the words of its pack (Rulebook M1)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from agenda.calendar import day_words
from agenda.incidents import Risk
from meetingsvc.models import ItemRow, OutcomeRow
from minutes.outcome import CaseRisk, Disclosure

Heard = Sequence[tuple[OutcomeRow, ItemRow, date]]
Decided = Mapping[UUID, Sequence[Disclosure]]


def judgement(line: ItemRow, heard: Heard, decided: Decided, emergency: bool) -> Iterable[str]:
    """What led to this line of an agenda, the daily meetings first."""
    yield from judged(heard, decided)
    if line.moved_reason:
        yield f"Moved to discussion, because an agency could not confirm it: {line.moved_reason}"
    if line.put_off:
        yield f"Moved from an earlier MARAC: {line.put_off}"
    if line.added_reason:
        yield f"{'Called in an emergency' if emergency else 'Added late'}: {line.added_reason}"


def judged(heard: Heard, decided: Decided) -> Iterable[str]:
    """What each daily meeting found and decided, in words; `decided`: on which applications (C4)."""
    for outcome, item, day in heard:
        if len(heard) > 1:
            yield f"At the daily meeting of {day_words(day)}:"
        yield f"Risk: {CaseRisk(Risk(item.risk), Risk(outcome.risk)).words}."
        if outcome.in_place is not None:
            yield f"Safeguards are {'' if outcome.in_place else 'not '}in place."
        for one in decided.get(item.id, ()):
            yield one.words
        if outcome.group != outcome.proposed_group:
            proposed = f"where the service proposed {outcome.proposed_group}"
            yield f"Group {outcome.group} was chosen {proposed}: {outcome.group_reason}"
        if outcome.notes:
            yield outcome.notes
