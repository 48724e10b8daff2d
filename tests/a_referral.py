"""A referral as somebody types it: complete, about invented people; a test tells only what it is about."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from agenda.area import AreaSettings
from agenda.referral import Referral, check
from agenda.referral_fields import Answers, Days, Draft, Row
from agenda.referral_people import Each, Section
from agenda.referral_sections import SECTIONS

TODAY = date(2026, 11, 23)  # a Monday
DAYS = Days(TODAY, AreaSettings(), frozenset({date(2026, 12, 25)}))

_FIELDS = {
    "before": {"danger": "no", "terms": "yes"},
    "referrer": {
        "name": "Petra Quill", "role": "Housing officer", "agency": "Northmoor Homes",
        "email": "petra.quill@homes.example", "phone": "01632 960 100", "attend": "no",
    },
    "victim": {
        "surname": "Harrow", "forename": "Wren", "dob": "3/4/1990", "gender": "female",
        "address": "4 Sallow Row", "postcode": "QX1 4ZZ", "phone": "07700 900 111", "address_known": "yes",
    },
    "contact": {"ways": "call,text", "times": "Weekdays before noon", "unsafe": "Her brother",
                "aware": "yes"},
    "perpetrators": {"known": "yes"},
    "children": {"any": "yes"},
    "consent": {"answer": "given", "on": "20/11/2026"},
    "reason": {"reasons": "visible high risk", "score": "15"},
    "incident": {"on": "20/11/2026", "prompt": "Threats at the door", "history": "Since 2024",
                 "reported": "yes", "log": "1234 of 20 November"},
    "safeguards": {"professionals": "Health visitor", "taken": "Locks changed", "child_concerns": "yes",
                   "child_referred": "Front door, 20 November"},
    "asked": {"victim_wants": "To stay in her home", "panel": "A plan", "risky": "no"},
}  # fmt: skip
PERPETRATOR = {
    "relationship": "former partner", "surname": "Garnet", "forename": "Colm", "dob": "9/8/1988",
    "gender": "male", "address": "1 Tarn Lane", "together": "no",
}  # fmt: skip
CHILD = {
    "unborn": "no", "name": "Ash Harrow", "dob": "1/2/2019", "to_victim": "son", "to_perpetrator": "none",
    "present": "yes", "care_of": "the victim", "school": "Fellside Primary",
}  # fmt: skip
UNBORN = {"unborn": "yes", "due_on": "1/3/2027", "to_victim": "expected", "to_perpetrator": "expected"}
_ROWS = {"perpetrators": (PERPETRATOR,), "children": (CHILD,)}


def a_draft(**told: object) -> Draft:
    """A complete draft. `victim__dob=""` says one answer otherwise, `children=(…)` the rows of a section."""
    fields = {name: dict(row) for name, row in _FIELDS.items()}
    rows = dict(_ROWS)
    for name, said in told.items():
        section, _, field = name.partition("__")
        if field:
            fields[section][field] = str(said)
        else:
            rows[section] = said  # type: ignore[assignment]
    return {name: Answers(row, tuple(rows.get(name, ()))) for name, row in fields.items()}


def a_referral(**told: object) -> Referral:
    """A referral that has been checked."""
    found = check(a_draft(**told), DAYS)
    assert isinstance(found, Referral), found
    return found


def problems(**told: object) -> dict[str, str]:
    """What is wrong with a draft; empty where nothing is."""
    found = check(a_draft(**told), DAYS)
    return {} if isinstance(found, Referral) else found


_TEXT = st.one_of(
    st.sampled_from(["", "yes", "no", "not known", "given", "not sought", "3/4/1990", "none", "repeat", "0"]),
    st.text(max_size=12),
)


def _rows(section: Section | Each) -> SearchStrategy[Row]:
    return st.dictionaries(st.sampled_from([one.id for one in section.fields]), _TEXT)


def _answers(section: Section) -> SearchStrategy[Answers]:
    each = st.lists(_rows(section.each), max_size=2).map(tuple) if section.each else st.just(())
    return st.builds(Answers, _rows(section), each)


DRAFTS: SearchStrategy[Draft] = st.fixed_dictionaries(
    {}, optional={section.id: _answers(section) for section in SECTIONS}
)
