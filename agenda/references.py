"""The references of what comes in by the service's own pages, as people read them: `REF-000123`."""

from enum import StrEnum


class Prefix(StrEnum):
    """What a reference names, by how it begins."""

    REFERRAL = "REF"
    TRANSFER = "TRF"
    APPLICATION = "DSA"
    ORDER = "ORD"

    @property
    def begins(self) -> str:
        """The letters before the number."""
        return f"{self}-"


class Register(StrEnum):
    """What a register of decisions about information numbers, exploitation referrals, and missing episodes
    that a page took in: no daily list takes it in by its number."""

    BREACH = "BRE"
    COMPLAINT = "COM"
    DISAGREEMENT = "DIS"
    REQUEST = "REQ"
    EXPLOITATION = "EXR"
    EPISODE = "MIS"


#: How all of them begin: a force's number like them would become a version of theirs.
OUR_OWN = frozenset(prefix.begins for prefix in Prefix)


def prefix_of(reference: str) -> Prefix | None:
    """What a reference of our own names; None of a force's number."""
    return next((prefix for prefix in Prefix if reference.startswith(prefix.begins)), None)


def reference(prefix: Prefix | Register, number: int) -> str:
    """The reference of that number."""
    return f"{prefix}-{number:06d}"
