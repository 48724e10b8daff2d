"""The whole service, and a force's system that holds a token of the area `northtest`."""

import pytest
from flask import Flask

from meetingsvc.store import areas
from tests.a_token import Machine, a_token
from tests.web.conftest import service, signed_in

__all__ = ["machine", "service", "signed_in"]


@pytest.fixture
def machine(service: Flask) -> Machine:
    """One that sends to the area `northtest`."""
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        return Machine(service.test_client(), a_token(area.id).token)
