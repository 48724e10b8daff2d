"""What is kept of a case that is destroyed, beside its certificate: by what it is known if it is sent again,
and who is told its number (Rulebook L2, M6). Nothing of it says what the case was."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from agenda.calendar import day_words
from agenda.panels import Family

_MARK = re.compile("[0-9a-f]{40}")
_NAMED = re.compile(r"certificate (D-[0-9]{6,})")


@dataclass(frozen=True, slots=True)
class Kept:
    """Keyed marks, made with a key that lies outside the database. No field of it can hold content (L2).

    `digests`: of each past hearing, and of each version of an incident, that was destroyed. `told_to`: the
    family of panels whose people are told the case's number; None where it was restricted, and information
    governance alone is. `walled`: of each account with the case that a wall kept from it; a copy tells
    nobody whose they are (M6).
    """

    digests: tuple[str, ...] = ()
    told_to: Family | None = None
    walled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(_MARK.fullmatch(one) for one in (*self.digests, *self.walled)):
            raise ValueError("a mark is 40 letters and figures")

    def with_(self, issued: "Kept") -> "Kept":
        """What a backup knows of it, with what was kept when its certificate was issued: neither is lost.
        That came later, so it says who is told."""
        digests, walled = {*self.digests, *issued.digests}, {*self.walled, *issued.walled}
        return Kept(tuple(sorted(digests)), issued.told_to, tuple(sorted(walled)))

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """From a line of the ledger. Raises ValueError, KeyError or TypeError where it is none."""
        family = Family(told["told_to"]) if told["told_to"] else None
        return cls(tuple(map(str, told["digests"])), family, tuple(map(str, told["walled"])))


def one_spelling(reference: str) -> str:
    """A case reference of the old register however it is written: blanks and capitals tell no two apart."""
    return "".join(reference.split()).casefold()


def certificate_reference(number: int) -> str:
    """How people read a certificate's number: `D-000007`."""
    return f"D-{number:06d}"


def sent_again(number: int, on: date, instead: str) -> str:
    """Why a row of what was destroyed is put aside: what is destroyed never comes back in silence (L2).

    `instead`: what a person does where it has to.
    """
    return (
        f"destroyed on {day_words(on)}, certificate {certificate_reference(number)}, so it was not taken in; "
        f"if it has to come back, {instead}"
    )


def certificates_named(because: str) -> list[str]:
    """The certificates that such a reason names."""
    return _NAMED.findall(because)


def as_text(value: Any) -> Any:
    """As a line of the ledger writes it."""
    match value:
        case dict():
            return {key: as_text(told) for key, told in value.items()}
        case list() | tuple():
            return [as_text(told) for told in value]
        case UUID():
            return str(value)
        case date():
            return value.isoformat()
    return value
