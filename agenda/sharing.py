"""Whether to share: the questions in their order, and where each answer leads (Rulebook K4; FD, WSX).

It serves any sharing, of the panels or not. A walk that has not come to its end decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from agenda.referral_consent import Answer, Consent

#: Said on every page of the walk (Rulebook K4, T7).
WITHOUT_DELAY = (
    "A child or an adult who may be suffering harm does not wait for this. Follow the procedure for it now; "
    "if somebody is in immediate danger, call 999."
)

ASK_NO_PERPETRATOR = (
    "A perpetrator is not asked, because that would tell them. Choose that they have not been."
)

#: Seven, at hand wherever it is decided (Rulebook K4).
GOLDEN_RULES = (
    "The law on data and on human rights is a frame for sharing that is justified. It does not forbid it.",
    "Be open with the person from the start: why, what, how and with whom, unless telling them is unsafe.",
    "Where you are in doubt, ask somebody who knows. Leave out who it is about where you can.",
    "Share with consent where that is right. Without it, know your lawful reason, and respect a no where "
    "safety allows it.",
    "Decide by the safety and wellbeing of the person, and of others whom it may touch.",
    "Share what is needed, no more than that, to the point, correct and up to date; in time, securely, and "
    "only with those who need it.",
    "Write down what you decided and why, whether you share or not; and if you do, what, with whom and "
    "what for.",
)


class Question(StrEnum):
    """What is asked on the way (Rulebook K4)."""

    PURPOSE = "purpose"
    IDENTIFIABLE = "identifiable"
    CONSENT = "consent"
    LIMITS = "limits"
    GROUND = "ground"
    LAWFUL = "lawful"
    NECESSARY = "necessary"
    PROPORTIONATE = "proportionate"
    RELEVANT = "relevant"

    @property
    def label(self) -> str:
        """As a page asks it."""
        return _ASKED[self]

    @property
    def hint(self) -> str:
        """What stands below it: asking a perpetrator would tell them (Rulebook F3)."""
        return ASK_NO_PERPETRATOR if self is Question.CONSENT else ""


_ASKED = {
    Question.PURPOSE: "Is there a clear and legitimate purpose for sharing it?",
    Question.IDENTIFIABLE: "Could anybody be identified by it, also beside what the recipient holds?",
    Question.CONSENT: "Does the person it is about consent?",
    Question.LIMITS: "Is this sharing within the limits and conditions they set?",
    Question.GROUND: "Is there one of the four grounds on which consent is not even sought?",
    Question.LAWFUL: "Is there another lawful reason to share it?",
    Question.NECESSARY: "Is sharing it necessary for the purpose?",
    Question.PROPORTIONATE: "Is it proportionate: no more than the purpose needs?",
    Question.RELEVANT: "Is all of it relevant to the purpose?",
}


class Reply(StrEnum):
    """An answer. Not to be sure is one, and never leads to sharing by itself."""

    YES = "yes"
    LIMITED = "limited"
    NO = "no"
    NOT_SOUGHT = "not sought"
    NOT_SURE = "not sure"

    @property
    def label(self) -> str:
        """As a page offers it."""
        return _OFFERED[self]


_OFFERED = {
    Reply.YES: "Yes",
    Reply.LIMITED: "Yes, with limits or conditions",
    Reply.NO: "No",
    Reply.NOT_SOUGHT: "They have not been asked",
    Reply.NOT_SURE: "Not sure",
}


class Result(StrEnum):
    """What a whole walk comes to."""

    SHARE = "share"
    DO_NOT_SHARE = "do not share"
    ASK_ADVICE = "ask advice"

    @property
    def label(self) -> str:
        """As people read it."""
        return {Result.ASK_ADVICE: "Ask for advice first"}.get(self, self.value.capitalize())


Lead = Question | Result


def _leads(yes: Lead, no: Lead = Result.DO_NOT_SHARE) -> Mapping[Reply, Lead]:
    return {Reply.YES: yes, Reply.NO: no, Reply.NOT_SURE: Result.ASK_ADVICE}


#: Where each answer leads. What names nobody needs no consent, but is weighed all the same; consent that was
#: not sought needs one of the four grounds (K3) besides the lawful reason that stands in for it (K2).
LEADS: Mapping[Question, Mapping[Reply, Lead]] = {
    Question.PURPOSE: _leads(Question.IDENTIFIABLE),
    Question.IDENTIFIABLE: _leads(Question.CONSENT, no=Question.NECESSARY),
    Question.CONSENT: {
        **_leads(Question.NECESSARY, no=Question.LAWFUL),
        Reply.LIMITED: Question.LIMITS,
        Reply.NOT_SOUGHT: Question.GROUND,
    },
    Question.LIMITS: _leads(Question.NECESSARY, no=Question.LAWFUL),
    Question.GROUND: _leads(Question.LAWFUL),
    Question.LAWFUL: _leads(Question.NECESSARY),
    Question.NECESSARY: _leads(Question.PROPORTIONATE),
    Question.PROPORTIONATE: _leads(Question.RELEVANT),
    Question.RELEVANT: _leads(Result.SHARE),
}

#: Why not, and what may be done about it, by the question that was answered with no.
_WHY_NOT = {
    Question.PURPOSE: "There is no clear and legitimate purpose.",
    Question.GROUND: "Nothing keeps you from asking for consent. Ask for it, then decide again.",
    Question.LAWFUL: "There is neither consent nor another lawful reason.",
    Question.NECESSARY: "It is not necessary for the purpose.",
    Question.PROPORTIONATE: "It is more than the purpose needs. Leave out the rest, then decide again.",
    Question.RELEVANT: "Not all of it is relevant. Leave out the rest, then decide again.",
}


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions on the way, in order, and what it comes to: without an end, the last one is open."""

    asked: tuple[Question, ...]
    result: Result | None

    @property
    def open(self) -> Question | None:
        """What has to be answered next."""
        return None if self.result else self.asked[-1]

    @property
    def words(self) -> str:
        """What it comes to and why, in a sentence or two."""
        if self.result is None:
            return f"Not decided yet. {self.asked[-1].label}"
        if self.result is Result.DO_NOT_SHARE:
            return _WHY_NOT[self.asked[-1]]
        if self.result is Result.ASK_ADVICE:
            return f"Ask for advice, then decide. You are not sure: {self.asked[-1].label}"
        return "Share it: what is needed, fact apart from opinion, securely, with the right person."


def walk(replies: Mapping[Question, Reply]) -> Walk:
    """Goes through the questions as far as they are answered (Rulebook K4).

    What is answered off the way counts for nothing; an answer that a question does not have is none.
    """
    asked: list[Question] = []
    lead: Lead = Question.PURPOSE
    while isinstance(lead, Question):
        asked.append(lead)
        found = LEADS[lead].get(replies[lead]) if lead in replies else None
        if found is None:
            return Walk(tuple(asked), None)
        lead = found
    return Walk(tuple(asked), lead)


def reply_of(consent: Consent | None) -> Reply | None:
    """How the question of consent stands by the dated history (Rulebook K1); None where nothing is recorded.

    What came by the public form and nobody has checked makes nobody sure (T7).
    """
    if consent is None:
        return None
    return _BY_HISTORY[consent.answer] if consent.checked else Reply.NOT_SURE


_BY_HISTORY = {
    Answer.GIVEN: Reply.YES,
    Answer.LIMITED: Reply.LIMITED,
    Answer.WITHHELD: Reply.NO,
    Answer.WITHDRAWN: Reply.NO,
    Answer.NOT_SOUGHT: Reply.NOT_SOUGHT,
}
