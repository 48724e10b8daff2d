"""Applications under the disclosure schemes: stages, clocks, who takes which step (Rulebook Y1, Y2, C4, T9).

The child sex offender scheme runs through the same steps (CALD, appendix 2).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from agenda.calendar import add_working_days, local_day
from agenda.clocks import end_of
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken


class Scheme(StrEnum):
    """Under which scheme."""

    DOMESTIC = "domestic violence"
    CHILD_SEX_OFFENDER = "child sex offender"


class Right(StrEnum):
    """Who set it going: a member of the public asks, or the police act of themselves (DM "Clare's Law")."""

    ASK = "right to ask"
    KNOW = "right to know"


class Stage(StrEnum):
    """How far an application is."""

    APPLIED = "applied for"
    CHECKED = "checked"
    DISCLOSE = "to be disclosed"
    DISCLOSED = "disclosed"
    UNSIGNED = "with the police, the undertaking refused"
    NOT_DISCLOSED = "not to be disclosed"
    WITHDRAWN = "withdrawn"

    @property
    def ended(self) -> bool:
        """Nothing is left to do."""
        return self in (Stage.DISCLOSED, Stage.NOT_DISCLOSED, Stage.WITHDRAWN)


class Step(StrEnum):
    """What is done next."""

    CHECK = "minimum checks done"
    DECIDE_TO_DISCLOSE = "decided to disclose"
    DECIDE_NOT_TO = "decided not to disclose"
    DISCLOSE = "disclosed"
    REFUSE_UNDERTAKING = "undertaking refused"
    DISCLOSE_ALL_THE_SAME = "disclosed without an undertaking"
    WITHHOLD = "withheld after all"
    WITHDRAW = "withdrawn"


_POLICE, _CHAIR = frozenset({Who.POLICE}), frozenset({Who.CHAIR})
_BEFORE_DECISION = frozenset({Stage.APPLIED, Stage.CHECKED})

#: Checking and recording are the police's; the decision is the daily meeting's, confirmed by a chair (C4;
#: security.md B).
#: A recipient who will not sign puts the question back to the police (Y2). A later meeting may decide
#: otherwise while nobody is told: the latest decision counts.
MOVES: Mapping[Step, Move[Stage]] = {
    Step.CHECK: Move(frozenset({Stage.APPLIED}), Stage.CHECKED, _POLICE),
    Step.DECIDE_TO_DISCLOSE: Move(frozenset({Stage.CHECKED, Stage.NOT_DISCLOSED}), Stage.DISCLOSE, _CHAIR),
    Step.DECIDE_NOT_TO: Move(
        frozenset({Stage.CHECKED, Stage.DISCLOSE, Stage.UNSIGNED}),
        Stage.NOT_DISCLOSED,
        _CHAIR,
        "Say why nothing is to be disclosed",
    ),
    Step.DISCLOSE: Move(frozenset({Stage.DISCLOSE}), Stage.DISCLOSED, _POLICE),
    Step.REFUSE_UNDERTAKING: Move(frozenset({Stage.DISCLOSE}), Stage.UNSIGNED, _POLICE),
    Step.DISCLOSE_ALL_THE_SAME: Move(
        frozenset({Stage.UNSIGNED}), Stage.DISCLOSED, _POLICE, "Say why it was disclosed all the same"
    ),
    Step.WITHHOLD: Move(
        frozenset({Stage.DISCLOSE, Stage.UNSIGNED}), Stage.NOT_DISCLOSED, _POLICE, "Say why it was withheld"
    ),
    Step.WITHDRAW: Move(_BEFORE_DECISION, Stage.WITHDRAWN, _POLICE, "Say why the application is withdrawn"),
}


#: What a chair does: they confirm what the daily meeting's outcome says was decided.
CHAIRS = frozenset(step for step, move in MOVES.items() if move.who == _CHAIR)
#: By which somebody is told, or was to be.
TELLS = frozenset({Step.DISCLOSE, Step.REFUSE_UNDERTAKING, Step.DISCLOSE_ALL_THE_SAME})


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long each stage may take, from the application. Settings of the area (Rulebook Y1, practice)."""

    overall_days: int = field(default=28, metadata={"rule": "Y1", "label": "Disclosure scheme, days in all"})
    checks_hours: int = field(default=24, metadata={"rule": "Y1", "label": "Minimum checks within, hours"})
    meet_working_days: int = field(
        default=10, metadata={"rule": "Y1", "label": "Face to face within, working days"}
    )


