"""Whom nothing about a case may reach (Rulebook F3)."""

from collections.abc import Iterable

from agenda.details import Details, Shared, shared


def collides(recipient: Details, kept_from: Iterable[Details], *, cleared: bool = False) -> frozenset[Shared]:
    """What a recipient shares with the case's perpetrators and known associates; nothing lets a message out.

    One who is one of them, or shares an e-mail address, telephone number, address or identity with one, is
    refused. So is one who shares the name alone, until a person has looked and `cleared` it; nothing clears
    more than a name (Rulebook F3).
    """
    found = frozenset[Shared]().union(*(shared(recipient, person) for person in kept_from))
    return found - {Shared.NAME} if cleared else found
