"""The risk tool filled in within a referral: kept as answered, read with the area's bands (field.md C)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agenda.feed_values import clean
from agenda.incidents import Risk
from agenda.risk_tool_registry import TOOLS, tool
from agenda.risk_tools import Bands, Count, Counting, Result, Tool, count, judgement_problems, level, result

DEFAULT = TOOLS[0]


@dataclass(frozen=True, slots=True)
class Filled:
    """A tool with its answers so far, and a level that judgement settled on."""

    tool: Tool = DEFAULT
    answers: Mapping[str, str] = field(default_factory=dict)
    judged: Risk | None = None
    reason: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything was answered."""
        return bool(self.answers or self.judged or self.reason.strip())

    @property
    def count(self) -> Count:
        """The points so far."""
        return count(self.tool, self.answers)


def read(kept: Mapping[str, Any]) -> Filled:
    """As it was kept. A tool that there is no more reads as the first one, unanswered."""
    found = tool(str(kept.get("tool", "")), str(kept.get("version", "")))
    return typed(found, kept.get("answers") or {}, kept.get("judged", ""), kept.get("reason", ""))


def typed(of: Tool | None, answers: Mapping[str, str], judged: str, reason: str) -> Filled:
    """What was sent, with the tool's own questions alone."""
    if of is None:
        return Filled()
    options = {option.id for option in of.options}
    asked = (question.id for question in of.questions)
    found = {name: answers[name] for name in asked if answers.get(name) in options}
    risk = Risk(judged) if judged in set(Risk) else None
    return Filled(of, found, risk, clean(reason, prose=True)[0])


def kept(told: Filled) -> dict[str, Any]:
    """For the database; `read` gives the same one."""
    return {
        "tool": told.tool.id, "version": told.tool.version, "answers": dict(told.answers),
        "judged": told.judged.value if told.judged else "", "reason": told.reason,
    }  # fmt: skip


def problems(told: Filled, bands: Bands) -> dict[str, str]:
    """What cannot stand, by field; nothing where nothing was answered: a count on paper will do."""
    if not told.begun:
        return {}
    has_total = told.tool.counting is Counting.POINTS
    counted = level(told.count.points, told.tool.bands or bands) if has_total else None
    return {
        f"risk-{name}": why for name, why in judgement_problems(counted, told.judged, told.reason).items()
    }


def came_to(told: Filled, bands: Bands) -> Result | None:
    """What the tool came to; None where it was not filled in here, or cannot stand yet."""
    if not told.begun or problems(told, bands):
        return None
    return result(told.tool, told.answers, bands, told.judged, told.reason)
