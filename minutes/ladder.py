"""A child on the ladder of panels: up, stay, down or leave, each decided with a level and a reason (E1)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.moves import REASON_LENGTH
from agenda.panels import Panel
from agenda.review_dates import chosen_problem, review_by
from agenda.rules import RuleBroken
from agenda.transition import Stage, Transition, stage


class Decision(StrEnum):
    """What a meeting decides of a child; the value is stored."""

    UP = "up"
    STAY = "stay"
    DOWN = "down"
    LEAVE = "leave"


class Ground(StrEnum):
    """Why a child leaves; the value is stored."""

    RISK_REDUCED = "the risk is reduced"
    MOVED = "moved to another area"
    TRANSITION = "grown out, with the transition planned"
    DIED = "died"

    @property
    def label(self) -> str:
        """As a choice."""
        return self.value[0].upper() + self.value[1:]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on one child. None is a question not answered yet."""

    decision: Decision | None
    level: Risk | None
    reason: str = ""
    ground: Ground | None = None  # of leaving
    goes_on: str = ""  # of leaving: who goes on working with the child
    review_on: date | None = None  # sooner than the panel's interval


@dataclass(frozen=True, slots=True)
class Made:
    """A decision as it was made. `confirmed_by` is the second person's, where one was needed; `to` the panel
    it led to, "" out of the ladder, so that a ladder changed since moves nobody."""

    told: Decided
    panel: str
    on: date
    at: datetime
    by: str
    confirmed_by: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a child stands: at which panel, "" once they left; and the level of risk that stands."""

    at: str
    level: Risk | None = None


class Screened(NamedTuple):
    """A level that a screening said, and when."""

    at: datetime
    level: Risk


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a child beside what was decided; `off`: the days on which nobody works."""

    born: date | None = None
    screened: tuple[Screened, ...] = ()
    off: AbstractSet[date] = frozenset()
    planned: Transition | None = None

    def latest(self, panel: Panel, on: date) -> date | None:
        """The last day on which one that stays is heard again."""
        return review_by(on, panel, self.born, self.off)

    def grows_out(self, panel: Panel, on: date) -> Stage:
        """How the transition stands on that day."""
        return stage(self.born, panel, on, self.planned)


def goes_to(ladder: Sequence[Panel], at: str, decision: Decision) -> str | None:
    """The panel that a decision leads to, "" out of the ladder; None where it leads nowhere (Rulebook E1)."""
    codes = [panel.code for panel in ladder]
    if at not in codes:
        return None
    place = codes.index(at)
    match decision:
        case Decision.UP:
            above = ladder[place].up
            return above if above in codes else None
        case Decision.DOWN:
            return next((panel.code for panel in ladder if panel.up == at), None)
        case Decision.STAY:
            return at
        case Decision.LEAVE:
            return ""


