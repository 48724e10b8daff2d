"""An incident in one line."""

import json
from datetime import date

from agenda.headline import headline
from agenda.referral_entry import EntryKind, tells_time


def test_T3_a_child_who_is_expected_has_no_age() -> None:
    told = {"children": [["Kid", "2030-01-01", "", ""], ["Mia", "2020-11-20", "", ""], ["Jay", "", "", ""]]}
    assert headline(json.dumps(told), date(2026, 11, 20)).children == ("Kid (unborn)", "Mia (6)", "Jay")


def test_T7_only_the_polices_entries_tell_a_time() -> None:
    assert tells_time("OCC-2026-1") and not any(map(tells_time, ("REF-000001/2", "TRF-000001", "DSA-000001")))
    assert EntryKind("referral").noun == "referral" and EntryKind.DISCLOSURE.noun == "application"
