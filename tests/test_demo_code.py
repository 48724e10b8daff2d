"""The demonstration prints what an authenticator app would show."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update

from agenda.agencies import AgencyKind
from meetingsvc.cli.demo import code
from meetingsvc.demo import kept
from meetingsvc.demo.panel import COORDINATOR, PEOPLE, email_of, secret_of
from meetingsvc.models import AccountRow, TotpRow, db
from meetingsvc.usecases import agencies, areas, factors
from meetingsvc.usecases.transaction import saved

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


@pytest.fixture
def northmoor(core_app: Flask) -> UUID:
    """Its people alone, as they are told."""
    area_id = areas.create("northmoor", date(2026, 11, 2), NOW)
    with saved():
        agency = agencies.create(area_id, "One", AgencyKind.HOUSING, date(2026, 1, 5), "test", NOW)
        for person in PEOPLE:
            db.session.add(AccountRow(agency_id=agency, role=person.role, name=person.name, created_at=NOW,
                                      email=email_of(person), password_hash="-"))  # fmt: skip
        db.session.flush()
        made = {row.email: row.id for row in db.session.scalars(select(AccountRow))}
        for person in PEOPLE:
            factors.give_totp(made[email_of(person)], secret_of(person), NOW)
    return made[email_of(COORDINATOR)]


def test_the_secrets_that_are_printed_are_those_of_the_folder(northmoor: UUID) -> None:
    assert kept.secrets() == {person.handle: secret_of(person) for person in PEOPLE}
    with saved():
        factors.give_totp(northmoor, "JBSWY3DPEHPK3PXP", NOW)
    assert kept.secrets()["coordinator"] == "JBSWY3DPEHPK3PXP"


def test_a_folder_of_an_earlier_telling_is_said_to_be_one(northmoor: UUID) -> None:
    with saved():
        db.session.execute(update(TotpRow).values(secret=b"sealed with a key that is gone"))
    with pytest.raises(kept.EarlierTelling):
        kept.secrets()
    with saved():
        db.session.execute(update(AccountRow).values(email=AccountRow.id))
    with pytest.raises(kept.EarlierTelling):
        kept.secrets()
