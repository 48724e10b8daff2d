"""What each disclosure scheme says: who may be told, warned of what, signing what (Rulebook Y2; CALD).

The steps are the same for all (`disclosure_scheme`); what differs between the schemes stands here.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from agenda.calendar import local_day
from agenda.disclosure_application import Applying
from agenda.disclosure_scheme import Recipient, Right, Scheme, Telling, telling_problems
from agenda.headline import age

GROWN_UP = 18

#: What somebody may apply for. Of themselves the police tell about a risk to children as public protection
#: arrangements say: the child sex offender scheme is by application alone (CALD, appendix 2).
KINDS: tuple[tuple[Scheme, Right], ...] = (
    (Scheme.DOMESTIC, Right.ASK),
    (Scheme.DOMESTIC, Right.KNOW),
    (Scheme.CHILD_SEX_OFFENDER, Right.ASK),
)

#: A child is protected by being told about, not by being told: a parent, carer or guardian is.
RECIPIENTS: Mapping[Scheme, frozenset[Recipient]] = {
    Scheme.DOMESTIC: frozenset(Recipient),
    Scheme.CHILD_SEX_OFFENDER: frozenset({Recipient.ABLE_TO_SAFEGUARD}),
}

_PROTECTS = {Scheme.DOMESTIC: "the person at risk", Scheme.CHILD_SEX_OFFENDER: "the child"}


def kind_words(scheme: Scheme, right: Right) -> str:
    """What an application is, in a line: `Right to ask (domestic violence disclosure scheme)`."""
    return f"{right.value.capitalize()} ({scheme.value} disclosure scheme)"


def recipient_words(scheme: Scheme, to: Recipient) -> str:
    """To whom it is disclosed, in the scheme's own words (Rulebook Y2)."""
    if scheme is Scheme.CHILD_SEX_OFFENDER and to is Recipient.ABLE_TO_SAFEGUARD:
        return "The parent, carer or guardian most able to protect the child"
    return to.label


def warning(scheme: Scheme) -> Sequence[str]:
    """What is said to the recipient before anything is disclosed, in full (Rulebook Y2)."""
    who = _PROTECTS[scheme]
    return (
        f"What you are told may be used for one purpose alone: to keep {who} safe.",
        "It is confidential. You are asked to sign that you understand this and will not pass it on.",
        "If you break this confidence, legal proceedings may be brought against you.",
    )


def undertaking(scheme: Scheme) -> Sequence[str]:
    """What the recipient signs, and the police keep (Rulebook Y2).

    It says nothing of what was disclosed, nor about whom; and no copy is left where it could be found (F3).
    """
    return (
        "I have been told something in confidence.",
        f"I will use it to keep {_PROTECTS[scheme]} safe, and for nothing else.",
        "I will not pass it on, in words, in writing or on line.",
        "I have been warned that legal proceedings may follow if I do, and I understand that.",
    )


def problems(scheme: Scheme, told: Telling, since: date, today: date) -> dict[str, str]:
    """What keeps a disclosure under this scheme from being recorded, by field (Rulebook Y1, Y2)."""
    found = telling_problems(told, since, today)
    if told.to is not None and told.to not in RECIPIENTS[scheme]:
        found["to"] = "Under this scheme a child is not told. Choose who is able to safeguard the child"
    return found


def child_problems(told: Applying, access: str) -> dict[str, str]:
    """What an application about a risk to a child lacks besides, by field (CALD, appendix 2).

    The child is under 18 on the day of applying, as far as the birth date is known; and it is said how
    whom it is asked about is with the child unsupervised. Other schemes ask neither.
    """
    if told.scheme is not Scheme.CHILD_SEX_OFFENDER:
        return {}
    found = {} if access.strip() else {"access": "Enter how this person is with the child unsupervised"}
    dob = told.at_risk.dob
    if dob and age(dob, local_day(told.applied_at)) >= GROWN_UP:
        found["at_risk_dob"] = (
            "This person is not under 18. For an adult, apply under the domestic violence disclosure scheme"
        )
    return found
