"""The second person, at the pages."""

import re
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_PROPOSAL = re.compile(r"/decisions/([0-9a-f-]{36})")


def waiting(client: FlaskClient) -> list[UUID]:
    """What this person is asked to decide, or proposed."""
    page = client.get("/decisions").get_data(as_text=True)
    return [UUID(found) for found in dict.fromkeys(_PROPOSAL.findall(page))]


def decide(client: FlaskClient, proposal_id: UUID, *, approve: bool = True, why: str = "") -> TestResponse:
    """Says yes or no."""
    decision = "approve" if approve else "refuse"
    return client.post(f"/decisions/{proposal_id}", data={"decision": decision, "why": why})


def approved(client: FlaskClient) -> TestResponse:
    """Approves the one thing that waits."""
    (proposal_id,) = waiting(client)
    return decide(client, proposal_id)
