"""What a meeting decides about a case."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from agenda.agencies import AgencyKind
from agenda.circulation import Group, problem_with_change
from agenda.incidents import Risk

NOTES_LENGTH = 20_000
SAFEGUARD_NOTE_LENGTH = 2_000


class Safeguard(StrEnum):
    """What may already keep a victim safe, evidenced one by one (Rulebook C2)."""

    REFUGE = "refuge"
    SUPPORT = "support"
    POLICE_ACTION = "police action"
    LEGAL_ORDERS = "legal orders"
    CHILDREN = "children"
    INVESTIGATION = "investigation"

    @property
    def label(self) -> str:
        """As the protocol words it."""
        return _SAFEGUARDS[self]


_SAFEGUARDS = {
    Safeguard.REFUGE: "Victim in refuge",
    Safeguard.SUPPORT: "Engaging in support",
    Safeguard.POLICE_ACTION: "Supporting police action",
    Safeguard.LEGAL_ORDERS: "Legal orders in place",
    Safeguard.CHILDREN: "Children appropriately safeguarded",
    Safeguard.INVESTIGATION: "Ongoing criminal investigation",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One safeguard as the meeting found it. A note may say why it is not in place."""

    safeguard: Safeguard
    in_place: bool
    note: str = ""

    @property
    def words(self) -> str:
        """`in place (since Monday)`; nothing where it is neither ticked nor noted: an empty box is no finding
        (Rulebook C2)."""
        if not self.in_place and not self.note:
            return ""
        return f"{'in place' if self.in_place else 'not ticked'}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What the meeting decided on one application under the disclosure scheme (Rulebook C4, Y1)."""

    reference: str
    disclose: bool | None = None
    why: str = ""  # nothing is disclosed; or what the meeting said of it

    @property
    def words(self) -> str:
        """`Decided not to disclose under the disclosure scheme (DSA-000123): Nothing is held.`"""
        said = f": {self.why}" if self.why else "."
        decided = "Decided to disclose" if self.disclose else "Decided not to disclose"
        return f"{decided} under the disclosure scheme ({self.reference}){said}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the meeting decided: risk, safeguards, whether to refer to MARAC and in which group (Rulebook D3).

    `in_place` is the meeting's own judgement of the safeguards taken together, never a count of `safeguards`
    (Rulebook C2); `disclosures` its decision on each application under the disclosure scheme (Rulebook C4).
    None is a question not answered yet.
    """

    risk: Risk | None
    safeguards: tuple[Tick, ...] = ()
    in_place: bool | None = None
    refer: bool | None = False
    group: Group | None = None
    group_reason: str = ""
    notes: str = ""
    disclosures: tuple[Disclosure, ...] = ()
    plan_review: str = ""  # MARAC: of the daily meeting's safety plan (Rulebook M3)
    not_referred: str = ""  # why a high-risk case is not, or a referral was taken back


@dataclass(frozen=True, slots=True)
class CaseRisk:
    """The police's assessment beside the meeting's: neither replaces the other (Rulebook T13, D3).

    At a MARAC, what stood before is the daily meeting's.
    """

    police: Risk
    meeting: Risk
    whose: str = "police"

    @property
    def words(self) -> str:
        """`high`, or `medium (police: high)` where the two differ."""
        if self.meeting is self.police:
            return self.meeting.value
        return f"{self.meeting} ({self.whose}: {self.police})"


def problems(outcome: Outcome, proposed: Group | None) -> dict[str, str]:
    """What keeps an outcome from being saved, by field; empty where nothing does (Rulebook D3, C1, C2).

    `proposed` is the group the service proposed, None where the case is not referred.
    """
    found: dict[str, str] = {}
    if outcome.risk is None:
        found["risk"] = "Choose the level of risk the meeting agreed"
    if len(outcome.notes) > NOTES_LENGTH:
        found["notes"] = _too_long("Notes", NOTES_LENGTH)
    return found | _safeguard_problems(outcome.safeguards) | _referral_problems(outcome, proposed)


def _safeguard_problems(ticks: tuple[Tick, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for safeguard, times in Counter(tick.safeguard for tick in ticks).items():
        if times > 1:
            found["safeguards"] = f"{safeguard.label} was answered twice. Answer it once"
    for tick in ticks:
        if len(tick.note) > SAFEGUARD_NOTE_LENGTH:
            name = f"Note on “{tick.safeguard.label}”"
            found[f"safeguard-{tick.safeguard.name.lower()}-note"] = _too_long(name, SAFEGUARD_NOTE_LENGTH)
    return found


def _referral_problems(outcome: Outcome, proposed: Group | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if outcome.refer is None:
        found["refer"] = "Say whether the case is referred to MARAC"
    if not outcome.refer:
        return found
    if outcome.in_place is None:
        found["in_place"] = "Say whether the meeting judged that safeguards are in place"
    if outcome.group is None:
        found["group"] = "Choose the circulation group for MARAC"
    elif proposed and (problem := problem_with_change(proposed, outcome.group, outcome.group_reason)):
        found["group_reason"] = problem
    if len(outcome.group_reason) > SAFEGUARD_NOTE_LENGTH:
        found["group_reason"] = _too_long("The reason for the group", SAFEGUARD_NOTE_LENGTH)
    return found


def marac_problems(outcome: Outcome, disclosure_only: bool) -> dict[str, str]:
    """A MARAC judges the safeguards of every case (Rulebook M3, C2), but of an application alone: it has none
    to judge."""
    found: dict[str, str] = {}
    if outcome.in_place is None and not disclosure_only:
        found["in_place"] = "Say whether the meeting judged that safeguards are in place"
    if len(outcome.plan_review) > NOTES_LENGTH:
        found["plan_review"] = _too_long("The review of the plan", NOTES_LENGTH)
    return found


def unreferred_problems(outcome: Outcome, police: Risk, was: Outcome | None) -> dict[str, str]:
    """A case that is high risk, or was, is kept from MARAC only with a reason, and so is a referral taken
    back (practice; Rulebook D3, T13). `was`: the outcome that this one replaces."""
    if outcome.refer is not False:
        return {}
    if len(outcome.not_referred) > SAFEGUARD_NOTE_LENGTH:
        return {"not_referred": _too_long("The reason", SAFEGUARD_NOTE_LENGTH)}
    before = was or Outcome(risk=None)
    asked = Risk.HIGH in (police, outcome.risk, before.risk) or before.refer or before.not_referred
    if not asked or outcome.not_referred.strip():
        return {}
    return {"not_referred": "Say why the case is not referred to MARAC"}


def stand_in_problems(outcome: Outcome, police: Risk, *, at_marac: bool = False) -> dict[str, str]:
    """What a chair in a coordinator's place may not decide alone (security.md B): to lower the risk that was
    assessed before the meeting, or to keep a high-risk case from MARAC."""
    found: dict[str, str] = {}
    if outcome.risk is not None and outcome.risk.rank < police.rank:
        whose = "daily meeting" if at_marac else "police"
        found["risk"] = (
            f"The {whose} assessed {police.value} risk. In a coordinator’s place you cannot record less"
        )
    if not at_marac and outcome.refer is False and Risk.HIGH in (police, outcome.risk):
        found["refer"] = "In a coordinator’s place you refer every high-risk case to MARAC"
    return found


def disclosure_problems(outcome: Outcome, applications: Collection[str]) -> dict[str, str]:
    """The decision to disclose is made at the daily meeting, on each application by itself: no outcome
    without it, nor a refusal without its reason (Rulebook C4, Y1)."""
    found: dict[str, str] = {}
    told = {one.reference: one for one in outcome.disclosures}
    for reference in applications:
        one = told.get(reference, Disclosure(reference))
        if one.disclose is None:
            found[f"disclose-{reference}-decision"] = (
                f"Say whether the meeting decided to disclose on application {reference}"
            )
        elif not one.disclose and not one.why.strip():
            found[f"disclose-{reference}-why"] = f"Say why nothing is disclosed on application {reference}"
        elif len(one.why) > SAFEGUARD_NOTE_LENGTH:
            found[f"disclose-{reference}-why"] = _too_long("Why", SAFEGUARD_NOTE_LENGTH)
    return found


def untold_problems(outcome: Outcome, applications: Collection[str]) -> dict[str, str]:
    """Where the MARAC is told of every disclosure, a case with one is referred to it, whatever its risk: what
    is never on an agenda, no agency is asked about (Rulebook C4, Y1)."""
    disclosed = any(one.disclose and one.reference in applications for one in outcome.disclosures)
    if not disclosed or outcome.refer is not False:
        return {}
    return {"refer": "The MARAC is told of every disclosure. Refer the case to it, or decide not to disclose"}


def _too_long(what: str, limit: int) -> str:
    return f"{what} must be {limit:,} characters or fewer"


TYPICAL_OWNERS: tuple[tuple[AgencyKind, tuple[str, ...]], ...] = (
    (
        AgencyKind.POLICE,
        ("Record a crime report", "Investigate", "Make contact with the victim"),
    ),
    (AgencyKind.IDVA_SERVICE, ("Offer the victim support",)),
    (
        AgencyKind.CHILDRENS_SOCIAL_CARE,
        (
            "Make contact about the children",
            "Carry out a fuller assessment",
            "Tell the allocated worker",
        ),
    ),
    (AgencyKind.SUBSTANCE_MISUSE, ("See the perpetrator in custody",)),
    (AgencyKind.ADULT_SOCIAL_CARE, ("Consider an adult safeguarding enquiry",)),
)
"""What each kind of agency is typically asked to do, offered as suggestions (Rulebook D4)."""
