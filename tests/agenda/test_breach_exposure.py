"""Who was exposed to what (Rulebook V3)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agenda.breach_exposure import Access, Exposure, agencies, exposed

AT = datetime(2026, 11, 27, 16, tzinfo=UTC)
END = AT + timedelta(hours=5)
LOG = st.lists(
    st.builds(
        Access,
        st.sampled_from(["a1", "a2", "command line"]),
        st.sampled_from(["housing", "police", ""]),
        st.sampled_from(["case/1", "case/2", "pack/1"]),
        st.sampled_from(["case.read", "pack.fetched"]),
        st.integers(-2, 7).map(lambda hours: AT + timedelta(hours=hours)),
    ),
    max_size=20,
)


def line(hours: int, account: str = "a1", agency: str = "housing", subject: str = "case/1",
         action: str = "case.read") -> Access:  # fmt: skip
    return Access(account, agency, subject, action, AT + timedelta(hours=hours))


def test_V3_exposure_by_agency_account_and_thing() -> None:
    log = [
        line(1), line(3, action="pack.fetched"), line(2), line(2, "a2", "police"), line(4, agency=""),
        line(1, subject="case/9"), line(6),
    ]  # fmt: skip
    found = exposed(log, {"case/1"}, AT, END)
    assert found == (
        Exposure("", "a1", "case/1", ("case.read",), 1, log[4].at, log[4].at),
        Exposure("housing", "a1", "case/1", ("case.read", "pack.fetched"), 3, log[0].at, log[1].at),
        Exposure("police", "a2", "case/1", ("case.read",), 1, log[3].at, log[3].at),
    )
    assert agencies(found) == ("housing", "police")


@given(LOG, st.sets(st.sampled_from(["case/1", "pack/1"])))
def test_V3_exactly_who_saw_what_no_line_more_or_less(log: list[Access], subjects: set[str]) -> None:
    found = exposed(log, subjects, AT, END)
    meant = [one for one in log if one.subject in subjects and AT <= one.at <= END]
    assert sum(one.times for one in found) == len(meant)
    keys = [(one.agency, one.account, one.subject) for one in found]
    assert keys == sorted({(one.agency, one.account, one.subject) for one in meant})
    for one in found:
        own = [m for m in meant if (m.agency, m.account, m.subject) == (one.agency, one.account, one.subject)]
        assert (one.first, one.last) == (min(m.at for m in own), max(m.at for m in own))
        assert set(one.actions) == {m.action for m in own}
