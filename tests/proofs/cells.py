"""One cell of the matrix: how it is asked, and whether the answer is what the oracle says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from meetingsvc.models import Base
from meetingsvc.permissions import Role
from meetingsvc.store.fence import Unscoped
from tests.proofs import LONG, oracle
from tests.proofs.lines import ROUTES
from tests.proofs.oracle import Answer, Kind, Relation
from tests.proofs.samples import asked
from tests.proofs.standings import World, hidden_from, standing_of
from tests.web.routes import Door, body

#: What a refused request may read: who asks, and nothing they asked for.
WHO = {"session", "account", "account_family", "agency", "agency_panel", "area", "rehearsal", "job_slot"}
#: What an identifier names. One that is not here hangs on a case: walls and restrictions are expected.
KINDS = {
    "meeting_id": Kind.MEETING,
    "pack_id": Kind.MEETING,
    "copy_id": Kind.COPY,
    "account_id": Kind.AREA,
    "agency_id": Kind.AREA,
    "import_id": Kind.AREA,
    "token_id": Kind.AREA,
    "alarm_id": Kind.AREA,
    "breach_id": Kind.AREA,
    "second_id": Kind.AREA,
    "decision_id": Kind.AREA,
    "complaint_id": Kind.AREA,
    "draft_id": Kind.OWN,
    "detail_id": Kind.OWN,
    "passkey_id": Kind.OWN,
    "session_id": Kind.OWN,
    "recalled_id": Kind.OWN,
    "referral_id": Kind.OWN,
    "refer_id": Kind.OWN,
    "sharing_id": Kind.OWN,
    "proposal_id": Kind.PROPOSAL,
}
#: Enough of a form to come to where the object is looked for.
BODIES: dict[str, dict[str, str]] = {
    "POST /marac/<uuid:meeting_id>/order": {"place": "1", "to": "1"},
    "POST /prints": {"what": "case"},
    "POST /flags": {"step": "sure.to_add"},
    "POST /break-glass": {"reference": "C-000001"},
    "POST /certificates": {"reference": "C-000999"},
    "POST /openings/<uuid:opening_id>/review": {"in_order": "yes", "finding": "invented for this proof"},
    "POST /refusals/<uuid:refusal_id>": {"note": "invented for this proof"},
    "POST /alarms/<uuid:alarm_id>": {"note": "invented for this proof"},
    "POST /decisions/<uuid:proposal_id>": {"decision": "approve"},
    "POST /cases/<uuid:case_id>/people/<uuid:person_id>/relationships/new": {
        "kind": "parent",
        "other": "new",
        "surname": "Invented",
        "standing": "fact",
        "author": "invented",
        "source": "invented",
    },
    "POST /cases/<uuid:case_id>/relationships/<uuid:relationship_id>/remove": {
        "why": "invented for this proof"
    },
}
#: Fields that name an object, where the address does not.
FIELDS = {
    "POST /prints": {"key": "case_id"},
    "POST /marac/<uuid:meeting_id>/order": {"item_id": "item_id"},
    "POST /search": {"words": "surname"},
    "POST /lists/ask-to-add": {"reference": "occurrence"},
    "POST /lists/add": {"reference": "occurrence"},
    "POST /break-glass/open": {"reference": "reference"},
    "POST /tickets": {"reference": "reference"},
    "POST /retention/holds": {"reference": "reference"},
    "POST /notifications/ask": {"number": "occurrence"},
    "POST /notifications": {"number": "occurrence"},
}
#: What is typed of something that is not there.
UNKNOWN = {"surname": "Nobodyatall", "occurrence": "NONE", "reference": "C-000999"}
#: Pages that say no to some who may open them: not to the person, but as things stand.
#: An order is a court's: the request of the proof is none of a court's (Rulebook X3).
SAYS_NO = {"GET /second-factor/app", "GET /requests/<uuid:disclosure_id>/order"}
#: Which only leads on, to the page of the day that was typed.
LEADS_ON = {"GET /dates/daily"}
#: What answers with nothing: that the session lives; that there is no stream, so that the page asks instead.
EMPTY = {"GET /still-here", "GET /items/<uuid:item_id>/live/stream"}
_WHY = {"reason": "invented for this proof", "why": "invented for this proof"}
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def kind_of(door: Door) -> Kind:
    """What decides who may know of the object of a route."""
    found = [KINDS.get(name, Kind.CASE) for name in (*door.ids, *FIELDS.get(str(door), {}).values())]
    order = (Kind.CASE, Kind.COPY, Kind.PROPOSAL, Kind.MEETING, Kind.OWN, Kind.AREA)
    return next((kind for kind in order if kind in found), Kind.NOTHING)


@dataclass
class Asking:
    """One principal's way through all cells; answers of unknown addresses are asked once."""

    world: World
    role: Role | None
    said: list[str]
    whole: bool

    def __post_init__(self) -> None:
        self.requests, self.wrong = 0, list[str]()
        self._unknown: dict[tuple[str, str, bool], tuple[object, ...]] = {}
        self._answers: dict[tuple[object, ...], tuple[TestResponse, list[str]]] = {}
        self._tables = set(Base.metadata.tables) - WHO

    def everything(self, found: list[Door]) -> None:
        """Every route × every relation, or × those that a sample has of them.

        Route by route: what each asks of the database is put into words once for all relations.
        """
        clients = {relation: self.world.client(self.role, relation) for relation in Relation}
        for door in found:
            sample = self._sample(door)
            for relation, client in clients.items():
                if LONG or relation in sample:
                    self.cell(client, door, relation)

    def _sample(self, door: Door) -> set[Relation]:
        due = {relation: self._due(door, relation) for relation in Relation}
        return asked(f"{self.role} {door}", due, self.whole, kind_of(door) is Kind.MEETING)

    def _due(self, door: Door, relation: Relation) -> Answer:
        return oracle.answer(self.role, relation, ROUTES[str(door)], kind_of(door))

    def cell(self, client: FlaskClient, door: Door, relation: Relation) -> None:
        """Knocks once, and looks whether the answer is what the oracle says."""
        action, kind = ROUTES[str(door)], kind_of(door)
        due = self._due(door, relation)
        ids = self.world.ids(self.role, relation, str(door.rule))
        path = door.path(lambda name: ids.get(name) or uuid4())
        self.requests += 1
        try:
            answer = self._answer(client, door, relation, path, ids)
        except Unscoped as broken:  # raised while a file is already being sent
            problem = f"it broke: {broken}"
        else:
            problem = self._problem(client, door, relation, due, answer, path)
        if problem:
            self.wrong.append(
                f"{door} | {self.role} | {relation} | {action} {kind.name}: {due.name}, but {problem}"
            )

    def _answer(
        self, client: FlaskClient, door: Door, relation: Relation, path: str, ids: Mapping[str, Any]
    ) -> TestResponse:
        """What this person asked word for word before is not asked again, but in the long form: what is
        saved is taken back, so the answer is the same. What was said to the database goes with it."""
        asked = standing_of(relation), str(door), path, *typed(door, ids).items()
        if LONG or asked not in self._answers:
            self.said.clear()
            self._answers[asked] = knock(client, door, path, ids), list(self.said)
        answer, self.said[:] = self._answers[asked]
        return answer

    def _problem(
        self,
        client: FlaskClient,
        door: Door,
        relation: Relation,
        due: Answer,
        answer: TestResponse,
        path: str,
    ) -> str:
        if answer.status_code >= 500:
            return f"it broke: {answer.status_code}"
        text = answer.text
        for value in typed(door, self.world.ids(self.role, relation, str(door.rule))).values():
            text = text.replace(value, "")
        if found := [token for token in hidden_from(self.role, relation) if token in text]:
            return f"it shows {found}"
        match due:
            case Answer.NEVER | Answer.SIGN_IN:
                return self._refusal(due, answer)
            case Answer.HIDDEN:
                return self._same(client, door, relation, answer, path)
            case Answer.REFUSED:
                return "" if answer.status_code in (403, 404, 409) else f"it answered {answer.status_code}"
            case Answer.WORKS:
                return works(door, answer)
        opened = door.method == "GET" and answer.status_code == 200
        return "" if opened or answer.status_code in (403, 404) else f"it answered {answer.status_code}"

    def _refusal(self, due: Answer, answer: TestResponse) -> str:
        if due is Answer.NEVER and answer.status_code != 403:
            return f"it answered {answer.status_code}"
        if due is Answer.SIGN_IN and not (answer.location or "").startswith("/sign-in"):
            return f"it answered {answer.status_code} {answer.location}"
        words = {word.strip('"(),').partition(".")[0] for said in self.said for word in said.split()}
        return f"it loaded {words & self._tables} first" if words & self._tables else ""

    def _same(
        self, client: FlaskClient, door: Door, relation: Relation, answer: TestResponse, path: str
    ) -> str:
        """The answer of an address with random identifiers, to the same person."""
        ids = self.world.ids(self.role, relation, str(door.rule))
        there = {"meeting_id": ids["meeting_id"]} if relation in oracle.NARROWED else {}
        key = standing_of(relation), str(door), bool(there)
        if key not in self._unknown:
            unknown = door.path(lambda name: there.get(name) or uuid4())
            self._unknown[key] = heart(knock(client, door, unknown, {}), unknown, typed(door, {}))
        if (mine := heart(answer, path, typed(door, ids))) != self._unknown[key]:
            return f"{mine[:4]} differs from {self._unknown[key][:4]} of an unknown address"
        closed = (403, 404) if relation is Relation.WITHDRAWN else (404,)
        closed += (
            (409,) if there and door.method == "POST" else ()
        )  # says no to any case as the meeting stands
        closed += (200, 422) if str(door) in FIELDS and not door.ids else ()
        return "" if answer.status_code in closed else f"both answer {answer.status_code}"