def problems(
    told: Decided, before: Standing, panel: Panel, ladder: Sequence[Panel], on: date, beside: Beside
) -> dict[str, str]:
    """What keeps a decision from being recorded, by field; empty where nothing does (Rulebook E1).

    `panel` is the one that decides, `on` the day it sits.
    """
    found: dict[str, str] = {}
    if told.decision is None:
        found["decision"] = "Choose whether the child goes up, stays, goes down or leaves"
    elif before.at != panel.code:
        found["decision"] = "Another meeting has the child now. Nothing changed"
    elif goes_to(ladder, before.at, told.decision) is None:
        found["decision"] = f"There is no panel to go {told.decision.value} to"
    if told.level is None:
        found["level"] = "Choose the level of risk the meeting agreed"
    if not told.reason.strip():
        found["reason"] = "Say why"
    elif len(told.reason) > REASON_LENGTH:
        found["reason"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    if told.review_on is not None and (why := chosen_problem(told.review_on, on, beside.latest(panel, on))):
        found["review_on"] = why
    if told.decision is Decision.LEAVE:
        found |= _leaving_problems(told, beside.grows_out(panel, on))
    return found


def _leaving_problems(told: Decided, grows_out: Stage) -> dict[str, str]:
    """Nobody leaves at the highest level because the risk is less, nor without somebody who goes on, nor as
    grown out who is not about to be (E1). Who goes on is practice.
    """
    if told.ground is None:
        return {"ground": "Choose why the child leaves"}
    if told.ground is Ground.TRANSITION and grows_out in (Stage.DUE, Stage.OVERDUE):
        return {"ground": "Record the plan of the transition first: to whom, and from when"}
    if told.ground is Ground.TRANSITION and grows_out is not Stage.PLANNED:
        return {"ground": "The child’s date of birth does not say that the transition is due"}
    if told.ground is Ground.RISK_REDUCED and told.level is Risk.HIGH:
        return {"ground": "At the highest level of risk a child stays, or goes up"}
    if told.ground is not Ground.DIED and not told.goes_on.strip():
        return {"goes_on": "Enter who goes on working with the child"}
    if len(told.goes_on) > REASON_LENGTH:
        return {"goes_on": f"Use {REASON_LENGTH:,} characters or fewer"}
    return {}


def needs_second(told: Decided, stood: Risk | None, panel: Panel) -> bool:
    """Whether the chair confirms it before it counts: a child leaves who was at the highest level, or of whom
    no level was known, on whatever ground (practice; security.md B, proposer never approves).

    `stood` is `Course.stood`.
    """
    leaves = panel.chair_confirms_leaving and told.decision is Decision.LEAVE
    return leaves and stood in (None, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that was decided of a child, in order; `joined` is where it began.

    Who left and is referred anew begins another course, beside the one before; `left_at` is the level of risk
    at which they left that.
    """

    joined: str
    made: tuple[Made, ...] = ()
    left_at: Risk | None = None

    def standing(self, said: Risk | None = None) -> Standing:
        """Where the child stands. `said` is the level that stands beside the decisions
        (`agenda.level_history.now`): a screening may have raised it since, and the higher counts."""
        levels = [one.told.level for one in self.made[-1:]] + [said]
        known = [level for level in levels if level is not None]
        at = self.made[-1].to if self.made else self.joined
        return Standing(at, max(known, key=lambda level: level.rank, default=None))

    def stood(self, panel: Panel, on: date, beside: Beside) -> Risk | None:
        """The highest level of a child as a meeting began to hear them, at it, and within the panel's review
        before: one meeting does not lower it and let them leave (practice). None where none was known then.
        """
        here = [one.at for one in self.made if (one.panel, one.on) == (panel.code, on)]
        before = [one for one in self.made if not here or one.at < here[0]][-1:]
        known = [one.told.level for one in before] or [self.left_at]
        known += [
            one.level
            for one in beside.screened
            if all(one.at > last.at for last in before) and (not here or one.at < here[0])
        ]

        def counts(day: date) -> bool:
            by = review_by(day, panel, None, beside.off)
            return by is None or by >= on

        lately = [one.told.level for one in self.made if counts(one.on)]
        lately += [one.level for one in beside.screened if counts(local_day(one.at))]
        levels = [level for level in (*known, *lately) if level is not None]
        return max(levels, key=lambda level: level.rank) if any(known) else None

    def after(
        self, one: Made, panel: Panel, ladder: Sequence[Panel], beside: Beside | None = None
    ) -> "Course":
        """With one more decision; raises RuleBroken where it cannot be made."""
        before, known = self.standing(), beside or Beside()
        if found := problems(one.told, before, panel, ladder, one.on, known):
            raise RuleBroken(f"{next(iter(found.values()))}.")
        if self.made and one.at < self.made[-1].at:
            raise RuleBroken("That is earlier than what was decided last.")
        second = needs_second(one.told, self.stood(panel, one.on, known), panel)
        if second and one.confirmed_by in ("", one.by):
            raise RuleBroken("The chair confirms this before the child leaves. Nothing changed.")
        to = goes_to(ladder, before.at, one.told.decision) if one.told.decision else before.at
        return replace(self, made=(*self.made, replace(one, to=before.at if to is None else to)))


def undecided(heard: Sequence[str], decided: Sequence[str]) -> tuple[str, ...]:
    """The children of a meeting on whom nothing was decided: they stay, and are heard at the next (E1).

    Silence takes nobody off. A meeting ends with their number said.
    """
    done = frozenset(decided)
    return tuple(one for one in heard if one not in done)
