"""Every door of the live application, for the tests that knock at all of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from meetingsvc.models import db
from meetingsvc.permissions import Role
from tests.test_permissions import TABLE, allowed

IdFor = Callable[[str], UUID]
_VARIES = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|value="[^"]*" name="csrf_token"')
#: A day on which the timetable has a MARAC, where a page is about one.
_PLANNED = "2026-12-17"
_FILLED = {"day": "2026-11-23", "filename": "app.css", "what": "disable", "number": 1, "area": "northtest",
           "section": "perpetrators", "key": "-", "code": "TRIAGE"}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One method of one route."""

    method: str
    rule: Rule
    needs: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the identifiers in its address."""
        return tuple(name for name in sorted(self.rule.arguments) if name.endswith("_id"))

    @property
    def roles(self) -> list[Role]:
        """Who may come in, as the table of test_permissions says."""
        return [role for role in Role if allowed(role, self.needs)]

    def path(self, id_for: IdFor = lambda name: uuid4()) -> str:
        """Its address, with identifiers of one's choice: random ones where nothing else is asked."""
        values = {
            name: id_for(name) if name.endswith("_id") else _FILLED[name] for name in self.rule.arguments
        }
        if self.rule.endpoint.startswith("meeting_dates_planned.") and "daily" not in str(self.rule):
            values["day"] = _PLANNED
        if "section" in values and str(self.rule).startswith("/children/"):
            values["section"] = "linked"
        _, path = self.rule.build(values)  # type: ignore[misc]
        return path

    def knock(self, client: FlaskClient, id_for: IdFor = lambda name: uuid4()) -> TestResponse:
        """Opens it, with an empty form where it takes one."""
        return client.open(self.path(id_for), method=self.method)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def doors(app: Flask, *, public: bool = False, by_token: bool = False) -> Iterator[Door]:
    """All of them but the public ones, or only those; or only those for machines, which ask for a token."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "by_token", False) != by_token:
            continue
        needed = app.view_functions[rule.endpoint].needs  # type: ignore[attr-defined]
        assert needed == "public" or needed in TABLE, (
            f"{rule}: {needed} is not in the table of test_permissions"
        )
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            if (needed == "public") == public:
                yield Door(method, rule, needed)


def body(answer: TestResponse) -> str:
    """The page, but for what is new in every answer."""
    return _VARIES.sub("", answer.get_data(as_text=True))


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
