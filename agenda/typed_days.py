"""Days as people write them: in figures, or with the month in words."""

import re
from datetime import date

from agenda.calendar import add_months, day_words

#: So far ahead a day to come is meant (practice); what is later is a year that was mistyped.
MONTHS_AHEAD = 12
MONTHS = "january february march april may june july august september october november december".split()
_WRITTEN = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHORTEST = 3  # letters of a month
_LIKE_A_DAY = re.compile(r"(?<![\w./-])(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?![\w./-])", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -]+([a-z]+)\.?,?[ -]+(\d{4})", re.ASCII)


def no_date(text: str) -> str:
    """What looks like a date in a line and is none, as `31/2/1990`; "" where there is nothing like it."""
    for found in _LIKE_A_DAY.finditer(text):
        try:
            date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            return found[0]
    return ""


def month_of(word: str) -> int | None:
    """The number of a month by its name or the beginning of it, as `Mar`; None of any other word."""
    said = word.strip().casefold().removesuffix(".")
    said = "sep" if said == "sept" else said
    named = [at for at, month in enumerate(MONTHS, 1) if month.startswith(said)]
    return named[0] if len(said) >= _SHORTEST and named else None


def a_day(said: str) -> date:
    """A day of any time, so with all of its year: `27/3/1984`, `1984-03-27`, or `27 March 1984`.

    Raises ValueError on anything else.
    """
    if told := _IN_WORDS.fullmatch(" ".join(said.casefold().split())):
        month = month_of(told[2])
        if month is None:
            raise ValueError(told[2])
        return date(int(told[3]), month, int(told[1]))
    if "/" not in said:
        return date.fromisoformat(said)
    day, month_told, year = said.split("/")
    if len(year.strip()) != len("1984"):
        raise ValueError(year)
    return date(int(year), int(month_told), int(day))


def too_far(day: date, today: date) -> str | None:
    """Why a day by which something is to happen cannot be meant; None where it can. A mistyped year would put
    a duty off for good (Rulebook A2, F1, F5)."""
    if day <= add_months(today, MONTHS_AHEAD):
        return None
    return f"{day_words(day)} is more than {MONTHS_AHEAD} months ahead. Check the year"


def day_from(text: str) -> date:
    """A day of this time, in one box: `27/11/2026`, `27 11 26`, `2026-11-27` or `27 November 2026`.

    Raises ValueError on anything else.
    """
    if found := _ISO.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := _WRITTEN.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    return a_day(text)
