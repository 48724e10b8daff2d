import json
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.feed_content import COLUMNS, content_of, incident, written
from agenda.incidents import Child, Gender, Incident, Linked, Order, OrderKind, Party, Risk

TEXT = st.text(max_size=12)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
MAYBE = st.none() | st.booleans()
PARTIES = st.builds(
    Party, TEXT, TEXT, TEXT, st.none() | DAYS, st.none() | st.sampled_from(Gender), TEXT, TEXT, TEXT
)
INCIDENTS = st.builds(
    Incident,
    occurrence_number=st.text(min_size=1, max_size=40),
    domestic=st.booleans(),
    recorded_at=TIMES,
    incident_at=TIMES,
    risk=st.sampled_from(Risk),
    victim=PARTIES,
    perpetrator=st.none() | PARTIES.filter(lambda party: party != Party("")),
    dash_score=st.none() | st.integers(0, 27),
    offence=TEXT,
    summary=TEXT,
    relationship=TEXT,
    consents=MAYBE,
    children_present=MAYBE,
    children=st.lists(
        st.builds(Child, TEXT, st.none() | DAYS, MAYBE, st.none() | st.sampled_from(Linked)), max_size=3
    ).map(tuple),
    order=st.none()
    | st.builds(Order, st.sampled_from(OrderKind), st.none() | TIMES, st.none() | DAYS | TIMES, TEXT, MAYBE),
    staff_of=TEXT,
)


@settings(max_examples=200)
@given(INCIDENTS)
def test_an_incident_comes_back_from_its_content(told):
    assert incident(content_of(told)[0]) == told


@given(st.dictionaries(st.sampled_from(COLUMNS), TEXT, min_size=1))
def test_content_is_compact_json_and_its_digest_is_of_that_text(content):
    text, digest = written(content)
    assert text == json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert len(digest) == 16
    assert written(content | {"summary": "another"})[1] != digest or content.get("summary") == "another"


@given(
    st.dictionaries(st.sampled_from([name for name in COLUMNS if name != "children"]), TEXT, min_size=1),
    st.lists(st.lists(TEXT, min_size=4, max_size=4), min_size=1, max_size=3),
)
def test_children_stand_last_in_the_same_compact_json(content, children):
    text, _ = written(content, children)
    assert text == json.dumps({**content, "children": children}, ensure_ascii=False, separators=(",", ":"))
