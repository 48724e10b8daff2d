"""The victim's consent, as a dated history; and what is recorded where there is none (Rulebook K1 to K3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Said wherever consent is asked for or shown (Rulebook K1).
NOT_THE_BASIS = (
    "Consent is good practice. It is not the lawful basis on which the panel shares information: "
    "a referral can and should be made without it where the risk calls for one."
)

#: Said beside what came by the public form, until a coordinator has accepted it (Rulebook T7).
NOT_CHECKED = "By the public form, not checked."


class Answer(StrEnum):
    """What the victim said of this referral (Rulebook K1); or that nobody asked (K3)."""

    GIVEN = "given"
    LIMITED = "limited"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"
    NOT_SOUGHT = "not sought"

    @property
    def label(self) -> str:
        """As the form asks it."""
        return _ANSWERS[self]

    @property
    def words(self) -> str:
        """What the victim said, wherever the case is shown (Rulebook K1)."""
        return _WORDS[self]

    @property
    def consents(self) -> bool:
        """Given, with limits or without (Rulebook K1): the limits are shown wherever the case is."""
        return self in (Answer.GIVEN, Answer.LIMITED)


_ANSWERS = {
    Answer.GIVEN: "Yes",
    Answer.LIMITED: "Yes, with conditions or limits",
    Answer.WITHHELD: "No",
    Answer.WITHDRAWN: "No, it was given and has been withdrawn",
    Answer.NOT_SOUGHT: "The victim has not been asked",
}


_WORDS = {
    Answer.GIVEN: "The victim consents to sharing.",
    Answer.LIMITED: "The victim consents, with conditions or limits:",
    Answer.WITHHELD: "The victim does not consent to sharing.",
    Answer.WITHDRAWN: "The victim has withdrawn consent to sharing.",
    Answer.NOT_SOUGHT: "The victim has not been asked to consent.",
}


class Lawful(StrEnum):
    """Why information may be shared without consent (Rulebook K2)."""

    VITAL_INTERESTS = "vital interests"
    PUBLIC_TASK = "public task"
    CRIME = "crime"
    RIGHT_TO_LIFE = "right to life"
    CARE_ACT = "care act"

    @property
    def label(self) -> str:
        """With its source."""
        return _LAWFUL[self]


_LAWFUL = {
    Lawful.VITAL_INTERESTS: "To protect somebody's vital interests (UK GDPR, article 6(1)(d))",
    Lawful.PUBLIC_TASK: "For a task in the public interest (UK GDPR, article 6(1)(e))",
    Lawful.CRIME: "To prevent or detect crime (Crime and Disorder Act 1998)",
    Lawful.RIGHT_TO_LIFE: "To protect life, or from inhuman treatment (Human Rights Act, articles 2 and 3)",
    Lawful.CARE_ACT: "To prevent abuse and neglect (Care Act 2014)",
}


class Ground(StrEnum):
    """Why consent was not even sought: one of four grounds, no other (Rulebook K3)."""

    CHILD = "child"
    ADULT = "adult"
    SERIOUS_CRIME = "serious crime"
    DELAY = "delay"

    @property
    def label(self) -> str:
        """What asking would have done."""
        return _GROUNDS[self]


_GROUNDS = {
    Ground.CHILD: "Asking would put a child at risk of significant harm",
    Ground.ADULT: "Asking would put an adult at risk of serious harm",
    Ground.SERIOUS_CRIME: "Asking would prejudice the prevention or detection of a serious crime",
    Ground.DELAY: "Asking would delay enquiries about significant harm without justification",
}


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is shared without consent, why, on whose authority and with whom (Rulebook K2)."""

    what: str
    why: frozenset[Lawful]
    authorised_by: str
    receives: str


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the history: what was said, when, and who recorded it (Rulebook K1)."""

    answer: Answer
    on: date
    recorded_by: str
    limits: str = ""
    grounds: frozenset[Ground] = frozenset()
    sharing: Sharing | None = None
    checked: bool = True  # False: by the public form, and no coordinator has accepted it (Rulebook T7)


def stands(history: Iterable[Consent]) -> Consent | None:
    """What holds now: the line with the latest day, of one day the one added last (Rulebook K1).

    What came by the public form and nobody has checked gives way to any that was (T7).
    """
    latest: Consent | None = None
    for line in history:
        if latest is None or (line.checked, line.on) >= (latest.checked, latest.on):
            latest = line
    return latest


def consents(history: Iterable[Consent]) -> bool:
    """Whether the victim consents to sharing now: what T4 asks; never asked counts as no (K1, T13).

    So does what nobody has checked (T7).
    """
    latest = stands(history)
    return latest is not None and latest.checked and latest.answer.consents


def shown(consent: Consent | None) -> tuple[str, ...]:
    """What is said wherever the case is shown: limits and conditions in full (Rulebook K1).

    Consent without limits needs no words there, and what nobody recorded has none.
    """
    if consent is None or consent.answer is Answer.GIVEN:
        return ()
    basis = () if consent.answer.consents else (NOT_THE_BASIS,)
    unchecked = "" if consent.checked else NOT_CHECKED
    return tuple(filter(None, (unchecked, consent.answer.words, consent.limits, *basis)))
