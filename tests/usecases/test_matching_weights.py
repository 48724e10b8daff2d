"""The weights of an area: estimated where there is enough to estimate from, and safe where there is not."""

from datetime import date
from random import Random
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner

from agenda.matching_evidence import Level
from agenda.matching_weights import DEFAULT, FIELDS, Kind, Weights
from meetingsvc.cli import commands
from meetingsvc.config import Settings
from meetingsvc.models import PersonKeyRow, PersonRow, db
from meetingsvc.store import matching, matching_details, matching_weights
from meetingsvc.store.matching_details import About
from meetingsvc.usecases import matching_weights as usecase
from meetingsvc.usecases.transaction import saved
from tests.benchmarks.matching.names import BOYS, GIRLS, SURNAMES
from tests.builders import BEFORE_ALL, a_hearing, take_in_history


def quiet(what: str, done: int, total: int) -> None:
    assert 0 <= done <= total or what == "estimated"


def some_people(area_id: UUID, how_many: int) -> None:
    """Invented people, one in five of them twice under another spelling."""
    chance, told = Random(7), []
    for _ in range(how_many):
        first, last = (
            chance.choice([*GIRLS, *BOYS]),
            chance.choice(SURNAMES) + chance.choice(("", "son", "ley")),
        )
        born = date(chance.randint(1950, 2005), chance.randint(1, 12), chance.randint(1, 28))
        told.append((first, last, born))
        if not chance.randrange(5):
            told.append((first, last[:-1], born))
    with saved():
        ids = [uuid4() for _ in told]
        db.session.add_all(
            PersonRow(id=key, area_id=area_id, forename=one[0], surname=one[1], dob=one[2])
            for key, one in zip(ids, told, strict=True)
        )
        db.session.flush()
        matching.remember_all(area_id, [
            About(key, matching_details.details([(first, last)], born), "", None)
            for key, (first, last, born) in zip(ids, told, strict=True)
        ])  # fmt: skip


def test_of_few_people_the_weights_everybody_begins_with_hold(area_id: UUID) -> None:
    take_in_history(area_id, a_hearing())
    found = usecase.calibrate(area_id, BEFORE_ALL, quiet)
    assert not found.own and "too few" in found.why_not
    assert matching_weights.of(area_id) is DEFAULT


def test_an_areas_own_weights_are_kept_and_used(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecase, "ENOUGH_PEOPLE", 200)
    monkeypatch.setattr(usecase, "ENOUGH_PAIRS", 50)
    monkeypatch.setattr(usecase, "_DRAWN", 2000)
    some_people(area_id, 300)
    found = usecase.calibrate(area_id, BEFORE_ALL, quiet)
    assert found.own and found.people > 300
    own = matching_weights.of(area_id)
    assert own != DEFAULT and usecase.is_sane(own)
    assert own.chances[Kind.STRANGERS].keys() == set(FIELDS)


def test_weights_that_would_not_tell_people_apart_are_not_kept() -> None:
    turned = {**DEFAULT.chances, Kind.SAME: DEFAULT.chances[Kind.STRANGERS],
              Kind.STRANGERS: DEFAULT.chances[Kind.SAME]}  # fmt: skip
    assert usecase.is_sane(DEFAULT)
    assert not usecase.is_sane(Weights(turned, DEFAULT.share))
    assert Level.SAME in DEFAULT.chances[Kind.SAME][FIELDS[0]]


def test_who_was_made_by_an_earlier_version_is_filed_once(area_id: UUID) -> None:
    with saved():
        db.session.add(PersonRow(area_id=area_id, forename="Wren", surname="Quill", dob=None))
    assert usecase.index(area_id, quiet) == 1
    assert usecase.index(area_id, quiet) == 0
    assert db.session.query(PersonKeyRow).count() > 0


@pytest.mark.parametrize(("command", "said"), [("index", "filed"), ("calibrate", "too few")])
def test_the_commands_say_what_they_did(
    area_id: UUID, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.setenv("MEETINGSVC_DATABASE_URL", settings_for_tests.database_url)
    monkeypatch.setenv("MEETINGSVC_SECRET_KEY", "k" * 32)
    db.session.remove()
    result = CliRunner().invoke(commands, ["people", command, "--area", "northmoor"])
    assert result.exit_code == 0, result.output
    assert said in result.output
