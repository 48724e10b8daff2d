"""Statistics from which nobody can be worked out (Rulebook W4: anonymised, small numbers suppressed).

Every number that leaves is a multiple of the area's smallest number. Each month is rounded once, from the
whole down to its parts; every other table, total and quarter is added up from those rounded numbers. So
whoever holds all that was published for any periods holds no more than those, and however they reckon, and
though they know this file, each number fits several true ones: the tests try every table there is.

Not promised of one period published twice, with something corrected or the setting changed in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.periods import Period
from minutes.actions import Status

LEVELS: tuple[Risk | None, ...] = (*Risk, None)  # none: the meeting recorded no outcome
_KINDS = {
    "Repeat": (Group.REPEAT_NO_SAFEGUARDS, Group.REPEAT_SAFEGUARDS),
    "New": (Group.NEW_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS),
    "Disclosure scheme": (Group.DISCLOSURE,),
}
Rounded = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The true numbers, by the first day of each month; none of them leaves the service."""

    incidents: Mapping[tuple[date, Risk], int]
    heard: Mapping[tuple[date, Group, Risk | None], int]
    actions: Mapping[tuple[date, Status], int]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it may be published: its lines, its columns, and rounded numbers."""

    title: str
    of: str  # what its lines are
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """Of each column, added up from what the lines say."""
        return tuple(map(sum, zip(*(numbers for _, numbers in self.lines), strict=True)))


def rounded(table: Sequence[Sequence[int]], base: int) -> Rounded:
    """A table in multiples of `base`: first its whole, to the nearest; then its lines; then their numbers.

    The parts of a whole always add up to it. Each number becomes the multiple below or above it.
    """
    wholes = _shared(_nearest(sum(map(sum, table)), base), [sum(line) for line in table], base)
    return tuple(_shared(whole, line, base) for whole, line in zip(wholes, table, strict=True))


def _nearest(number: int, base: int) -> int:
    return (2 * number + base) // (2 * base) * base


def _shared(whole: int, parts: Sequence[int], base: int) -> tuple[int, ...]:
    """The multiples below, but for as many as `whole` asks for: those nearest to the next one go up."""
    below = [part - part % base for part in parts]
    nearest = sorted(range(len(parts)), key=lambda at: -(parts[at] % base))
    up = set(nearest[: (whole - sum(below)) // base])
    return tuple(low + base * (at in up) for at, low in enumerate(below))


def tables(period: Period, counts: Counts, base: int) -> tuple[Table, ...]:
    """What may be published of a period: incidents, cases heard, repeats, actions."""
    each = [_month(one.first, counts, base) for one in period.months]
    incidents, heard, actions = ([month[at] for month in each] for at in range(3))
    months = [one.label for one in period.months]
    return (
        Table("Domestic incidents by month", "Month", tuple(risk.value.capitalize() for risk in Risk),
              tuple((month, line) for month, (line,) in zip(months, incidents, strict=True))),
        Table("Cases heard at MARAC by group and level of risk", "Group", tuple(map(_level, LEVELS)),
              tuple((f"{group.value}: {group.title}", numbers)
                    for group, numbers in zip(Group, _added(heard), strict=True))),
        Table("Repeat cases heard at MARAC", "Month", tuple(_KINDS),
              tuple((month, tuple(_of(groups, one) for groups in _KINDS.values()))
                    for month, one in zip(months, heard, strict=True))),
        Table("Actions due by what became of them", "What became of them", ("Actions",),
              tuple((status.label, (number,))
                    for status, number in zip(Status, _added(actions)[0], strict=True))),
    )  # fmt: skip


def _month(first: date, counts: Counts, base: int) -> tuple[Rounded, Rounded, Rounded]:
    """The only numbers there are: of one month, each table rounded once."""
    return (
        rounded([[counts.incidents.get((first, risk), 0) for risk in Risk]], base),
        rounded([[counts.heard.get((first, group, level), 0) for level in LEVELS] for group in Group], base),
        rounded([[counts.actions.get((first, status), 0) for status in Status]], base),
    )


def _added(months: Sequence[Rounded]) -> Rounded:
    """Place by place."""
    return tuple(tuple(map(sum, zip(*lines, strict=True))) for lines in zip(*months, strict=True))


def _of(groups: Sequence[Group], heard: Rounded) -> int:
    return sum(sum(heard[group - 1]) for group in groups)


def _level(risk: Risk | None) -> str:
    return risk.value.capitalize() if risk else "Not recorded"
