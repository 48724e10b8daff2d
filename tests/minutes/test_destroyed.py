"""What is kept of a case that is destroyed, beside its certificate (Rulebook L2, M6)."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any, get_type_hints
from uuid import UUID

import pytest

from agenda.panels import Family
from agenda.rules import RuleBroken
from minutes.destroyed import Kept, certificates_named, one_spelling, sent_again
from minutes.destruction import START, Entry, chained, problem, read
from tests.minutes.test_destruction import AT, CASE, CERTIFICATE, ONE

DIGEST, ANOTHER = "0f" * 20, "1e" * 20
WALL, SECOND = "2d" * 20, "3c" * 20
KEPT = Kept((DIGEST,), Family.ABUSE, (WALL,))


def line(**more: Any) -> Entry:
    return chained(Entry(1, CASE, (), AT, certificate=replace(CERTIFICATE, number=1), **more), ())


def test_L2_a_line_of_the_ledger_says_by_what_it_is_known_again_and_whom_it_was_kept_from() -> None:
    for kept in (KEPT, Kept(), Kept((DIGEST, ANOTHER), None, (WALL, SECOND))):
        entry = line(kept=kept)
        assert read(entry.line) == entry and problem([entry], 1) is None
    certificate = replace(CERTIFICATE, number=1, case_number=123)
    numbered = chained(replace(line(kept=KEPT), certificate=certificate), ())
    assert read(numbered.line) == numbered and problem([read(numbered.line)], 1) is None


@pytest.mark.parametrize("change", [{"digests": [ANOTHER]}, {"walled": []}, {"told_to": None}])
def test_L2_a_line_in_which_that_was_altered_is_found(change: dict[str, Any]) -> None:
    told = json.loads(line(kept=KEPT).line)
    assert problem([read(json.dumps(told | {"kept": told["kept"] | change}))], 1) is not None


def test_L2_lines_that_were_written_before_are_still_whole() -> None:
    """As the service wrote them until revision 0067: without what is kept, and without a case's number."""
    told = json.loads(line().line)
    assert "kept" not in told and "case_number" not in told["certificate"]
    old = {"number": 1, "case": str(CASE), "records": [], "destroyed_at": AT.isoformat(), "previous": START,
           "area": None, "certificate": told["certificate"]}  # fmt: skip
    old["hash"] = hashlib.sha256(json.dumps(old, sort_keys=True).encode()).hexdigest()
    entry = read(json.dumps(old, sort_keys=True))
    assert problem([entry], 1) is None and entry.kept is None
    assert entry.certificate is not None and entry.certificate.case_number is None


@pytest.mark.parametrize("digest", ["", "Niamh", "0f" * 19, "0f" * 20 + " 7 Elm Row", str(ONE)])
def test_L2_nothing_of_it_can_hold_content(digest: str) -> None:
    with pytest.raises(ValueError, match="40 letters"):
        Kept((digest,))
    with pytest.raises(ValueError, match="40 letters"):
        Kept(walled=(digest,))
    told = json.loads(line(kept=KEPT).line)
    with pytest.raises(RuleBroken, match="cannot be read"):
        read(json.dumps(told | {"kept": told["kept"] | {"digests": [digest]}}))
    with pytest.raises(RuleBroken, match="cannot be read"):
        read(json.dumps(told | {"kept": told["kept"] | {"walled": [digest]}}))
    assert set(get_type_hints(Kept)) == set(asdict(KEPT)) == {"digests", "told_to", "walled"}


def test_L2_what_a_backup_knows_and_what_was_kept_since_are_both_kept() -> None:
    backup, both = Kept((ANOTHER,), Family.ABUSE, (SECOND,)), (WALL, SECOND)
    assert backup.with_(Kept((DIGEST, ANOTHER), None, (WALL,))) == Kept((DIGEST, ANOTHER), None, both)


def test_L2_a_reference_of_the_old_register_is_one_however_it_is_written() -> None:
    assert one_spelling("NM/7") == one_spelling(" nm / 7\t") != one_spelling("NM/8")


def test_L2_why_a_row_is_put_aside_names_the_day_and_the_certificate() -> None:
    because = sent_again(7, date(2026, 5, 3), "write it anew")
    assert because == (
        "destroyed on Sunday 3 May 2026, certificate D-000007, so it was not taken in; "
        "if it has to come back, write it anew"
    )
    assert certificates_named(because) == ["D-000007"] and certificates_named("not a day: 2026") == []


def test_L2_the_certificate_says_the_cases_number_to_who_is_told_it() -> None:
    assert "Case number" not in dict(CERTIFICATE.lines)
    numbered = replace(CERTIFICATE, case_number=123)
    assert dict(numbered.lines)["Case number"] == "C-000123" and numbered.reference == "D-000003"
    assert isinstance(numbered.case, UUID)
