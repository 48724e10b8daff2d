"""Where people are reached, who knows it, and what of it is kept from every page (security.md A1, A8)."""

from dataclasses import dataclass
from enum import StrEnum

from agenda.spelling import email_key, phone_key


class Part(StrEnum):
    """Who somebody is in a case."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    ASSOCIATE = "associate"

    @property
    def label(self) -> str:
        """As people say it."""
        return {"associate": "Known associate of the perpetrator"}.get(self.value, self.value.capitalize())


class AddressKind(StrEnum):
    """What somebody does at an address."""

    HOME = "home"
    WORK = "work"
    TEMPORARY = "temporary"
    PREVIOUS = "previous"
    CORRESPONDENCE = "correspondence"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"previous": "Previous address", "correspondence": "Only for post"}.get(
            self.value, self.value.capitalize()
        )


class Knows(StrEnum):
    """Whether the perpetrator knows an address. There is no default: somebody chooses (security.md A8)."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"

    @property
    def words(self) -> str:
        """As people read it."""
        return {
            Knows.YES: "The perpetrator knows this address.",
            Knows.NO: "The perpetrator does not know this address.",
            Knows.NOT_KNOWN: "It is not known whether the perpetrator knows this address.",
        }[self]


class ContactKind(StrEnum):
    """A way to reach somebody that is no place."""

    PHONE = "phone"
    EMAIL = "e-mail"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"phone": "Telephone number", "e-mail": "E-mail address"}[self.value]


class Held(StrEnum):
    """What a page masks, and a person with a reason is shown."""

    ADDRESS = "address"
    CONTACT = "contact"
    POLICE = "police"  # what the police sent of the victim: the feed has no flag of confidence


class DetailOf(StrEnum):
    """Whom a member of staff tells of."""

    SELF = "self"
    KNOWS = "knows"


MASKED = "Confidential address: held. It is on no page."
SEALED_ALREADY = (
    "This address is held as confidential already, so it stays confidential. Only the agency that told it "
    "first can make it open, by correcting what it told."
)
MASKED_CONTACT = "Held. It is on no page."
NOT_READABLE = (
    "This address cannot be read: the key it was sealed with is not here. Nothing is lost while the key is "
    "kept somewhere. Ask the system administrator, and the agency that told it."
)
SHORTEST_REASON = 10


def confidential_by_rule(part: Part, knows: Knows) -> bool:
    """A victim's address is a safe one unless the perpetrator surely knows it (security.md A8)."""
    return part is Part.VICTIM and knows is not Knows.YES


@dataclass(frozen=True, slots=True)
class AddressTold:
    """An address as somebody tells it."""

    kind: AddressKind
    text: str
    knows: Knows
    known_to: str
    confidential: bool
    why_not: str  # confidential
    author: str
    source: str

    def problem(self, part: Part) -> str | None:
        """Why it cannot be kept so; None where it can."""
        if confidential_by_rule(part, self.knows) and not self.confidential:
            return openness_problem(self.why_not)
        return _missing(self.author, self.source)


@dataclass(frozen=True, slots=True)
class ContactTold:
    """A telephone number or an e-mail address as somebody tells it."""

    kind: ContactKind
    value: str
    ended: bool
    author: str
    source: str

    @property
    def key(self) -> str:
        """What two spellings of it share; "" where it reaches nobody."""
        return {ContactKind.PHONE: phone_key, ContactKind.EMAIL: email_key}[self.kind](self.value)

    def problem(self) -> str | None:
        """Why it cannot be kept so; None where it can."""
        if not self.key:
            return {
                ContactKind.PHONE: "Enter a telephone number, like 01632 960 001",
                ContactKind.EMAIL: "Enter an e-mail address, like name@agency.example",
            }[self.kind]
        return _missing(self.author, self.source)


def _missing(author: str, source: str) -> str | None:
    """Nothing is kept without who told it and how they know (Rulebook R2)."""
    return None if author.strip() and source.strip() else "Say who tells it, and how they know"


def openness_problem(why_not: str) -> str | None:
    """What would be a safe address stays confidential, unless somebody says otherwise and why."""
    if len(why_not.strip()) >= SHORTEST_REASON:
        return None
    return f"Say in at least {SHORTEST_REASON} letters why it need not be confidential"


def masks_contact(part: Part) -> bool:
    """How to reach a victim is on no page: a call to the wrong number can kill (security.md A1)."""
    return part is Part.VICTIM


def reason_problem(reason: str) -> str | None:
    """Who is shown what is masked, or puts it into a copy, says why (security.md B)."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return None
    return f"Say why, in at least {SHORTEST_REASON} letters"


NOT_ALLOCATED = (
    "Only the IDVA this case is allocated to is shown this. Ask the coordinator to allocate it to you."
)
ONLY_OPENED = "Break-glass does not show safe addresses; ask the coordinator."
#: For who reads no safe address, whatever was opened to them.
NOT_OPENED = "An opening does not show safe addresses."


def reveal_problem(*, runs_meetings: bool, is_idva: bool, allocated: bool, meets: bool) -> str | None:
    """Why somebody a case is open to is not shown a safe address in it; None where they are.

    Who runs the meetings is shown it; an IDVA where the case is allocated to them; a representative where it
    is on a meeting their agency attends, which break-glass and tickets do not make up for (security.md B,
    "Reveal safe address").
    """
    if runs_meetings:
        return None
    if is_idva:
        return None if allocated else NOT_ALLOCATED
    return None if meets else ONLY_OPENED
