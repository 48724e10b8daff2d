"""The OpenAPI document, and whether the door does what it says, asked with what fits it and what does not."""

import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from werkzeug.serving import WSGIRequestHandler, make_server

from agenda.feed import REQUIRED
from agenda.feed_content import COLUMNS
from agenda.incidents import Risk
from meetingsvc.usecases import feed_tokens
from tests.a_token import DOOR, Machine
from tests.proofs import LONG, figure

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


def test_the_door_does_what_its_description_says(service: Flask, machine: Machine, address: str) -> None:
    config = schemathesis.Config.from_dict(
        SETTINGS | {"base-url": address, "auth": {"openapi": {"token": {"bearer": machine.token}}}}
    )
    described = schemathesis.openapi.from_dict(service.config["OPENAPI"], config=config)
    answers, wrong = Counter[int](), list[str]()
    for event in from_schema(described).execute():
        if isinstance(event, NonFatalError | FatalError):
            wrong.append(repr(vars(event)))
        if isinstance(event, ScenarioFinished):
            asked = event.recorder.interactions.values()
            answers.update(one.response.status_code for one in asked if one.response)
            wrong += failures(event)
    said = ", ".join(f"{status}: {times}" for status, times in sorted(answers.items()))
    figure("machine door", f"{answers.total()} generated requests ({said}), {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)
    assert answers.total() > EXAMPLES and answers.keys() >= {200, 400, 401, 405, 415, 422}


def test_every_column_of_the_feed_is_described_with_what_must_be_there(service: Flask) -> None:
    told = service.config["OPENAPI"]
    incident = told["components"]["schemas"]["Incident"]
    assert told["openapi"] == "3.1.0"
    assert tuple(incident["properties"]) == COLUMNS and tuple(incident["required"]) == REQUIRED
    assert incident["properties"]["risk"]["enum"] == [risk.value for risk in Risk]
    assert set(told["paths"]) == {DOOR} and told["paths"][DOOR]["post"]["security"] == [{"token": []}]


def test_the_example_goes_in_as_it_stands(service: Flask, machine: Machine) -> None:
    (example,) = service.config["OPENAPI"]["components"]["schemas"]["Incident"]["examples"]
    assert machine.send(example).status_code == 201
