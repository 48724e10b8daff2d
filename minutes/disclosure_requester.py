"""Who asks, for what purpose, about whom and by when; and who they are to the case (Rulebook X1, X5, F3)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Details, is_sure, shared
from agenda.matching_typed import could_be
from agenda.rules import RuleBroken
from agenda.spelling import name_tokens
from minutes.disclosure_kinds import Kind

NAME_LENGTH = 200
TEXT_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """What is written down of a request as it comes in."""

    kind: Kind
    name: str
    organisation: str
    purpose: str
    about: tuple[UUID, ...]
    received_at: datetime | None
    hearing_at: datetime | None = None
    court: str = ""
    accepts_protocol: bool = False
    wanted_on: date | None = None


def problems(told: Told, on_case: Collection[UUID], now: datetime) -> dict[str, str]:
    """What keeps a request from being logged, by field: who asks, for what, about whom, by when (X1, X3, X5).

    A partner's request for notes about its client abides by the protocol. A request by the public is about
    nobody in particular, and what it is given tells of nobody.
    """
    found = _text_problems(told)
    if told.received_at is None or told.received_at > now:
        found["received_at"] = "Enter when the request came, now or in the past"
    if not set(told.about) <= set(on_case):
        found["about"] = "One of the people you chose is not on this case"
    elif told.about and not told.kind.may_be_about:
        found["about"] = "What anybody may read is about nobody: choose no person"
    elif told.kind.may_be_about and not told.about:
        found["about"] = "Choose whom the request is about"
    if told.kind is Kind.PARTNER and not told.accepts_protocol:
        found["accepts_protocol"] = "Confirm that the agency abides by the protocol with these notes"
    return found | _time_problems(told) | (_court_problems(told) if told.kind is Kind.COURT else {})


def _time_problems(told: Told) -> dict[str, str]:
    """By when: what no law and no hearing gives a time may have the day on which it is wanted. Where nobody
    named one it has no clock, and is looked at again (`request_clocks.look_at`)."""
    if told.wanted_on and told.received_at and told.wanted_on < local_day(told.received_at):
        return {"wanted_on": "It is wanted on the day it came, or after"}
    return {}


def _text_problems(told: Told) -> dict[str, str]:
    asks = (
        ("name", told.name, "Enter who asks", NAME_LENGTH),
        ("purpose", told.purpose, "Enter for what purpose it is asked", TEXT_LENGTH),
    )
    found = {name: ask for name, said, ask, _ in asks if not said.strip()}
    found |= {
        name: f"Use {most:,} characters or fewer" for name, said, _, most in asks if len(said.strip()) > most
    }
    own = told.kind is Kind.SUBJECT_ACCESS
    if (not own and not told.organisation.strip()) or len(told.organisation.strip()) > NAME_LENGTH:
        found["organisation"] = f"Enter for whom they ask, in up to {NAME_LENGTH} characters"
    return found


def _court_problems(told: Told) -> dict[str, str]:
    """The date of the hearing is kept (Rulebook X3)."""
    found = {} if told.court.strip() else {"court": "Enter which court, and the number of the proceedings"}
    if told.hearing_at is None:
        found["hearing_at"] = "Enter the day and time of the hearing"
    return found


class Match(StrEnum):
    """Who a requester may be to the case."""

    NOBODY = "nobody on the case"
    ON_THE_CASE = "somebody on the case"
    LOOK = "perhaps the perpetrator or an associate"
    KEPT_FROM = "the perpetrator or an associate"


KEPT_FROM = frozenset({Part.PERPETRATOR, Part.ASSOCIATE})


def match(requester: Details, parties: Iterable[tuple[Part, Details]]) -> Match:
    """The requester checked against the parties: the most dangerous that fits (Rulebook X1, F3).

    One who shares a way to be reached, or name and birth date, with the perpetrator or a known associate is
    kept from it; at a name that could be theirs, however it is written, a person looks first.
    """
    found = Match.NOBODY
    for part, details in parties:
        common = shared(requester, details)
        if part in KEPT_FROM and is_sure(common):
            return Match.KEPT_FROM
        if part in KEPT_FROM and (common or _could_be(requester, details)):
            found = Match.LOOK
        elif common and found is Match.NOBODY:
            found = Match.ON_THE_CASE
    return found


def asker_match(requester: Details, organisation: str, parties: Iterable[tuple[Part, Details]]) -> Match:
    """The same of who asks and of for whom they ask: an agent has a name of their own (Rulebook X1, F3)."""
    parties = tuple(parties)
    found = {match(requester, parties)}
    if organisation.strip():
        found.add(recipient_match(organisation, parties))
    return next(one for one in _WORST if one in found)


def _could_be(requester: Details, party: Details) -> bool:
    """A name alike, unless two birth dates tell them apart."""
    if requester.dob and party.dob and requester.dob != party.dob:
        return False
    return could_be(f"{requester.forename} {requester.surname}".strip(), party.forename, party.surname)


def kept_from(found: Match, another: str = "") -> str | None:
    """Why nothing can be released to this requester; None where it can (Rulebook F3, X1).

    `another` is how somebody who looked, and did not log the request, knows that it is another person.
    Nothing clears more than a name.
    """
    if found is Match.KEPT_FROM:
        return (
            "The requester is the perpetrator or a known associate, or shares an address, telephone number "
            "or e-mail address with one. Nothing can be released to them here. Refuse it."
        )
    if found is Match.LOOK and not another.strip():
        return (
            "The requester’s name could be the perpetrator’s or an associate’s. Somebody who did not log the "
            "request says how they know that it is another person, or it is refused."
        )
    return None


def about_kept_from(asks: Told, known: Collection[UUID]) -> str | None:
    """Why nothing is released of what somebody has a right to see of themselves: it is about the perpetrator
    or a known associate (`known`), whoever asks for them (Rulebook F3).

    What they ask for of their own each agency answers itself, as the owner of what it holds (DM).
    """
    if asks.kind is not Kind.SUBJECT_ACCESS or set(asks.about).isdisjoint(known):
        return None
    return (
        "The request is about the perpetrator or a known associate. Nothing of it can be released here, to "
        "them or to who asks for them: each agency answers them itself for what it holds. Refuse it."
    )


_BETWEEN = re.compile(r"[,;:/()\n]|\s(?:for|of|at|care of|c/o)\s")
_NUMBER = re.compile(r"\+?[0-9][0-9 ]{5,}[0-9]")
_WORST = (Match.KEPT_FROM, Match.LOOK, Match.ON_THE_CASE, Match.NOBODY)


@dataclass(frozen=True, slots=True)
class Apart:
    """How somebody knows that a recipient, or who asks, is not the perpetrator or an associate."""

    recipient: str
    another: str
    by: UUID
    apart_from: frozenset[UUID]  # the perpetrator and the associates that were known then


def recipient_match(recipient: str, parties: Collection[tuple[Part, Details]]) -> Match:
    """Who a recipient may be to the case, by the whole line and each part of it: the most dangerous (F3)."""
    parts = [recipient, *filter(str.strip, _BETWEEN.split(recipient))]
    found = {match(_written(part), parties) for part in parts}
    return next(one for one in _WORST if one in found)


def cleared(recipient: str, told: Iterable[Apart], first: UUID, known: Collection[UUID]) -> str:
    """How a second person knows that this very recipient, or requester, is somebody else; "" where nobody but
    the `first` person, who builds the release or logged the request, has said it, or not of everybody who is
    `known` by now to be the perpetrator or an associate (Rulebook F3; security.md B)."""
    said = [one for one in told if one.by != first and same_line(one.recipient, recipient)]
    said = [one for one in said if one.apart_from.issuperset(known)]
    return said[-1].another if said else ""


def same_line(one: str, other: str) -> bool:
    """Whether two lines name the same recipient."""
    return _as_line(one) == _as_line(other)


def _as_line(text: str) -> str:
    return " ".join(text.split()).casefold()


def recipient_kept_from(
    recipient: str, asks: Told, another: str, parties: Collection[tuple[Part, Details]], known: str = ""
) -> str | None:
    """Why a release cannot go to this recipient, who is checked as who asks is; None where it can (F3, X1).

    `another` clears who asks alone; a recipient of another name is cleared by what a second person knows of
    them (`known`), and of nothing more than a name.
    """
    found = recipient_match(recipient, parties)
    same = name_tokens(recipient) <= name_tokens(f"{asks.name} {asks.organisation}")
    if found is Match.LOOK and not same:
        return None if known.strip() else _LOOK_AT_RECIPIENT
    return kept_from(found, another or known if same else "")


_LOOK_AT_RECIPIENT = (
    "The recipient’s name could be the perpetrator’s or an associate’s. Somebody who does not build the "
    "release says how they know that it is another person, or nothing goes to them."
)


def _written(text: str) -> Details:
    """What a line says of who receives something: a name, and every way to reach them in it."""
    emails = frozenset(word for word in text.split() if "@" in word)
    addresses = frozenset({text}) if any(map(str.isdigit, text)) else frozenset[str]()
    return Details("", text.strip(), None, emails, frozenset(_NUMBER.findall(text)), addresses)


def refuse_kept_from(found: Match, another: str = "") -> None:
    """Raises RuleBroken where nothing can be released to this requester (Rulebook F3)."""
    if why := kept_from(found, another):
        raise RuleBroken(why)
