"""A decision to share or not, kept whole: who asked, what, with whom, why (Rulebook K2 to K4, F3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from agenda.disclosure_recipient import may_name
from agenda.incidents import Party
from agenda.moves import Move, Who
from agenda.referral_consent import Ground, Lawful
from agenda.rules import RuleBroken
from agenda.sharing import Question, Reply, Result, Walk, walk

TEXT = 5_000
_ABOUT_THEM = (
    "This cannot be shared with whoever is named here. "
    "Check whom you mean and enter their whole name, or decide not to share"
)
_NEVER_TOLD = (
    "A perpetrator is never told. Choose that they are not; where others are named, decide on each apart"
)


class State(StrEnum):
    """How far a decision is."""

    OPEN = "being considered"
    ADVICE = "waiting for advice"
    SHARE = "to be shared"
    DO_NOT_SHARE = "not to be shared"


class Step(StrEnum):
    """What it was decided to do."""

    ASK_ADVICE = "ask for advice"
    SHARE = "share"
    DO_NOT_SHARE = "do not share"


_UNDECIDED, _ANYONE = frozenset({State.OPEN, State.ADVICE}), frozenset({Who.ANYONE})

#: What is decided stays so: who thinks again makes another decision (Rulebook K4).
MOVES: Mapping[Step, Move[State]] = {
    Step.ASK_ADVICE: Move(_UNDECIDED, State.ADVICE, _ANYONE, "Say whom you ask, and what"),
    Step.SHARE: Move(_UNDECIDED, State.SHARE, _ANYONE, "Say why you share it"),
    Step.DO_NOT_SHARE: Move(_UNDECIDED, State.DO_NOT_SHARE, _ANYONE, "Say why you do not share it"),
}

STEPS: Mapping[Result, Step] = {result: Step[result.name] for result in Result}
"""What each result of the walk does."""


class Informed(StrEnum):
    """Whether the person learns of it; a perpetrator never does (Rulebook F3)."""

    AWARE = "aware"
    TO_BE_TOLD = "to be told"
    UNSAFE = "unsafe"

    @property
    def label(self) -> str:
        """As a page offers it."""
        return {
            Informed.AWARE: "They know already",
            Informed.TO_BE_TOLD: "They will be told, and that is safe",
            Informed.UNSAFE: "They are not told: it could create or raise a risk",
        }[self]


@dataclass(frozen=True, slots=True)
class Considered:
    """All that somebody has answered, whole or not."""

    asked_by: str = ""  # or that nobody did: of one's own accord
    about: str = ""  # one person: of each it is decided apart
    what: str = ""
    with_whom: str = ""
    purpose: str = ""
    why: str = ""  # of the decision
    replies: Mapping[Question, Reply] = field(default_factory=dict)
    limits: str = ""  # that the person set (K1)
    grounds: frozenset[Ground] = frozenset()  # on which consent was not sought (K3)
    lawful: frozenset[Lawful] = frozenset()  # why it is shared without (K2)
    other_law: str = ""  # such as a court order
    authorised_by: str = ""
    informed: Informed | None = None
    advice: str = ""  # who gave it, and what came of it


@dataclass(frozen=True, slots=True)
class Decision:
    """One as it is kept, share or not; what was answered off the way is not in it."""

    told: Considered
    walk: Walk
    result: Result
    by: str
    at: datetime


def problems(told: Considered, waited: bool = False, perpetrators: Iterable[Party] = ()) -> dict[str, str]:
    """What keeps it from being decided, by field or question; nothing where it can be (Rulebook K2 to K4).

    `waited`: advice was asked for, and what came of it is part of the decision. It is never shared with, or
    because it was asked for by, who may be a perpetrator on the case.
    """
    way = walk(told.replies)
    found = {name: ask for name, ask in _TEXTS.items() if not getattr(told, name).strip()}
    if way.open:
        found[way.open.value] = f"Answer: {way.open.label}"
    found |= {name: ask for name, ask in _asked_on(told, way) if name not in found}
    if waited and not told.advice.strip():
        found["advice"] = "Enter who advised you, and what came of it"
    if way.result is Result.SHARE:
        found |= _not_to_them(told, perpetrators)
    long = (name for name in _EVERY_TEXT if len(getattr(told, name)) > TEXT)
    return found | {name: f"Enter {TEXT:,} characters or fewer" for name in long}


def refuses_recipient(found: Mapping[str, str]) -> bool:
    """Whether what keeps it from being decided is who would receive it, or be told of it (Rulebook F3)."""
    return not {_ABOUT_THEM, _NEVER_TOLD}.isdisjoint(found.values())


def decide(
    told: Considered, by: str, at: datetime, waited: bool = False, perpetrators: Iterable[Party] = ()
) -> Decision:
    """The decision that the answers come to, share or not; raises RuleBroken while one is missing (K4)."""
    way = walk(told.replies)
    found = problems(told, waited, perpetrators)
    if found or way.result is None:
        raise RuleBroken(f"{next(iter(found.values())).rstrip('.?')}.")
    return Decision(_kept(told, way), way, way.result, by, at)


_TEXTS = {
    "asked_by": "Enter who asks for it, or that you do so of your own accord",
    "what": "Enter what would be shared",
    "with_whom": "Enter with whom",
    "purpose": "Enter what for",
    "why": "Enter why you decide so",
}
_EVERY_TEXT = (*_TEXTS, "about", "limits", "other_law", "authorised_by", "advice")


def _asked_on(told: Considered, way: Walk) -> Iterable[tuple[str, str]]:
    """What an answer on the way asks for besides, and is not there."""
    said = {question: told.replies.get(question) for question in way.asked}
    if said.get(Question.IDENTIFIABLE) is Reply.YES and not told.about.strip():
        yield "about", "Enter whom it is about"
    if said.get(Question.CONSENT) is Reply.LIMITED and not told.limits.strip():
        yield "limits", "Enter the limits and conditions they set"
    if said.get(Question.GROUND) is Reply.YES and not told.grounds:
        yield "grounds", "Choose on which ground consent was not sought"
    if said.get(Question.LAWFUL) is Reply.YES:
        if not told.lawful and not told.other_law.strip():
            yield "lawful", "Choose the lawful reason, or enter another"
        if not told.authorised_by.strip():
            yield "authorised_by", "Enter who authorises sharing it without consent"
    if way.result is Result.SHARE and _names_somebody(told) and told.informed is None:
        yield "informed", "Say whether the person knows of it, or why it is unsafe to tell them"


def _names_somebody(told: Considered) -> bool:
    return told.replies.get(Question.IDENTIFIABLE) is not Reply.NO


def _not_to_them(told: Considered, perpetrators: Iterable[Party]) -> dict[str, str]:
    """Neither shared with a perpetrator nor told to one that it was shared (Rulebook F3)."""
    parties = tuple(perpetrators)

    def theirs(typed: str) -> bool:
        return any(may_name(typed, one) for one in parties)

    told_to = {"asked_by": told.asked_by, "with_whom": told.with_whom}
    found = {name: _ABOUT_THEM for name, said in told_to.items() if theirs(said)}
    if theirs(told.about) and told.informed in (Informed.AWARE, Informed.TO_BE_TOLD):
        found["informed"] = _NEVER_TOLD
    return found


def _kept(told: Considered, way: Walk) -> Considered:
    """Without what was answered off the way: it bears on nothing, and would be read as if it did."""
    said = {question: told.replies[question] for question in way.asked}
    texts = {name: getattr(told, name).strip() for name in _EVERY_TEXT}
    kept: dict[str, Any] = {**texts, "replies": said}
    if said.get(Question.CONSENT) is not Reply.LIMITED:
        kept["limits"] = ""
    if said.get(Question.IDENTIFIABLE) is Reply.NO:
        kept["about"] = ""
    if said.get(Question.GROUND) is not Reply.YES:
        kept["grounds"] = frozenset()
    if said.get(Question.LAWFUL) is not Reply.YES:
        kept |= {"lawful": frozenset(), "other_law": "", "authorised_by": ""}
    if way.result is not Result.SHARE or not _names_somebody(told):
        kept["informed"] = None
    return replace(told, **kept)
