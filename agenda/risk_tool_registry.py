"""Which risk tools there are. Another one, or a new version of one, is a line here (field.md D)."""

from agenda.risk_tool_dash import DASH, YOUNG_PERSON
from agenda.risk_tools import Counting, Tool

#: Filled on their own forms, which are not ours to print: the level is recorded with its reason.
DARA = Tool("dara", "DARA", "1", (), (), Counting.JUDGEMENT)
MERIT = Tool("merit", "MeRIT", "1", (), (), Counting.JUDGEMENT)

#: Every version ever used, the newest of each tool last.
TOOLS: tuple[Tool, ...] = (DASH, YOUNG_PERSON, DARA, MERIT)


def tool(name: str, version: str) -> Tool | None:
    """The version under which answers were given, to be read by."""
    return next((one for one in TOOLS if (one.id, one.version) == (name, version)), None)


def current() -> tuple[Tool, ...]:
    """The newest version of each tool, in the registry's order: what a form offers."""
    return tuple({one.id: one for one in TOOLS}.values())


def fits_age(one: Tool, age: int | None) -> bool:
    """Whether a tool is meant for a victim of this age; one not known leaves the choice to the referrer."""
    return one.ages is None or age is None or one.ages[0] <= age <= one.ages[1]
