"""What each kind of cell may say: a rule gives trimmed text back in one canonical form (contract: the feed).

Rules know nothing of rows or files, so that the CSV and the JSON door keep the same ones.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from agenda.calendar import LONDON
from agenda.exports import restore

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DAYS_RIGHT = "write YYYY-MM-DD or DD/MM/YYYY"
_YEARS_RIGHT = f"the year must be from {FIRST_YEAR} to {LAST_YEAR}"
_TIMES_RIGHT = "write YYYY-MM-DDTHH:MM, with an offset or in local time, or DD/MM/YYYY HH:MM"
_CLOCK = r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)"
_ISO_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt]| +)" + _CLOCK + r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_UK_TIME = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?:[Tt]| +)" + _CLOCK)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}(?![0-9]).*", re.DOTALL)
_STAFF_OF = re.compile(r"(victim|perpetrator)\s*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_MINUTES = frozenset(f":{minute:02}" for minute in range(60))
_SHOWN = 60
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)  # and bidi overrides
_BREAK = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")

Rule = Callable[[str], str]


class Wrong(ValueError):
    """A value that breaks a rule: what is wrong, and what would be right."""


def shown(text: str) -> str:
    """A value as a message quotes it, cut short where it is long."""
    return f"'{text}'" if len(text) <= _SHOWN else f"'{text[:_SHOWN]}…'"


def clean(text: str, prose: bool = False) -> tuple[str, bool]:
    """Text without control characters and direction overrides, in NFC, trimmed; whether any were taken out.

    Prose keeps its line breaks and tabs; elsewhere they become blanks. Right-to-left letters, accents and
    apostrophes stay. What `neutralise` put in front comes off.
    """
    if text.isascii() and text.isprintable():  # most are, and a third of the time is saved
        return restore(text.strip()).strip(), False
    lines = _BREAK.sub("\n", text)
    kept = _CONTROL.sub("", lines)
    odd = kept != lines
    if not prose and ("\n" in kept or "\t" in kept):
        kept, odd = kept.replace("\n", " ").replace("\t", " "), True
    return unicodedata.normalize("NFC", restore(kept.strip())).strip(), odd


def at_most(longest: int) -> Rule:
    """Free text of so many characters."""

    def rule(text: str) -> str:
        if len(text) > longest:
            raise Wrong(f"{len(text):,} characters long; at most {longest:,} are taken")
        return text

    return rule


def one_of(what: str, values: Iterable[str]) -> Rule:
    """A coded value, whatever its case."""
    known = {str(value): str(value) for value in values}  # plain text, never the member
    *most, last = known
    known |= {value.lower(): value for value in known}
    right = f"write {', '.join(most)} or {last}"

    def rule(text: str) -> str:
        value = known.get(text) or known.get(text.lower())
        if value is None:
            raise Wrong(f"not {what}: {shown(text)}; {right}")
        return value

    return rule


yes_no = one_of("Y or N", ("Y", "N"))


def whole_number(lowest: int, highest: int) -> Rule:
    """A whole number between two others."""

    def rule(text: str) -> str:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest):
            raise Wrong(
                f"not a whole number from {lowest} to {highest}: {shown(text)}; write one, or leave it blank"
            )
        return str(int(text))

    return rule


def staff_of(text: str) -> str:
    """`victim:AGENCY` or `perpetrator:AGENCY`: the agency that employs one of them."""
    if not (found := _STAFF_OF.fullmatch(text)):
        raise Wrong(f"not somebody's employer: {shown(text)}; write victim:AGENCY or perpetrator:AGENCY")
    return f"{found[1].lower()}:{found[2]}"


@lru_cache(maxsize=16384)
def day(text: str) -> str:
    """A date, `YYYY-MM-DD` or `DD/MM/YYYY`, as the former. A two-digit year is an error."""
    iso = f"{text[6:]}-{text[3:5]}-{text[:2]}" if text[2:3] == text[5:6] == "/" else text
    if not (len(iso) == 10 and iso[4] == iso[7] == "-"):
        raise Wrong(f"not a date: {shown(text)}; {_two_digits(text)}{_DAYS_RIGHT}")
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        raise Wrong(f"not a date: {shown(text)}; {_DAYS_RIGHT}, a day that exists") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Wrong(f"not a likely date: {shown(text)}; {_YEARS_RIGHT}")
    return iso


def moment(text: str) -> str:
    """A time, in UTC: ISO 8601 with an offset; or local in Europe/London without one, or `DD/MM/YYYY HH:MM`.

    A local time that does not exist (clocks go forward) is an error; one that happens twice is the first.
    """
    # As nearly every feed writes it; London has never moved its clocks within an hour of them.
    if text[13:] in _MINUTES and (hour := _utc_hour(text[:13])):
        return f"{hour}{text[13:]}:00+00:00"
    return _moment(text)


@lru_cache(maxsize=8192)
def _utc_hour(local: str) -> str:
    """A local hour (`YYYY-MM-DD HH`, `DD/MM/YYYY HH`) in UTC, or "" where it is not one that exists."""
    try:
        return _moment(f"{local}:00")[:13]
    except Wrong:
        return ""


def _moment(text: str) -> str:
    if iso := _ISO_TIME.fullmatch(text):
        on, clock, offset = iso.groups()
    elif uk := _UK_TIME.fullmatch(text):
        on, clock, offset = f"{uk[3]}-{uk[2]}-{uk[1]}", uk[4], None
    else:
        raise Wrong(f"not a time: {shown(text)}; {_two_digits(text)}{_TIMES_RIGHT}")
    if not FIRST_YEAR <= int(on[:4]) <= LAST_YEAR:
        raise Wrong(f"not a likely time: {shown(text)}; {_YEARS_RIGHT}")
    try:
        if offset:
            return datetime.fromisoformat(f"{on}T{clock}{offset.upper()}").astimezone(UTC).isoformat()
        local = datetime.fromisoformat(f"{on}T{clock}")
    except ValueError:
        raise Wrong(f"not a time: {shown(text)}; {_TIMES_RIGHT}, a time that exists") from None
    shift = _shift(on)
    return (local - shift).isoformat() + "+00:00" if shift is not None else _on_a_changing_day(local, text)


def day_or_moment(text: str) -> str:
    """A date or a time, as `day` and `moment` give them."""
    return moment(text) if ":" in text else day(text)


@lru_cache(maxsize=4096)
def local_day(utc_hour: str) -> date:
    """The local day of an hour of UTC (`YYYY-MM-DDTHH`): in London the two never part within an hour."""
    return datetime.fromisoformat(utc_hour + ":00+00:00").astimezone(LONDON).date()


@lru_cache(maxsize=1024)
def _shift(iso_day: str) -> timedelta | None:
    """How far London is from UTC on a day, or None on one when the clocks change."""
    midnight = datetime.fromisoformat(iso_day).replace(tzinfo=LONDON)
    ahead = midnight.utcoffset()
    return ahead if ahead == (midnight + timedelta(days=1)).utcoffset() else None


def _on_a_changing_day(local: datetime, text: str) -> str:
    utc = local.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if utc.astimezone(LONDON).replace(tzinfo=None) != local:
        raise Wrong(
            f"not a time: {shown(text)} did not exist, the clocks went forward; write it with its offset"
        )
    return utc.isoformat()


def _two_digits(text: str) -> str:
    return "the year needs four digits, " if _SHORT_YEAR.fullmatch(text) else ""


def keep_rules(rules: Mapping[str, Rule], values: dict[str, str]) -> list[tuple[str, str]]:
    """Put every value into its canonical form, in place; give back what breaks one, and how."""
    wrong = []
    for column, text in values.items():
        try:
            values[column] = rules[column](text)
        except Wrong as error:
            wrong.append((column, str(error)))
    return wrong


def blanks(required: Iterable[str], values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The required columns that say nothing."""
    return [(column, "blank; this column must be filled in") for column in required if column not in values]
