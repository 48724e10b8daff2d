"""The referral form, second half, as data: consent, reason, what happened, what is asked; and the whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from agenda.referral_consent import NOT_THE_BASIS, Answer, Ground, Lawful
from agenda.referral_fields import (
    NO,
    SEVERAL,
    YES,
    YES_NO,
    Choice,
    Field,
    Kind,
    Need,
    Sight,
    choices_of,
)
from agenda.referral_people import PEOPLE, Section
from agenda.referral_reasons import Reason

_WITHOUT = frozenset(answer.value for answer in Answer if not answer.consents)
NONE_CHILDREN = "no children"

CONSENT = Section(
    "consent",
    "The victim's consent",
    (
        Field("answer", "The victim consents to this referral", Kind.CHOICE, Need.MUST,
              "Say whether the victim consents to this referral", choices=choices_of(Answer)),
        Field("on", "Day on which the victim was asked", Kind.PAST, Need.MUST,
              "Enter the day on which the victim was asked",
              only=("answer", frozenset(Answer) - {Answer.NOT_SOUGHT})),
        Field("limits", "Conditions or limits the victim set", Kind.PROSE, Need.MUST,
              "Enter the conditions or limits the victim set", "For example: no report to the police",
              sight=Sight.EVERYWHERE, only=("answer", frozenset({Answer.LIMITED})), limit=SEVERAL),
        Field("grounds", "Why the victim was not asked", Kind.CHOICES, Need.MUST,
              "Choose why the victim was not asked", choices=choices_of(Ground),
              only=("answer", frozenset({Answer.NOT_SOUGHT}))),
        Field("what", "What is to be shared without consent", Kind.PROSE, Need.MUST,
              "Enter what is to be shared without consent", only=("answer", _WITHOUT), limit=SEVERAL),
        Field("why", "Why it may be shared without consent", Kind.CHOICES, Need.MUST,
              "Choose why it may be shared without consent", choices=choices_of(Lawful),
              only=("answer", _WITHOUT)),
        Field("authorised_by", "Who authorised sharing without consent", need=Need.MUST,
              ask="Enter who authorised sharing without consent", only=("answer", _WITHOUT)),
        Field("receives", "Who is to receive the information", Kind.PROSE, Need.MUST,
              "Enter who is to receive the information", only=("answer", _WITHOUT), limit=SEVERAL),
    ),
    words=NOT_THE_BASIS,
)  # fmt: skip

REASON = Section(
    "reason",
    "Why you are referring",
    (
        Field("reasons", "Reasons for the referral", Kind.CHOICES, Need.MUST,
              "Choose at least one reason for the referral", choices=choices_of(Reason)),
        Field("judgement", "Why you judge the risk to be high", Kind.PROSE, Need.MUST,
              "Enter why you judge the risk to be high",
              only=("reasons", frozenset({Reason.JUDGEMENT})), limit=SEVERAL),
        Field("score", "Count of a risk assessment done on paper", Kind.NUMBER,
              hint="Only where the questions are not answered here", highest=40),
        Field("comment", "Anything more about the reason", Kind.PROSE, limit=SEVERAL),
    ),
)  # fmt: skip

INCIDENT = Section(
    "incident",
    "What happened",
    (
        Field("on", "Date of the incident or disclosure", Kind.PAST, Need.MUST,
              "Enter the date of the incident or disclosure"),
        Field("prompt", "The incident or information that prompted this", Kind.PROSE, Need.MUST,
              "Enter what prompted this referral"),
        Field("history", "Relevant history", Kind.PROSE, Need.SHOULD, "Enter the relevant history"),
        Field("heard", "MARACs at which the case was heard before, and where", Kind.PROSE, limit=SEVERAL),
        Field("reported", "All crimes have been reported to the police", Kind.CHOICE, Need.MUST,
              "Say whether all crimes have been reported to the police",
              choices=(*YES_NO, Choice("none", "No crime is known of"))),
        Field("log", "Crime or log numbers", need=Need.SHOULD, ask="Enter the crime or log numbers",
              only=("reported", frozenset({YES}))),
        Field("unreported", "Why crimes have not been reported", Kind.PROSE, Need.MUST,
              "Enter why crimes have not been reported", only=("reported", frozenset({NO})), limit=SEVERAL),
    ),
)  # fmt: skip

SAFEGUARDS = Section(
    "safeguards",
    "What has been done",
    (
        Field("professionals", "Other professionals who work with the victim, children or perpetrator",
              Kind.PROSE, Need.SHOULD, "Enter any other professionals who are involved"),
        Field("taken", "Actions taken to safeguard the victim", Kind.PROSE, Need.MUST,
              "Enter what has been done to safeguard the victim"),
        Field("child_concerns", "Concerns about children have been referred to children's social care",
              Kind.CHOICE, Need.MUST,
              "Say whether concerns about children have been referred to children's social care",
              choices=(*YES_NO, Choice("none", "There are no concerns"),
                       Choice(NONE_CHILDREN, "There are no children"))),
        Field("child_referred", "To whom, and when", need=Need.SHOULD,
              ask="Enter to whom the concerns were referred, and when",
              only=("child_concerns", frozenset({YES}))),
        Field("child_unreferred", "Why they have not been referred", Kind.PROSE, Need.MUST,
              "Enter why the concerns have not been referred", only=("child_concerns", frozenset({NO})),
              limit=SEVERAL),
    ),
)  # fmt: skip

ASKED = Section(
    "asked",
    "What is wanted",
    (
        Field("victim_wants", "What the victim wants", Kind.PROSE, Need.SHOULD,
              "Enter what the victim wants"),
        Field("panel", "What the panel is asked to do", Kind.PROSE, Need.SHOULD,
              "Enter what the panel is asked to do"),
        Field("risky", "Some action could increase the risk", Kind.CHOICE, Need.MUST,
              "Say whether some action could increase the risk", choices=YES_NO, sight=Sight.ACTIONS),
        Field("increases", "What could increase the risk, and how", Kind.PROSE, Need.MUST,
              "Enter what could increase the risk, and how", sight=Sight.ACTIONS,
              only=("risky", frozenset({YES})), limit=SEVERAL),
    ),
)  # fmt: skip

SECTIONS: tuple[Section, ...] = (*PEOPLE, CONSENT, REASON, INCIDENT, SAFEGUARDS, ASKED)
"""The whole form, in the order of its task list."""

BY_ID = {section.id: section for section in SECTIONS}


@dataclass(frozen=True, slots=True)
class Form:
    """A form of sections. The same pages, drafts and readings serve every one of them."""

    sections: tuple[Section, ...]

    def section(self, name: str) -> Section | None:
        """The section of that name; None where there is none."""
        return next((one for one in self.sections if one.id == name), None)


REFERRAL = Form(SECTIONS)
"""The referral to the domestic abuse panel (Rulebook T7)."""


def every_field() -> Iterator[tuple[Section, Field]]:
    """All questions of the form, in order."""
    for section in SECTIONS:
        for field in (*section.fields, *(section.each.fields if section.each else ())):
            yield section, field
