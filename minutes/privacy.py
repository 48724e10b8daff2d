"""The privacy notice, from the area's settings (DM and WSX: whom the information is about may know its use).

It says what is done with everybody's information, and of nobody that the service holds any.
"""

from dataclasses import dataclass

from agenda.area import AreaSettings


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the notice: what it says, then a list."""

    title: str
    says: tuple[str, ...]
    points: tuple[str, ...] = ()


def notice(area: str, settings: AreaSettings) -> tuple[Part, ...]:
    """All that a privacy notice has to say, in its order."""
    return (
        _controllers(area, settings), _HELD, _PURPOSES, _BASES, _shared(settings), _kept(settings),
        _counted(settings), _RIGHTS, _asked(settings), _complaints(settings),
    )  # fmt: skip


def _controllers(area: str, settings: AreaSettings) -> Part:
    """Rulebook R2: the meeting owns nothing."""
    says: tuple[str, ...] = (
        f"In {area}, agencies meet to protect people from domestic abuse and exploitation. The meetings are "
        "no organisation of their own: each agency stays responsible, as controller, for what it supplies.",
    )
    if settings.privacy_controller:
        says += (f"For this service itself the controller is {settings.privacy_controller}.",)
    return Part("Who is responsible", says)


_HELD = Part(
    "What is held",
    ("About adults and children who may be at risk of harm, people who may cause it, and those near them:",),
    (
        "names, dates of birth, addresses, and how somebody can safely be reached",
        "what happened, and how high the risk is judged to be",
        "health, support needs, housing, offending and court orders, where they matter to that risk",
        "what each agency supplied, what the meeting decided, and what was done",
    ),
)
_PURPOSES = Part(
    "What it is used for",
    (),
    (
        "making plans that keep people safe, and reviewing them",
        "protecting children, and adults with care and support needs",
        "managing the risk from those who cause harm, and preventing and detecting crime",
        "keeping safe the professionals who work with them",
        "checking that what was agreed was done, and learning from it",
    ),
)
#: Rulebook K1 and K2.
_BASES = Part(
    "The lawful bases",
    (
        "People are asked for their consent where that is safe, and limits they set are respected where they "
        "can be. But consent is not the lawful basis. These are:",
    ),
    (
        "a task in the public interest, and somebody’s vital interests: UK GDPR, article 6(1)(e) and (d)",
        "for health and other special categories, substantial public interest: article 9(2)(g)",
        "for criminal offences, and for the police and other competent authorities, the Data Protection Act "
        "2018",
        "the Crime and Disorder Act 1998, the Children Acts 1989 and 2004, the Care Act 2014, the Domestic "
        "Abuse Act 2021, and the Human Rights Act 1998",
    ),
)


def _shared(settings: AreaSettings) -> Part:
    """Rulebook X1 to X3, G1."""
    return Part(
        "Who it is shared with",
        (
            "With agencies that have signed the information sharing agreement and need it for a case: such "
            "as the police, health, housing, probation, social care for children and adults, and support "
            "services.",
            "With anybody else only where the chair of the meeting and the agencies that supplied it agree, "
            "or the law or a court requires it.",
            f"An agency may mark its own record, so that it responds in time, for {settings.flag_months} "
            "months at most.",
        ),
    )


def _kept(settings: AreaSettings) -> Part:
    """Rulebook L1 and L2."""
    months = settings.review_months
    often = "every month" if months == 1 else f"every {months} months"
    return Part(
        "How long it is kept",
        (
            f"As long as a risk to somebody remains. Whether it does is reviewed {often} after the last "
            "incident: two people decide whether all, some or none of it is kept. An inquiry or a court can "
            "require it to be kept longer.",
        ),
    )


def _counted(settings: AreaSettings) -> Part:
    """Rulebook W4."""
    return Part(
        "Statistics",
        (
            "Numbers that are published tell of nobody: each is rounded to a multiple of "
            f"{settings.small_number}.",
        ),
    )


_RIGHTS = Part(
    "Your rights",
    ("You can ask, and are answered within a month:",),
    (
        "whether information about you is held, and for a copy of it",
        "that what is wrong or incomplete is put right",
        "that it is erased, or no longer used, and you can object to its use",
    ),
)


def _asked(settings: AreaSettings) -> Part:
    says = (
        "Something may have to be kept from you where telling it would put somebody at risk of serious harm, "
        "or would hinder preventing or detecting crime. Ask the agency that you know, or:",
    )
    points = [
        f"{who}: {how}"
        for who, how in (
            ("the data protection officer", settings.privacy_officer),
            ("the coordinator of the meetings", settings.coordinator_call),
        )
        if how
    ]
    return Part("Whom to ask", says, tuple(points) or ("the data protection officer of any of the agencies",))


def _complaints(settings: AreaSettings) -> Part:
    """Rulebook V2."""
    first = settings.complaints_to or "the agency that you know, or the chair of the meetings"
    return Part(
        "If you want to complain",
        (
            f"To {first}. What is not resolved there goes to the partnership that oversees the meetings.",
            "You can complain to the Information Commissioner at any time.",
        ),
    )