@dataclass(frozen=True, slots=True)
class Due:
    """By when what is to be done; the last moment still counts."""

    what: str
    by: datetime | date
    done: bool  # or over, because the application has ended
    missed: bool = False  # once it is over: it was not done

    @property
    def ends(self) -> datetime:
        """Its last moment."""
        return self.by if isinstance(self.by, datetime) else end_of(self.by)

    def late(self, now: datetime) -> bool:
        """Not done, and its time is over."""
        return not self.done and now > self.ends


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken; of a meeting's decision that no chair confirmed, who recorded it."""

    step: Step
    at: datetime
    who: Who
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """An application with every step taken on it, in order."""

    scheme: Scheme
    right: Right
    applied_at: datetime
    met_on: date | None = None  # the applicant, face to face
    steps: tuple[Made, ...] = ()

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else Stage.APPLIED

    def after(self, step: Made) -> "Application":
        """With one more step; raises RuleBroken where it is not legal or goes back in time (Rulebook Y1)."""
        if step.at < (self.steps[-1].at if self.steps else self.applied_at):
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[step.step], self.stage, step.who, step.reason)
        return Application(self.scheme, self.right, self.applied_at, self.met_on, (*self.steps, step))


def dues(told: Application, clocks: Clocks, holidays: AbstractSet[date]) -> tuple[Due, ...]:
    """What is due by when: 28 days in all, of which the day of applying is none (Rulebook Y1).

    Only who asks is met face to face; the police's own decision to tell has no applicant.
    """
    day, stage = local_day(told.applied_at), told.stage
    unchecked, by = Step.CHECK not in [one.step for one in told.steps], timedelta(hours=clocks.checks_hours)
    checks = Due("Minimum checks", told.applied_at + by, stage is not Stage.APPLIED, unchecked)
    meet = Due(
        "Face-to-face meeting with the applicant",
        add_working_days(day, clocks.meet_working_days, holidays),
        told.met_on is not None or stage.ended,
        told.met_on is None,
    )
    end, given_up = day + timedelta(days=clocks.overall_days), stage is Stage.WITHDRAWN
    overall = Due("The whole application", end, stage.ended, given_up)
    return (checks, meet, overall) if told.right is Right.ASK else (checks, overall)


class Recipient(StrEnum):
    """To whom it may be disclosed: never to an applicant as such (CALD, appendix 3)."""

    AT_RISK = "person at risk"
    ABLE_TO_SAFEGUARD = "person able to safeguard"

    @property
    def label(self) -> str:
        """As the form asks it."""
        return {
            "person at risk": "The person at risk",
            "person able to safeguard": "Somebody in a position to safeguard the person at risk",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Telling:
    """How a disclosure was made, or was to be (Rulebook Y1, Y2). None is a question not answered."""

    on: date | None
    by: str
    where: str
    to: Recipient | None
    safely: str  # how it was made safe
    in_person: bool | None
    warned: bool | None
    signed: bool | None


def may_tell_from(told: Application, sat_on: date | None) -> date:
    """The first day on which somebody can have been told: that of the decision to disclose which stands, and
    no day before the application (Rulebook Y1).

    `sat_on`: when the meeting sat that decided last. What it decided may be typed a day later.
    """
    decided = [local_day(one.at) for one in told.steps if one.step is Step.DECIDE_TO_DISCLOSE]
    days = [*decided[-1:], *([sat_on] if sat_on and decided else [])]
    return max([local_day(told.applied_at), *([min(days)] if days else [])])


def telling_problems(told: Telling, since: date, today: date) -> dict[str, str]:
    """What keeps a disclosure from being recorded, by field: in person, with a warning (Rulebook Y2).

    `since`: no earlier day than `may_tell_from` (Y1). Whether the undertaking was signed is always told; not
    signed, the step is its refusal.
    """
    found: dict[str, str] = {}
    if told.on is None or told.on > today:
        found["on"] = "Enter the day of the disclosure, today or in the past"
    elif told.on < since:
        found["on"] = "Enter the day of the disclosure, not before it was applied for and decided"
    asks: Sequence[tuple[str, str, str]] = (
        ("by", told.by, "Enter who made the disclosure"),
        ("where", told.where, "Enter where it was made"),
        ("safely", told.safely, "Enter how it was made safely"),
    )
    found |= {name: ask for name, said, ask in asks if not said.strip()}
    if told.to is None:
        found["to"] = "Choose to whom it was disclosed"
    if not told.in_person:
        found["in_person"] = "A disclosure is made in person, never in writing"
    if not told.warned:
        found["warned"] = "The recipient must be warned that breaking confidence can lead to proceedings"
    if told.signed is None:
        found["signed"] = "Say whether the recipient signed the undertaking of confidentiality"
    return found


def step_for(told: Telling) -> Step:
    """What meeting the recipient came to: an undertaking refused is no disclosure yet (Rulebook Y2)."""
    return Step.DISCLOSE if told.signed else Step.REFUSE_UNDERTAKING
