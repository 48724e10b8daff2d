"""Who was exposed to what in a breach, drawn from the access log (Rulebook V3; security.md E)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access log: identifiers, never a person. `agency` is the account's at that time.

    A line without an agency, as a command at the machine leaves it, has "" and is shown like any other.
    """

    account: str
    agency: str
    subject: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one account of one agency did with one thing, how often, and between when and when."""

    agency: str
    account: str
    subject: str
    actions: tuple[str, ...]
    times: int
    first: datetime
    last: datetime


def exposed(
    log: Iterable[Access], subjects: AbstractSet[str], since: datetime, until: datetime
) -> tuple[Exposure, ...]:
    """Who opened, fetched or was sent any of `subjects` from `since` to `until`, both counted (Rulebook V3).

    Everybody is listed, entitled or not: who was is for a person to judge. By agency, account and thing.
    """
    by: dict[tuple[str, str, str], list[Access]] = {}
    for line in log:
        if line.subject in subjects and since <= line.at <= until:
            by.setdefault((line.agency, line.account, line.subject), []).append(line)
    return tuple(
        Exposure(
            *key,
            tuple(sorted({line.action for line in lines})),
            len(lines),
            min(line.at for line in lines),
            max(line.at for line in lines),
        )
        for key, lines in sorted(by.items())
    )


def agencies(exposures: Iterable[Exposure]) -> tuple[str, ...]:
    """The agencies that were exposed, each once."""
    return tuple(sorted({one.agency for one in exposures if one.agency}))
