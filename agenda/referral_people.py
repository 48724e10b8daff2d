"""The referral form, first half, as data: who refers, and about whom (Rulebook T7; the source form)."""

from dataclasses import dataclass

from agenda.addresses import Knows
from agenda.incidents import Gender
from agenda.referral_fields import (
    ADDRESS,
    NAME,
    NO,
    SEVERAL,
    YES,
    YES_NO,
    YES_NO_UNKNOWN,
    Choice,
    Field,
    Kind,
    Need,
    Sight,
)

MOST_PERPETRATORS, MOST_CHILDREN = 10, 30


@dataclass(frozen=True, slots=True)
class Each:
    """A part of a section that is filled once for each of several; `when` they are asked for at all."""

    name: str  # of one of them: `Child`
    fields: tuple[Field, ...]
    most: int
    when: tuple[str, str]  # a field of the section, and its answer
    ask: str  # said where there is none


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form, one line of its task list."""

    id: str
    title: str
    fields: tuple[Field, ...]
    each: Each | None = None
    words: str = ""  # said above the questions


#: Said before the form is begun, and whom to call (Rulebook T7, E3).
SAFEGUARDING_FIRST = (
    "The panel does not replace safeguarding. If somebody is in immediate danger, call 999 now, and tell "
    "children's or adults' social care. Report crimes to the police on 101. Then come back: a referral "
    "is heard on the next working day at the earliest."
)
_GENDERS = (
    Choice(Gender.FEMALE, "Woman or girl"),
    Choice(Gender.MALE, "Man or boy"),
    Choice(Gender.OTHER, "Another gender"),
    Choice(Gender.UNKNOWN, "Not known"),
)
_KNOWS = tuple(Choice(who.value, who.words) for who in Knows)
_NOT_KNOWN = "Leave it blank if it is not known"

BEFORE = Section(
    "before",
    "Before you start",
    (
        Field(
            "danger", "Somebody is in immediate danger", Kind.CHOICE, Need.MUST,
            "Say whether somebody is in immediate danger", choices=YES_NO,
        ),
        Field(
            "danger_done", "What has been done about the immediate danger", Kind.PROSE, Need.MUST,
            "Enter what has been done about the immediate danger", "Call 999 before you fill this in",
            only=("danger", frozenset({YES})), limit=SEVERAL,
        ),
        Field(
            "terms", "Terms of the protocol", Kind.CHOICES, Need.MUST,
            "Accept the terms of the information sharing protocol",
            choices=(Choice(YES, "I abide by the information sharing protocol in making this referral"),),
            sight=Sight.PANEL,
        ),
    ),
    words=SAFEGUARDING_FIRST,
)  # fmt: skip

REFERRER = Section(
    "referrer",
    "Your details",
    (
        Field("name", "Your name", need=Need.MUST, ask="Enter your name", limit=NAME),
        Field("role", "Your role", need=Need.MUST, ask="Enter your role"),
        Field("agency", "Your agency", need=Need.MUST, ask="Enter your agency",
              hint="An agency that has not signed the protocol can refer too"),
        Field("email", "Your e-mail address", Kind.EMAIL, Need.MUST, "Enter your e-mail address"),
        Field("phone", "Your telephone number", Kind.PHONE, Need.MUST, "Enter your telephone number"),
        Field("attend", "You would like to attend when the case is discussed", Kind.CHOICE, Need.SHOULD,
              "Say whether you would like to attend", choices=YES_NO, sight=Sight.PANEL),
        Field("attend_on", "Days on which you could attend", Kind.LIST_DAYS, Need.MUST,
              "Enter at least one day on which you could attend", "Working days only",
              sight=Sight.PANEL, only=("attend", frozenset({YES}))),
    ),
)  # fmt: skip


def _person(whose: str, found: Sight) -> tuple[Field, ...]:
    """What the source form asks of the victim and of each perpetrator; `found`: who sees where they are."""
    return (
        Field("surname", f"{whose} surname", need=Need.MUST, ask=f"Enter the {whose.lower()} surname",
              limit=NAME),
        Field("forename", f"{whose} first name", need=Need.SHOULD,
              ask=f"Enter the {whose.lower()} first name", limit=NAME),
        Field("aliases", f"{whose} other names", hint="Maiden names, names used before, nicknames"),
        Field("dob", f"{whose} date of birth", Kind.BORN, Need.SHOULD,
              f"Enter the {whose.lower()} date of birth", _NOT_KNOWN),
        Field("gender", f"{whose} gender", Kind.CHOICE, Need.SHOULD, f"Choose the {whose.lower()} gender",
              choices=_GENDERS),
        Field("address", f"{whose} address", Kind.PROSE, Need.SHOULD, f"Enter the {whose.lower()} address",
              sight=found, limit=ADDRESS),
        Field("postcode", f"{whose} postcode", sight=found, limit=10),
        Field("phone", f"{whose} telephone number", Kind.PHONE, sight=found,
              hint="One that nobody else answers" if found is Sight.SEALED else ""),
        *_more(whose),
    )  # fmt: skip


def _more(whose: str) -> tuple[Field, ...]:
    return (
        Field("ethnicity", f"{whose} ethnicity"),
        Field("disability", f"{whose} disability"),
        Field("lgbt", f"{whose} LGBT identity"),
        Field("substances", f"{whose} substance misuse", Kind.PROSE, limit=SEVERAL),
        Field("mental_health", f"{whose} mental ill health", Kind.PROSE, limit=SEVERAL),
        Field("staff_of", f"{whose} employer, where it takes part in the panel",
              hint="Members of staff of an agency are kept to named people"),
        Field("risk_to_professionals", f"{whose} risk to professionals", Kind.PROSE,
              hint="What somebody who visits should know", sight=Sight.CONTACT, limit=SEVERAL),
    )  # fmt: skip


VICTIM = Section(
    "victim",
    "The victim",
    (
        *_person("Victim's", Sight.SEALED),
        Field("address_known", "Who knows the victim's address", Kind.CHOICE, Need.MUST,
              "Say whether the perpetrator knows the victim's address", choices=_KNOWS,
              sight=Sight.CONTACT),
    ),
)  # fmt: skip

CONTACT = Section(
    "contact",
    "Contacting the victim safely",
    (
        Field("ways", "Safe ways to contact the victim", Kind.CHOICES, Need.MUST,
              "Choose how the victim can be contacted safely", sight=Sight.CONTACT,
              choices=(
                  Choice("call", "Telephone call"), Choice("text", "Text message"),
                  Choice("email", "E-mail"), Choice("post", "Letter"), Choice("visit", "In person"),
                  Choice("through", "Through somebody who is safe to talk to"),
                  Choice("none", "No safe way is known"),
              )),
        Field("email", "Victim's e-mail address", Kind.EMAIL, sight=Sight.SEALED),
        Field("times", "Safe times", need=Need.SHOULD, ask="Enter when it is safe to contact the victim",
              sight=Sight.CONTACT),
        Field("never", "What must not be done in making contact", Kind.PROSE, sight=Sight.CONTACT,
              hint="For example: leave no message, do not say who is calling", limit=SEVERAL),
        Field("safe", "Who is safe to talk to", Kind.PROSE, sight=Sight.CONTACT, limit=SEVERAL),
        Field("unsafe", "Who is unsafe to talk to", Kind.PROSE, Need.SHOULD,
              "Enter who is unsafe to talk to", "Whom the victim fears, besides the perpetrator",
              sight=Sight.CONTACT, limit=SEVERAL),
        Field("aware", "The victim knows of this referral", Kind.CHOICE, Need.MUST,
              "Say whether the victim knows of this referral", choices=YES_NO, sight=Sight.CONTACT),
        Field("unaware", "Why the victim does not know of this referral", Kind.PROSE, Need.MUST,
              "Enter why the victim does not know of this referral", sight=Sight.CONTACT,
              only=("aware", frozenset({NO})), limit=SEVERAL),
    ),
)  # fmt: skip

PERPETRATORS = Section(
    "perpetrators",
    "The perpetrator",
    (
        Field("known", "It is known who the perpetrator is", Kind.CHOICE, Need.MUST,
              "Say whether it is known who the perpetrator is", choices=YES_NO),
    ),
    Each(
        "Perpetrator",
        (
            Field("relationship", "Relationship to the victim", need=Need.MUST,
                  ask="Enter the perpetrator's relationship to the victim"),
            *_person("Perpetrator's", Sight.CASE),
            Field("together", "Lives with the victim", Kind.CHOICE, Need.SHOULD,
                  "Say whether the perpetrator lives with the victim", choices=YES_NO_UNKNOWN),
        ),
        MOST_PERPETRATORS,
        ("known", YES),
        "Enter the perpetrator's details",
    ),
)  # fmt: skip

CHILDREN = Section(
    "children",
    "Children",
    (
        Field("any", "Children are linked to the victim or to the perpetrator", Kind.CHOICE, Need.MUST,
              "Say whether any children are linked to the victim or to the perpetrator",
              "Unborn children count, and those who live elsewhere", choices=YES_NO_UNKNOWN),
    ),
    Each(
        "Child",
        (
            Field("unborn", "This child is unborn", Kind.CHOICE, Need.MUST,
                  "Say whether the child is unborn", choices=YES_NO),
            Field("name", "Child's name", need=Need.MUST, ask="Enter the child's name", limit=NAME,
                  only=("unborn", frozenset({NO}))),
            Field("dob", "Child's date of birth", Kind.BORN, Need.SHOULD,
                  "Enter the child's date of birth", _NOT_KNOWN, only=("unborn", frozenset({NO}))),
            Field("due_on", "Date on which the child is expected", Kind.EXPECTED, Need.SHOULD,
                  "Enter when the child is expected", _NOT_KNOWN, only=("unborn", frozenset({YES}))),
            Field("to_victim", "Relationship to the victim", need=Need.MUST,
                  ask="Enter the child's relationship to the victim", hint="Write none where there is none"),
            Field("to_perpetrator", "Relationship to the perpetrator", need=Need.MUST,
                  ask="Enter the child's relationship to the perpetrator",
                  hint="Write none where there is none"),
            Field("present", "Present at the incident", Kind.CHOICE, Need.MUST,
                  "Say whether the child was present at the incident", choices=YES_NO_UNKNOWN,
                  only=("unborn", frozenset({NO}))),
            Field("care_of", "In whose care", need=Need.SHOULD, ask="Enter in whose care the child is",
                  only=("unborn", frozenset({NO}))),
            Field("address", "Child's address, where it is not the victim's", Kind.PROSE,
                  sight=Sight.SEALED, limit=ADDRESS, only=("unborn", frozenset({NO}))),
            Field("school", "School or nursery", only=("unborn", frozenset({NO}))),
        ),
        MOST_CHILDREN,
        ("any", YES),
        "Enter each child's details",
    ),
)  # fmt: skip

PEOPLE: tuple[Section, ...] = (BEFORE, REFERRER, VICTIM, CONTACT, PERPETRATORS, CHILDREN)
