"""The ladders that disagreements go up, as data (Rulebook V4, W2).

ESC allows each step of a professional disagreement five working days at most. Its appendix 3, for child
protection conferences, names no days of its own: that an agency does not attend, or sends no report in time,
goes to its safeguarding lead; the general limit holds for that and what follows. Its appendix 4, for child
death overview, counts in days and can be read in part only: 21 days to complete the form, a reminder by the
system before, and 14 days for each of the panel chair's letters. What cannot be read is practice, and shorter
rather than longer. An area sets its own counts (`disagreement.timed`).
"""

from enum import StrEnum

from agenda.clocks import Length, Unit
from agenda.disagreement import Ladder, Rung
from agenda.moves import Who

_FIVE = Length(5, Unit.WORKING_DAYS)
_WEEK, _FORTNIGHT, _THREE_WEEKS = (Length(days, Unit.DAYS) for days in (7, 14, 21))
_RAISER, _MANAGER = frozenset({Who.RAISER}), frozenset({Who.MANAGER})
_COORDINATOR, _CHAIR = frozenset({Who.COORDINATOR}), frozenset({Who.CHAIR})
#: Whoever raised it says whether it is settled: nobody ends it over their heads before the last step. There
#: the partnership determines what is done, and the chair records it.
_SETTLES = _RAISER | _MANAGER


class Professional(StrEnum):
    """The seven steps of ESC."""

    DISCUSSION = "1. practitioners discuss it"
    WRITTEN = "2. challenged in writing"
    LINE_MANAGER = "3. with the line manager or safeguarding lead"
    COUNTERPARTS = "4. between the managers"
    HEADS_OF_SERVICE = "5. with the heads of service"
    PARTNERSHIP = "6. with the safeguarding partnership"
    DEBRIEF = "7. restorative debrief"
    CLOSED = "closed"


PROFESSIONAL = Ladder(
    "Professional disagreement",
    (
        Rung(Professional.DISCUSSION, _FIVE, _RAISER),
        Rung(Professional.WRITTEN, _FIVE, _RAISER),
        Rung(Professional.LINE_MANAGER, _FIVE, _MANAGER),
        Rung(Professional.COUNTERPARTS, _FIVE, _MANAGER),
        Rung(Professional.HEADS_OF_SERVICE, _FIVE, _MANAGER),
        Rung(Professional.PARTNERSHIP, _FIVE),
    ),
    _SETTLES,
    Professional.CLOSED,
    Rung(Professional.DEBRIEF, _FIVE, _SETTLES | _CHAIR),
    _CHAIR,
)


class Conference(StrEnum):
    """An agency's contribution to a child protection conference (ESC appendix 3)."""

    SAFEGUARDING_LEAD = "1. with the agency’s safeguarding lead"
    COUNTERPARTS = "2. between the managers"
    HEADS_OF_SERVICE = "3. with the heads of service"
    PARTNERSHIP = "4. with the safeguarding partnership"
    DEBRIEF = "5. restorative debrief"
    CLOSED = "closed"


CONFERENCE = Ladder(
    "Child protection conference",
    (
        Rung(Conference.SAFEGUARDING_LEAD, _FIVE, _RAISER),
        Rung(Conference.COUNTERPARTS, _FIVE, _MANAGER),
        Rung(Conference.HEADS_OF_SERVICE, _FIVE, _MANAGER),
        Rung(Conference.PARTNERSHIP, _FIVE),
    ),
    _SETTLES,
    Conference.CLOSED,
    Rung(Conference.DEBRIEF, _FIVE, _SETTLES | _CHAIR),
    _CHAIR,
)


class ChildDeath(StrEnum):
    """Information an agency owes the child death overview panel (ESC appendix 4)."""

    FORM = "1. form asked for"
    SAFEGUARDING_LEAD = "2. asked for by the safeguarding lead"
    CHIEF_EXECUTIVE = "3. chief executive written to"
    PARTNERSHIP = "4. partnership member written to, the statutory duty named"
    CONSIDERED = "5. considered with what there is"
    RECEIVED = "received, or done without"


CHILD_DEATH = Ladder(
    "Child death overview",
    (
        Rung(ChildDeath.FORM, _THREE_WEEKS, _COORDINATOR),
        Rung(ChildDeath.SAFEGUARDING_LEAD, _WEEK, _COORDINATOR),  # days: practice
        Rung(ChildDeath.CHIEF_EXECUTIVE, _WEEK, _CHAIR),  # days: practice
        Rung(ChildDeath.PARTNERSHIP, _FORTNIGHT, _CHAIR),
        Rung(ChildDeath.CONSIDERED, None),
    ),
    _COORDINATOR | _CHAIR,
    ChildDeath.RECEIVED,
)


class ChildDeathOutside(StrEnum):
    """The same, of a service outside, once the panel has met and could not help (ESC appendix 4)."""

    SENIOR_MANAGER = "1. senior manager written to"
    PARTNERSHIP = "2. partnership member written to, the statutory duty named"
    CONSIDERED = "3. considered with what there is"
    RECEIVED = "received, or done without"


CHILD_DEATH_OUTSIDE = Ladder(
    "Child death overview, a service outside",
    (
        Rung(ChildDeathOutside.SENIOR_MANAGER, _FORTNIGHT, _CHAIR),
        Rung(ChildDeathOutside.PARTNERSHIP, _FORTNIGHT, _CHAIR),
        Rung(ChildDeathOutside.CONSIDERED, None),
    ),
    _COORDINATOR | _CHAIR,
    ChildDeathOutside.RECEIVED,
)
