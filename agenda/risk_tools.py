"""Risk tools as data: questions, answers, what counts, and what the count says (field.md C, D).

A tool is its questions and its version: one answered under an older version is read by that version's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agenda.incidents import RISKS, Risk
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer, and the points it counts."""

    id: str
    label: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question in our own short words."""

    id: str
    label: str


class Counting(StrEnum):
    """What the answers come to."""

    POINTS = "points"  # added up, and measured against the area's bands
    JUDGEMENT = "judgement"  # no total: the professional says the level, with the reason


@dataclass(frozen=True, slots=True)
class Bands:
    """From how many points a result is high, and from how many medium. Settings of the area."""

    high: int = field(default=14, metadata={"rule": "field C", "label": "DASH: high risk from"})
    medium: int = field(default=10, metadata={"rule": "field C", "label": "DASH: medium risk from"})


BANDS = Bands()


@dataclass(frozen=True, slots=True)
class Tool:
    """A risk tool. Without questions it is filled on its own form, and its result recorded here."""

    id: str
    name: str
    version: str
    questions: tuple[Question, ...]
    options: tuple[Option, ...]
    counting: Counting = Counting.POINTS
    bands: Bands | None = None  # where the tool says, not the area
    ages: tuple[int, int] | None = None  # of the victim, both counted

    @property
    def filled_here(self) -> bool:
        """Whether its questions are asked by the service."""
        return bool(self.questions)

    @property
    def highest(self) -> int:
        """The most points there are."""
        return len(self.questions) * max((option.points for option in self.options), default=0)


@dataclass(frozen=True, slots=True)
class Count:
    """How far a tool is filled: shown beside the questions while it is being filled."""

    points: int
    highest: int
    left: int  # not answered yet
    not_known: int  # answered, and by not knowing

    @property
    def words(self) -> str:
        """`9 of 24, 3 left to answer, 2 not known`."""
        more = [f"{self.left} left to answer"] if self.left else []
        more += [f"{self.not_known} not known"] if self.not_known else []
        return ", ".join([f"{self.points} of {self.highest}", *more])


@dataclass(frozen=True, slots=True)
class Result:
    """What the count says, beside the level a professional settled on: neither replaces the other."""

    count: Count
    counted: Risk | None  # None where the tool has no total
    level: Risk
    reason: str = ""
    threshold: int | None = None

    @property
    def visibly_high(self) -> bool:
        """High by the tool itself: by its count or, where it has none, by the level it was filled in with."""
        return (self.counted or self.level) is Risk.HIGH

    @property
    def raised(self) -> bool:
        """Whether judgement went beyond the count."""
        return self.counted is not None and self.level.rank > self.counted.rank

    @property
    def words(self) -> str:
        """How the count compares with the area's threshold."""
        if self.threshold is None:
            return "This tool has no total."
        return f"{self.count.points} of {self.count.highest}; high risk from {self.threshold}."


DONT_KNOW = "dont know"
YES_NO_DONT_KNOW = (Option("yes", "Yes", 1), Option("no", "No"), Option(DONT_KNOW, "Don't know"))


def problems(tool: Tool, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers that are none of the tool's, by question; a question left open is none of them."""
    known = {option.id for option in tool.options}
    asked = {question.id for question in tool.questions}
    found = {name: "This question is not one of the tool's" for name in answers.keys() - asked}
    return found | {
        name: "Choose one of the answers"
        for name, answer in answers.items()
        if name in asked and answer and answer not in known
    }


def count(tool: Tool, answers: Mapping[str, str]) -> Count:
    """The points so far. Not knowing counts nothing, and is told apart from no (field.md C)."""
    points = {option.id: option.points for option in tool.options}
    given = [answers.get(question.id, "") for question in tool.questions]
    return Count(
        sum(points.get(answer, 0) for answer in given),
        tool.highest,
        sum(answer not in points for answer in given),
        given.count(DONT_KNOW),
    )


def level(points: int, bands: Bands) -> Risk:
    """What a total says under the bands: the threshold itself counts as reached."""
    if points >= bands.high:
        return Risk.HIGH
    return Risk.MEDIUM if points >= bands.medium else Risk.STANDARD


def judgement_problems(counted: Risk | None, judged: Risk | None, reason: str) -> dict[str, str]:
    """Judgement may raise the result with a reason, and never lower it (field.md C; Rulebook T13 alike).

    Where a tool has no total, judgement is the result, with its reason.
    """
    if counted is None and judged is None:
        return {"judged": "Choose the level of risk"}
    if len(reason) > REASON_LENGTH:
        return {"reason": f"The reason must be {REASON_LENGTH:,} characters or fewer"}
    if judged is None or judged is counted:
        return {}
    if counted is not None and judged.rank < counted.rank:
        return {"judged": f"The answers come to {counted} risk. Judgement can raise that, not lower it"}
    if not reason.strip():
        return {"reason": f"Say why you judge the risk to be {judged}"}
    return {}


def result(
    tool: Tool, answers: Mapping[str, str], area: Bands, judged: Risk | None = None, reason: str = ""
) -> Result:
    """What the tool came to; raises RuleBroken where an answer or the judgement cannot stand."""
    total = count(tool, answers)
    bands = tool.bands or area
    has_total = tool.counting is Counting.POINTS
    counted = level(total.points, bands) if has_total else None
    found = problems(tool, answers) | judgement_problems(counted, judged, reason)
    if found:
        raise RuleBroken(f"{next(iter(found.values()))}.")
    settled = max(filter(None, (counted, judged)), key=RISKS.index)
    kept = reason.strip() if counted is None or settled is not counted else ""
    return Result(total, counted, settled, kept, bands.high if has_total else None)
