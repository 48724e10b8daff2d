"""A referral, a transfer or an application as an entry of the daily list (Rulebook T7 to T9).

It becomes what the police feed brings, an incident under a number of its own, so that cases, looking back,
lateness and order are decided where they always are. Only why it is listed is its own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from enum import StrEnum

from agenda.calendar import local_day, to_utc
from agenda.circulation import DISCLOSURE_APPLICATION
from agenda.feed import SUMMARY
from agenda.incidents import Incident, Party, Risk
from agenda.people import folded, name_key
from agenda.references import Prefix
from agenda.referral import Referral, Subject, as_child
from agenda.staff_named import staff_of
from agenda.triage import LookBack, Narrow, triage
from agenda.triage import reasons as rules


class EntryKind(StrEnum):
    """What an entry of a daily list is. The value is stored, and is what outputs carry."""

    POLICE_INCIDENT = "police_incident"
    REFERRAL = "referral"
    TRANSFER = "transfer"
    DISCLOSURE = DISCLOSURE_APPLICATION

    @property
    def noun(self) -> str:
        """As a line says where something was told."""
        return {"police_incident": "incident", "referral": "referral", "transfer": "transfer"}.get(
            self.value, "application"
        )


#: How references of entries begin that tell of a day and of no time.
_WITHOUT_TIME = tuple(one.begins for one in Prefix if one is not Prefix.ORDER)


def tells_time(reference: str) -> bool:
    """Whether an entry tells at what time it happened: a police incident does, nothing else (T7 to T9)."""
    return not reference.startswith(_WITHOUT_TIME)


#: Why each kind is listed, whatever its risk. A police incident must qualify by T2 to T6, or T15.
LISTED_BY = {EntryKind.REFERRAL: "T7", EntryKind.TRANSFER: "T8", EntryKind.DISCLOSURE: "T9"}
_OF_A_FURTHER_ONE = ("T6", "T15")

#: Who refers has found the risk high: the list hears "high risk cases identified by other agencies" (DM).
RISK = Risk.HIGH

_BETWEEN_NAMES = re.compile(r"[,;\n]|\b(?:and|or)\b", re.IGNORECASE)
_NOT_NAMES = re.compile(
    r"\b(?:aka|also|known|as|born|formerly|previously|maiden|name|nickname|n[ée]e|none|no|n/a|not|unknown)\b"
    r"|[^\w' -]",
    re.IGNORECASE,
)
_MOST_NAMES, _MOST_WORDS = 6, 4


def reasons(kind: EntryKind, narrow: Narrow, look_back: LookBack) -> tuple[tuple[str, ...], bool]:
    """Every rule an entry is listed by, in order, and whether the victim is known to MARAC (T6 to T11, T15).

    T2 to T5 are about what the police triage. Looking back is the same for all (T6, T15).
    """
    own = LISTED_BY.get(kind)
    decided = next(iter(triage([narrow], look_back)))
    if own is None:
        return tuple(decided[1].split()), decided[2]
    further = [rule for rule in decided[1].split() if rule in _OF_A_FURTHER_ONE]
    return tuple(sorted((*further, own), key=lambda rule: int(rule[1:]))), decided[2]


def narrow(key: int, told: Incident) -> Narrow:
    """What triage reads of an incident that did not come by the feed."""
    victim, perpetrator = told.victim, told.perpetrator
    return (
        key,
        told.domestic,
        told.risk.value,
        told.has_children,
        told.consents is True,
        local_day(told.recorded_at),
        victim.nominal,
        name_key(victim.surname, victim.forename, victim.dob),
        perpetrator.nominal if perpetrator else "",
        name_key(perpetrator.surname, perpetrator.forename, perpetrator.dob) if perpetrator else "",
    )


def same_people(before: Incident, now: Incident) -> bool:
    """Whether an entry is about the victim and the perpetrator it was about: one not known before, or their
    forename or birth date, may have been learned. In doubt they are others, and both are heard (T12, T13).

    The same nominal is the same person, two different ones are two (contract: incident feed).
    """
    if before.perpetrator and not now.perpetrator:
        return False
    known = before.perpetrator is None or now.perpetrator is None
    return _same(before.victim, now.victim) and (known or _same(before.perpetrator, now.perpetrator))


def may_drop(before: Incident, now: Incident) -> bool:
    """Whether a list might leave out this version and take the one before: in doubt it might (T2 to T6).

    One that qualifies by itself drops nobody; nor does one that triage reads the same.
    """
    if now.domestic and rules(now.risk, now.has_children, now.consents is True, repeat=False) != ("T5",):
        return False
    return before.domestic and narrow(0, before) != narrow(0, now)


def _same(before: Party | None, now: Party | None) -> bool:
    if before is None or now is None:
        return before is now
    if before.nominal and now.nominal:
        return before.nominal == now.nominal
    if folded(before.surname) != folded(now.surname) or before.dob not in (None, now.dob):
        return False
    return folded(before.forename) in ("", folded(now.forename))


def incidents(referral: Referral, reference: str, first_sent_at: datetime) -> Iterator[Incident]:
    """A referral as incidents, one for each perpetrator: a case is a victim with a perpetrator (Rulebook T6).

    Recorded when it was first sent: one that was returned since is late on its list, and never lost (T12).
    Where the victim is found is not in it: that is kept sealed, and revealed with a reason (security.md A8).
    """
    perpetrators: tuple[Subject | None, ...] = referral.perpetrators or (None,)
    for place, perpetrator in enumerate(perpetrators, 1):
        number = reference if place == 1 else f"{reference}/{place}"
        yield _incident(referral, number, first_sent_at, perpetrator)


def _incident(referral: Referral, number: str, at: datetime, perpetrator: Subject | None) -> Incident:
    told = referral.answers
    score = told["reason"].fields.get("score")
    return Incident(
        occurrence_number=number,
        domestic=True,
        recorded_at=at,
        incident_at=min(at, to_utc(datetime.combine(referral.happened_on, time(12)))),
        risk=RISK,
        victim=replace(referral.victim.party, address="", postcode="", phone=""),
        perpetrator=perpetrator.party if perpetrator else None,
        dash_score=int(score) if score else None,
        summary=told["incident"].fields["prompt"][:SUMMARY],
        relationship=perpetrator.relationship if perpetrator else "",
        consents=referral.consent.answer.consents,
        children_present=_present(referral),
        children=tuple(map(as_child, referral.children)),
        staff_of=staff_of(referral.victim.staff_of, perpetrator.staff_of if perpetrator else ""),
    )


def also_called(aliases: str) -> tuple[tuple[str, str], ...]:
    """The names of a line of other names, as forename and surname; of one word, nobody knows which it is."""
    told = (_NOT_NAMES.sub(" ", one).split() for one in _BETWEEN_NAMES.split(aliases))
    names = (words for words in told if words and len(words) <= _MOST_WORDS)
    return tuple(dict.fromkeys((" ".join(words[:-1]), words[-1]) for words in names))[:_MOST_NAMES]


def _present(referral: Referral) -> bool | None:
    """Whether children were present, as far as it was told; linked ones are named (T3)."""
    told = {child.present for child in referral.children}
    if True in told:
        return True
    return False if referral.children_linked is False or told == {False} else None
