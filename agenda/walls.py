"""Finding the staff who must not learn of a case: its parties, and who knows them (Rulebook M6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import permutations
from typing import NamedTuple
from uuid import UUID

from agenda import incidents
from agenda.details import Details, Shared, Staff, is_sure
from agenda.incidents import Incident
from agenda.need_to_know import WallGround
from agenda.people import folded


class Member(NamedTuple):
    """A member of staff as they are (`PARTY`), or somebody they said they know (`DECLARED`).

    `of_account`: as the account has it, which two people made; not as they told it themselves.
    """

    account_id: UUID
    ground: WallGround
    details: Details
    of_account: bool = False


class Party(NamedTuple):
    """Somebody a case is about or names. `is_party` is false of who is only near the perpetrator."""

    person_id: UUID
    is_party: bool
    details: Details


@dataclass(frozen=True, slots=True)
class Match:
    """What one member of staff, or somebody they know, shares with the people of one case.

    `marks` tell one thing shared from another, so that a decision about these is not one about others.
    """

    own: frozenset[Shared] = frozenset()
    known: frozenset[Shared] = frozenset()
    marks: frozenset[str] = frozenset()
    is_party: bool = False
    by_account: bool = False

    @property
    def ground(self) -> WallGround:
        """Being somebody on the case outweighs knowing somebody on it."""
        return WallGround.PARTY if self.own else WallGround.DECLARED

    @property
    def shared(self) -> frozenset[Shared]:
        """All that is shared."""
        return self.own | self.known

    def with_more(self, ground: WallGround, found: frozenset[Shared], marks: frozenset[str],
                  is_party: bool, by_account: bool) -> "Match":  # fmt: skip
        """What was found of one more party."""
        own, known = (found, frozenset[Shared]()) if ground is WallGround.PARTY else (frozenset(), found)
        party = self.is_party or (bool(own) and is_party)
        by_account = self.by_account or (bool(own) and by_account)
        return Match(self.own | own, self.known | known, self.marks | marks, party, by_account)


class Watch:
    """The staff of an area, to be compared with the people of many cases."""

    def __init__(self, members: Iterable[Member]) -> None:
        told: dict[WallGround, list[tuple[UUID, Details]]] = {ground: [] for ground in WallGround}
        accounts = list[tuple[UUID, Details]]()
        for member in members:
            told[member.ground].append((member.account_id, member.details))
            if member.of_account:
                accounts.append((member.account_id, member.details))
        self._accounts = Staff(accounts)
        self._staff = {ground: Staff(people) for ground, people in told.items()}
        self._keys: dict[tuple[WallGround, UUID], set[tuple[Shared, str]]] = defaultdict(set)
        for ground, people in told.items():
            for account_id, details in people:
                self._keys[ground, account_id] |= details.keys

    def matching(self, parties: Iterable[Party]) -> dict[UUID, Match]:
        """Whoever shares something with one of these people, of a party even a name alone (Rulebook M6).

        The name alone of a known associate is no reason: anybody on the panel may name one, and would close
        the case to whom they please.
        """
        found: dict[UUID, Match] = defaultdict(Match)
        for party in parties:
            accounts = self._accounts.matching(party.details)
            for ground, account_id, what in self._sharing(party):
                keys = self._keys[ground, account_id] & party.details.keys
                marks = _marks(party.person_id, what, keys, party.details.dob)
                own = _is_account(accounts.get(account_id, frozenset()), what)
                found[account_id] = found[account_id].with_more(ground, what, marks, party.is_party, own)
        return found

    def _sharing(self, party: Party) -> Iterator[tuple[WallGround, UUID, frozenset[Shared]]]:
        for ground, staff in self._staff.items():
            for account_id, what in staff.matching(party.details).items():
                if party.is_party or is_sure(what):
                    yield ground, account_id, what


def _is_account(of_account: frozenset[Shared], found: frozenset[Shared]) -> bool:
    """Surely the person whose account it is: its e-mail address, or its name and something more (M6)."""
    return Shared.EMAIL in of_account or (Shared.NAME in of_account and is_sure(found))


_NAMES = frozenset({Shared.NAME, Shared.NAME_AND_DOB})


def _marks(
    person_id: UUID, found: frozenset[Shared], keys: Iterable[tuple[Shared, str]], dob: date | None
) -> frozenset[str]:
    """One for each thing shared with this person.

    Too short to be turned back into a number or an address, long enough to tell two apart.
    """
    marks = set[str]()
    for what, key in keys:
        for shared in found & _NAMES if what is Shared.NAME else found & {what}:
            born = dob if shared is Shared.NAME_AND_DOB else ""
            marks.add(sha256(f"{person_id}|{shared}|{key}|{born}".encode()).hexdigest()[:5])
    return frozenset(marks)


class NameKeys(NamedTuple):
    """Beginnings of the name keys of staff (`agenda.people.name_key`), and their surnames, both folded."""

    names: frozenset[str]
    surnames: frozenset[str]


def name_keys_of(members: Iterable[Member]) -> NameKeys:
    """Every way in which a feed may have written a name, to be looked for among its incidents (M6).

    A name kept in one piece is cut everywhere, and surname and forename may stand the wrong way round.
    """
    names, surnames = set[str](), set[str]()
    for member in members:
        for first, last in _cuts(member.details):
            for surname, forename in permutations((first, last)):
                names.add(f"{folded(surname)}|{folded(forename)}|")
                surnames.add(folded(surname))
    return NameKeys(frozenset(names), frozenset(surnames))


def _cuts(details: Details) -> Iterable[tuple[str, str]]:
    if details.forename and details.surname:
        yield details.forename, details.surname
    words = f"{details.forename} {details.surname}".split()
    for at in range(1, len(words)):
        yield " ".join(words[:at]), " ".join(words[at:])


_NOBODY_YET = UUID(int=0)


def parties_of(incident: Incident) -> list[Party]:
    """The people of an incident that is in no case yet."""
    told = (incident.victim, incident.perpetrator)
    return [Party(_NOBODY_YET, True, _as_sent(one)) for one in told if one]


def _as_sent(party: incidents.Party) -> Details:
    where = f"{party.address} {party.postcode}".strip()
    phones, addresses = (frozenset({text} if text else ()) for text in (party.phone, where))
    return Details(party.forename, party.surname, party.dob, frozenset(), phones, addresses)


def because(ground: WallGround, shared: str, *, by_service: bool) -> str:
    """Why somebody is kept from a case, by the ground of it (Rulebook M6): `... because ...`."""
    if not by_service:
        return "they said that they know somebody on it"
    if ground is WallGround.PARTY:
        return f"they share this with a person on it: {shared}"
    if shared:
        return f"somebody they told the service they know shares this with a person on it: {shared}"
    return "they said that they know somebody on another case of the same victim"


def words(found: Iterable[Shared]) -> str:
    """What is alike, as it is kept and shown: `name; telephone number`."""
    told = set(found)
    if Shared.NAME_AND_DOB in told:
        told.discard(Shared.NAME)
    return "; ".join(shared.value for shared in Shared if shared in told)
