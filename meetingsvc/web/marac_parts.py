"""What stands at the front of an agenda's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from agenda.fitting import Fit, asked_for
from meetingsvc.permissions import Principal
from meetingsvc.store import actions, areas, marac_front
from meetingsvc.store.actions import Action
from meetingsvc.store.marac import Agenda, Line
from meetingsvc.store.marac_front import Ending


@dataclass(frozen=True, slots=True)
class Front:
    """Cases that waited, open actions of earlier meetings, cases that reach twelve months, and the time."""

    waited: tuple[Line, ...]
    open_actions: tuple[tuple[Line, tuple[Action, ...]], ...]
    ending: tuple[Ending, ...]
    fit: Fit
    comes: frozenset[UUID]  # cases whose referrers gave this MARAC's day
    by_id: Mapping[UUID, Line]

    def overdue(self, today: date) -> int:
        """How many of the open actions are overdue (Rulebook A2)."""
        return sum(action.is_overdue(today) for _, told in self.open_actions for action in told)

    @property
    def open(self) -> int:
        """How many actions are open."""
        return sum(len(told) for _, told in self.open_actions)

    @property
    def on(self) -> frozenset[UUID]:
        """The cases of the agenda."""
        return frozenset(line.case_id for line in self.by_id.values())


def front(who: Principal, agenda: Agenda, attends: Mapping[UUID, Sequence[Any]]) -> Front:
    """As far as the reader sees the cases (Rulebook M6)."""
    settings = areas.settings_of(areas.by_id(who.area_id))
    told = actions.still_open(who, [line.case_id for line in agenda.lines])
    runs = who.runs_meetings
    ending = marac_front.ending(who, agenda.sitting, settings) if runs else []
    return Front(
        waited=tuple(line for line in agenda.lines if line.waited),
        open_actions=tuple(
            (line, tuple(told[line.case_id])) for line in agenda.lines if line.case_id in told
        ),
        ending=tuple(ending),
        fit=marac_front.fit(agenda, settings, {one.case_id for one in ending}, attends),
        comes=frozenset(
            case_id for case_id, said in attends.items()
            if asked_for(agenda.sitting.sits_on, (one.text for one in said))
        ),
        by_id={line.item_id: line for line in agenda.lines},
    )  # fmt: skip
