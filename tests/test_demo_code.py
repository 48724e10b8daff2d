"""The demonstration prints what an authenticator app would show."""

import re
from datetime import UTC, datetime

import pyotp
import pytest
from click.testing import CliRunner

from meetingsvc.cli.demo import code
from meetingsvc.demo.panel import COORDINATOR, PEOPLE, secret_of

NOW = datetime(2026, 11, 23, 8, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize("who", ["coordinator", "coordinator@northmoor.example"])
def test_the_present_code_is_printed(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW)
    told = CliRunner().invoke(code, [who])
    shown = pyotp.TOTP(secret_of(COORDINATOR)).at(int(NOW.timestamp()))
    assert told.exit_code == 0 and told.output.startswith(f"{shown}  for another 20 seconds")


def test_an_unknown_name_is_said() -> None:
    told = CliRunner().invoke(code, ["nobody"])
    assert told.exit_code == 1 and "coordinator" in told.output


def test_every_account_has_a_secret_of_its_own() -> None:
    secrets = {secret_of(person) for person in PEOPLE}
    assert len(secrets) == len(PEOPLE) and all(re.fullmatch("[A-Z2-7]{32}", secret) for secret in secrets)
