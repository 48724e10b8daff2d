"""What the service's own pages take in is on the next list, whatever its risk (Rulebook T7 to T9, T12)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from agenda.incidents import Incident, Party, Risk
from agenda.list_output import as_json
from agenda.referral_entry import EntryKind
from meetingsvc.models import AreaRow
from meetingsvc.store import lists as stored
from meetingsvc.store import references
from meetingsvc.store.acting import Host, whole_area
from meetingsvc.usecases import entries, lists
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
SENT = datetime(2026, 10, 31, 12, tzinfo=UTC)
TOLD = Incident(
    occurrence_number="REF-000004", domestic=True, recorded_at=SENT, incident_at=SENT - timedelta(days=9),
    risk=Risk.STANDARD, victim=Party("Aldane", "Wren", dob=date(1990, 5, 4)),
    perpetrator=Party("Corbeck", "Ash", dob=date(1988, 2, 1)),
)  # fmt: skip


def take(area: AreaRow, told: Incident = TOLD, kind: EntryKind = EntryKind.REFERRAL) -> tuple[int, ...]:
    with saved(), whole_area(area.id):
        return entries.take(area.id, [told], kind, None, SENT)


def listed(area: AreaRow, day: date = MONDAY) -> dict[str, Any]:
    with saved():
        lists.build(area, day, "command line", BEFORE_ALL)
    found = stored.daily_list(Host(area.id), area.id, day)
    assert found is not None
    told = as_json(found)
    return {entry["reference"]: entry | {"repeat": item["repeat"]} for item in told["items"]
            for entry in item["entries"]}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(EntryKind.REFERRAL, "T7"), (EntryKind.TRANSFER, "T8"), (EntryKind.DISCLOSURE, "T9")],
)
def test_T7_T8_T9_each_is_listed_by_its_own_rule_at_any_risk(
    area: AreaRow, kind: EntryKind, rule: str
) -> None:
    take(area, kind=kind)
    entry = listed(area)["REF-000004"]
    assert (entry["kind"], entry["reasons"], entry["late"]) == (kind.value, [rule], False)
    assert listed(area, TUESDAY) == {}  # and by one list alone (T12)


def test_T6_T11_a_referral_on_a_case_heard_before_is_a_repeat_too(area: AreaRow) -> None:
    take_in_history(area.id, a_hearing(
        heard_on="2026-03-02", victim_nominal="", victim_surname="Aldane", victim_forename="Wren",
        victim_dob="1990-05-04", perpetrator_nominal="", perpetrator_surname="Corbeck",
        perpetrator_forename="Ash", perpetrator_dob="1988-02-01",
    ))  # fmt: skip
    take(area)
    entry = listed(area)["REF-000004"]
    assert (entry["reasons"], entry["repeat"]) == (["T6", "T7"], True)


def test_T12_one_sent_again_after_its_list_closed_is_neither_lost_nor_doubled(area: AreaRow) -> None:
    (first,) = take(area)
    assert take(area) == ()  # the same content
    assert list(listed(area)) == ["REF-000004"]
    (second,) = take(area, replace(TOLD, summary="more is known now"))
    assert second > first
    assert listed(area, TUESDAY) == {}  # by no reason that its list had not


def test_the_forces_numbers_cannot_become_versions_of_our_own(area: AreaRow) -> None:
    take(area)
    tally = take_in(area.id, a_row(occurrence_number="ref-000004", risk="standard"))
    assert tally.rejected == 1 and tally.created == 0
    assert list(listed(area)) == ["REF-000004"]


def test_references_rise_with_gaps_and_are_each_areas_own(area: AreaRow) -> None:
    with saved(), whole_area(area.id):
        first, second = (references.taken(area.id, references.Prefix.REFERRAL) for _ in range(2))
        other = references.taken(area.id, references.Prefix.ORDER)
    assert first.startswith("REF-") and first < second and other.startswith("ORD-")


def test_T12_one_about_others_under_a_number_leaves_who_waits_due(area: AreaRow) -> None:
    take(area)
    take(area, replace(TOLD, victim=Party("Quillon", "Mara", dob=date(1971, 1, 2))))
    take(area, replace(TOLD, summary="more is known now"))
    with saved(), whole_area(area.id):
        lists.build(area, MONDAY, "command line", BEFORE_ALL)
    found = stored.daily_list(Host(area.id), area.id, MONDAY)
    assert found is not None
    assert len(found.items) == 2, "the first version of the same people is overtaken, the others' is not"
    assert sum(len(item.entries) for item in found.items) == 2
