"""Proof 4 at the doors of the web: each condition of who is let in is removed, and a knock tells.

The guard, the sessions' clocks, what happens to who has to prove again who they are, and what a role and an
agency may (security.md B and C; Rulebook V1).
"""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask

from meetingsvc.models import db
from meetingsvc.store import acting
from meetingsvc.web import guard
from tests import test_permissions
from tests.proofs import ordinary
from tests.proofs.knocks import IDLE, MINUTE, SECOND, TYPED, Doors, Knock, code_now, email, seen
from tests.proofs.mutation import mutants
from tests.proofs.surviving import sampled, survivors
from tests.web.conftest import PASSWORD

OPEN = Knock("idva", "/actions", "")


@pytest.fixture
def doors(service: Flask) -> Doors | None:
    """Nothing on PostgreSQL: the doors are the same, and knocking there takes longer."""
    with service.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
    return Doors(service) if sqlite else None


def renewed(doors: Doors) -> bool:
    """Reading and typing renew a session once a minute; a page that waits does not, nor does a lock."""
    late = IDLE + SECOND
    ago = [seen(doors, Knock("idva", "/actions", "", idle=idle)) for idle in (MINUTE, 2 * MINUTE, late)]
    types = seen(doors, Knock("idva", "/still-here", "", idle=2 * MINUTE))
    waits = seen(doors, Knock("coordinator", doors.progress, "", idle=2 * MINUTE))
    renews = [*ago, types, waits] == [MINUTE, 0 * MINUTE, late, 0 * MINUTE, 2 * MINUTE]
    doors.service.config["WTF_CSRF_ENABLED"] = True
    writes = seen(doors, Knock("idva", "/me/details", "")) == MINUTE  # the secret of its forms
    row = doors.session()
    doors.service.config["WTF_CSRF_ENABLED"] = False
    return renews and writes and row is not None and "csrf_token" in row.data


def visited(doors: Doors) -> bool:
    """A visitor is told the secret of their forms once, and nothing is stored for them."""
    doors.afresh()
    doors.service.config["WTF_CSRF_ENABLED"] = True
    client = doors.service.test_client()
    told = ["Set-Cookie" in client.get("/sign-in").headers for _ in range(2)]
    doors.service.config["WTF_CSRF_ENABLED"] = False
    return told == [True, False] and doors.sessions() == 0


def kept(doors: Doors) -> bool:
    """What was typed is kept without its token and its draft, and forgotten once it is sent."""
    client = doors.client(Knock("idva", "/", "", confirmed=None))
    sent = client.post("/me/details", data=TYPED | {"csrf_token": "x", "_draft": "x"})
    waits = doors.drafts("idva")
    client = doors.client(OPEN)
    draft_id = (sent.location or "").partition("draft=")[2]
    client.get("/me/details", data={"_draft": draft_id})
    still = doors.drafts("idva")
    client.post("/me/details", data=TYPED | {"_draft": draft_id})
    return waits == still == [sorted(TYPED.items())] and doors.drafts("idva") == []


def signed_in_and_out(doors: Doors) -> bool:
    """A new key each time one proves who one is, and no key opens anything once it was left behind."""
    doors.client(OPEN)  # no session but this
    client = doors.service.test_client()
    first = client.post("/sign-in", data={"email": email("idva"), "password": PASSWORD})
    half = cookie(doors, client)
    with doors.service.app_context():
        told = code_now()
    second = client.post("/sign-in/second", data={"code": told})
    whole = cookie(doors, client)
    with doors.service.app_context():
        told = code_now()
    again = client.post("/again", data={"code": told})
    turned = cookie(doors, client)
    opened = client.get("/actions").status_code
    out = client.post("/sign-out")
    left = doors.service.test_client()
    left.set_cookie(doors.service.config["SESSION_COOKIE_NAME"], turned)
    return (
        [one.status_code for one in (first, second, again, out)] == [302, 302, 303, 302]
        and opened == 200
        and len({half, whole, turned, ""}) == 4
        and [doors.session(one) is None for one in (half, whole, turned)] == [True] * 3
        and left.get("/actions").status_code == 302
        and cookie(doors, client) != turned
    )


def cookie(doors: Doors, client: object) -> str:
    found = client.get_cookie(doors.service.config["SESSION_COOKIE_NAME"])  # type: ignore[attr-defined]
    return found.value if found else ""


def unmarked_are_refused(doors: Doors) -> bool:
    """The service does not start with a route that says nothing."""
    marked, silent = guard.needs("public")(lambda: ""), (lambda: "")
    views: list[dict[str, Callable[[], str]]] = [{"a": marked}, {"a": marked, "b": silent}]
    said = []
    for view_functions in views:
        try:
            guard.refuse_unmarked(SimpleNamespace(view_functions=view_functions))  # type: ignore[arg-type]
            said.append("")
        except RuntimeError as refusal:
            said.append(str(refusal))
    return said == ["", "These routes do not say what they need: b"]


def as_it_should(doors: Doors) -> bool:
    """Whatever a mutant left behind is cleared away first."""
    doors.afresh()
    with acting.service():
        return not any(True for _ in doors.wrong()) and all(
            holds(doors) for holds in (renewed, visited, kept, signed_in_and_out, unmarked_are_refused)
        )


def test_every_knock_is_answered_as_it_should_be(doors: Doors | None) -> None:
    if doors:
        assert list(doors.wrong()) == []
        for holds in (renewed, visited, kept, signed_in_and_out, unmarked_are_refused):
            assert holds(doors), holds.__doc__


def test_V1_each_condition_of_what_a_role_may_is_noticed() -> None:
    alive = survivors(mutants("meetingsvc.permissions"), lambda: ordinary.fail([test_permissions]))
    assert not alive, "\n".join(alive)


def test_each_condition_of_the_doors_is_noticed(doors: Doors | None) -> None:
    if not doors:
        return
    # start, test_rehearsals and test_restored
    made = mutants("meetingsvc.web.guard", but=["set_up", "_as_they_act", "_is_closed_to_them"])
    made += mutants("meetingsvc.web.asleep", but=["kept_for_later", "_whose"])  # which no door asks
    made += mutants("meetingsvc.web.sessions", but=["Session.rehearse", "Session.rehearses_as"])
    made += mutants("meetingsvc.store.accounts", ["principal"])
    alive = survivors(sampled(made, 12), lambda: not as_it_should(doors))
    assert not alive, "\n".join(alive)
