"""The OpenAPI document, and whether the doors do what it says, asked with what fits it and what does not."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count, product
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from agenda import missing_feed
from agenda.feed import REQUIRED
from agenda.feed_content import COLUMNS
from agenda.incidents import Risk
from agenda.json_rows import Form
from agenda.missing_feed import Told
from agenda.missing_json import Message
from meetingsvc.models import AccountRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases import feed_tokens
from tests.a_token import DOOR, EPISODES, Machine
from tests.an_exploitation_referral import runs_exploitation
from tests.proofs import LONG, figure
from tests.web.conftest import NOW, SignIn

EXAMPLES = 100 if LONG else 10
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
#: What fits the schema may still break a rule that no schema says: a time that does not exist, a blank name.
SETTINGS: dict[str, Any] = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": EXAMPLES},
    "checks": {"positive_data_acceptance": {"enabled": False}},
    "phases": {"stateful": {"enabled": False}},
}
_number = count(1)


@schemathesis.hook
def before_call(context: object, case: schemathesis.Case, kwargs: object) -> None:
    """Each message has a key of its own, or most would be answered that theirs was used."""
    if key := (case.headers or {}).get("Idempotency-Key"):
        case.headers["Idempotency-Key"] = f"{next(_number)}-{key}"[:200]


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@pytest.fixture
def address(service: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the service is asked over HTTP; it is always the same minute, so nobody calls too often."""
    monkeypatch.setattr(feed_tokens, "PER_MINUTE", 10**6)
    monkeypatch.setattr(feed_tokens, "FAILURES", 10**6)
    server = make_server("127.0.0.1", 0, service, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def failures(event: ScenarioFinished) -> Iterator[str]:
    """What was not as described."""
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info:
                yield f"{check.name}: {check.failure_info.failure.message}"


def test_the_doors_do_what_their_description_says(
    service: Flask, machine: Machine, signed_in: SignIn, address: str
) -> None:
    signed_in(Role.COORDINATOR)
    with service.app_context():
        runs_exploitation(db.session.scalars(select(AccountRow.id)).one(), NOW)
    config = schemathesis.Config.from_dict(
        SETTINGS | {"base-url": address, "auth": {"openapi": {"token": {"bearer": machine.token}}}}
    )
    described = schemathesis.openapi.from_dict(service.config["OPENAPI"], config=config)
    answers, wrong = Counter[tuple[str, int]](), list[str]()
    for event in from_schema(described).execute():
        if isinstance(event, NonFatalError | FatalError):
            wrong.append(repr(vars(event)))
        if isinstance(event, ScenarioFinished):
            asked = event.recorder.interactions.values()
            answers.update((one.request.uri.rpartition("/")[2], one.response.status_code)
                           for one in asked if one.response)  # fmt: skip
            wrong += failures(event)
    said = ", ".join(f"{door} {status}: {times}" for (door, status), times in sorted(answers.items()))
    figure("machine door", f"{answers.total()} generated requests ({said}), {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
    assert answers.total() > 2 * EXAMPLES
    assert answers.keys() >= set(product(("incidents", "episodes"), (200, 400, 401, 405, 415, 422)))


def test_every_column_of_the_feed_is_described_with_what_must_be_there(service: Flask) -> None:
    told = service.config["OPENAPI"]
    incident = told["components"]["schemas"]["Incident"]
    assert told["openapi"] == "3.1.0"
    assert tuple(incident["properties"]) == COLUMNS and tuple(incident["required"]) == REQUIRED
    assert incident["properties"]["risk"]["enum"] == [risk.value for risk in Risk]
    assert set(told["paths"]) == {DOOR, EPISODES}
    assert all(one["post"]["security"] == [{"token": []}] for one in told["paths"].values())
    episode = told["components"]["schemas"]["Episode"]
    assert tuple(episode["properties"]) == missing_feed.COLUMNS
    assert tuple(episode["required"]) == missing_feed.REQUIRED


def test_the_examples_go_in_as_they_stand(service: Flask, machine: Machine) -> None:
    schemas = service.config["OPENAPI"]["components"]["schemas"]
    (incident,), (episode,) = schemas["Incident"]["examples"], schemas["Episode"]["examples"]
    assert machine.send(incident).status_code == 201
    message = Message(json.dumps(episode).encode(), Form.WHOLE, 10_000, NOW)
    assert isinstance(message.judged[0], Told)
