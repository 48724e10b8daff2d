"""Who stands how to what in the world of the proofs, and what they may therefore come across."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from meetingsvc.permissions import RUNS_MEETINGS, Role
from tests.proofs.oracle import PANEL, Relation

#: By the name an address gives it; what people type (a reference, a surname) by its own.
Ids = dict[str, Any]
#: People's standings: which agency they work for, and whether they still may.
STANDINGS = ("supplier", "attends", "absent", "withdrawn", "disabled")
#: One case of each kind; `far` lies in another area.
SETS = ("ordinary", "named", "unnamed", "walled", "far")
#: Every surname on a case begins with its token, and is nowhere else. No two sound alike: a search for one
#: would find the other.
TOKENS = {name: f"Canary{name}" for name in SETS} | {"unnamed": "Canarykeptback"}

_PERSON_OF = {
    Relation.SUPPLIER: "supplier",
    Relation.NOT_THIS_MEETING: "absent",
    Relation.WITHDRAWN: "withdrawn",
    Relation.DISABLED: "disabled",
}
_SET_OF = {
    Relation.NAMED: "named",
    Relation.UNNAMED: "unnamed",
    Relation.WALLED: "walled",
    Relation.OTHER_AREA: "far",
    Relation.DESTROYED: "destroyed",
}


def standing_of(relation: Relation) -> str:
    """Which of a role's people asks."""
    return _PERSON_OF.get(relation, "attends")


def set_of(relation: Relation) -> str:
    """What they ask for."""
    return _SET_OF.get(relation, "ordinary")


@dataclass
class World:
    """What was built: people by role and standing, and the identifiers of each set of objects."""

    app: Flask
    agencies: dict[str, UUID] = field(default_factory=dict)
    people: dict[tuple[Role, str], UUID] = field(default_factory=dict)
    keeper: UUID = UUID(int=0)
    bystanders: dict[str, UUID] = field(default_factory=dict)
    sets: dict[str, Ids] = field(default_factory=dict)
    own: dict[tuple[UUID, str], Ids] = field(default_factory=dict)
    cookies: dict[UUID, str] = field(default_factory=dict)
    stale: dict[UUID, str] = field(default_factory=dict)

    def client(self, role: Role | None, relation: Relation) -> FlaskClient:
        """A browser that is signed in as that person; a visitor's where there is no role."""
        client = self.app.test_client()
        if role is not None:
            cookie = self.cookies[self.people[role, standing_of(relation)]]
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie)
        return client

    def ids(self, role: Role | None, relation: Relation, path: str) -> Ids:
        """The identifiers of an address for one person and their relation to the object."""
        name = set_of(relation)
        found = dict(self.sets[name])
        if path.startswith("/marac"):
            found["item_id"] = found["line_id"]
        if path.endswith(("/approve", "/refuse")):
            found["opening_id"] = found["ticket_id"]
        if role is not None:
            found |= self.own.get((self.people[role, standing_of(relation)], name), {})
        return found


def hidden_from(role: Role | None, relation: Relation) -> frozenset[str]:
    """The tokens that this person may not come across anywhere."""
    return frozenset(TOKENS.values()) - frozenset(TOKENS[name] for name in _seen(role, relation))


def _seen(role: Role | None, relation: Relation) -> frozenset[str]:
    standing = standing_of(relation)
    if role is None or standing in ("withdrawn", "disabled") or role not in PANEL | {_IG}:
        return frozenset()
    if role is _IG:  # by ticket
        return frozenset({"supplier": {"ordinary"}, "attends": {"named"}}.get(standing, set()))
    if standing == "absent":
        return frozenset({"ordinary", "walled"}) if role in RUNS_MEETINGS else frozenset()
    return frozenset({"ordinary", "walled"} if standing == "supplier" else {"ordinary", "named"})


_IG = Role.INFORMATION_GOVERNANCE
