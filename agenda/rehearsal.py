"""Rehearsing a meeting with invented cases: what may be chosen, and how everything in it is marked."""

from dataclasses import dataclass

#: On every page that shows anything of a rehearsal, on paper as on the screen.
MARKING = "REHEARSAL: EVERY CASE IS INVENTED"
#: How many cases a meeting has.
SIZES = (5, 15, 40)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which meetings are rehearsed, and with how many cases each."""

    daily: bool
    marac: bool
    cases: int

    def problem(self) -> str | None:
        """Why it cannot be made; None where it can."""
        if not (self.daily or self.marac):
            return "Choose which meeting you rehearse."
        if self.cases not in SIZES:
            return "Choose how many cases a meeting has."
        return None