def knock(client: FlaskClient, door: Door, path: str, ids: Mapping[str, Any]) -> TestResponse:
    """Opens it, with what brings it as far as the object."""
    if door.method != "POST":
        return client.get(path, buffered=True)
    data = {**_WHY, **BODIES.get(str(door), {}), **typed(door, ids)}
    return client.post(path, data=data, buffered=True)


def typed(door: Door, ids: Mapping[str, Any]) -> dict[str, str]:
    """What names the object in a form: of an unknown one where there are no identifiers."""
    named = FIELDS.get(str(door), {})
    return {field: str(ids.get(name) or UNKNOWN.get(name) or uuid4()) for field, name in named.items()}


def heart(answer: TestResponse, path: str, said: Mapping[str, str]) -> tuple[object, ...]:
    """All of an answer by which one could tell it from another."""
    told = ("Content-Type", "Location", "Content-Disposition", "Cache-Control", "Clear-Site-Data")
    headers = tuple((answer.headers.get(name) or "").replace(path, "") for name in told)
    names = tuple(sorted(answer.headers.keys()))
    text = body(answer).replace(path, "")
    for value in said.values():
        text = text.replace(value, "")
    return answer.status_code, *headers, names, _ID.sub("", text)


def works(door: Door, answer: TestResponse) -> str:
    """A false refusal also kills: a page opens, a form is taken or says what it needs."""
    good = (200, 204, 302, 303, 409, 422) if door.method == "POST" else (200,)
    good += (409,) if str(door) in SAYS_NO else (204,) if str(door) in EMPTY else ()
    good += (303,) if str(door) in LEADS_ON else ()
    if answer.status_code not in good or (answer.location or "").startswith(("/sign-in", "/again")):
        return f"it answered {answer.status_code} {answer.location or ''}"
    return ""
