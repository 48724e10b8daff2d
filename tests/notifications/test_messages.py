from dataclasses import fields, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, select_autoescape

from agenda.meetings import MeetingKind
from meetingsvc.mail import OTHERS, SUBJECTS
from notifications.messages import Line, Notice, Waiting, context
from notifications.schedule import SCHEDULE, line

STORED = Path(__file__).parent / "mails"
FILES = ("subject.txt", "body.txt", "body.html")
MEETING = UUID("6f1c2d3e-0000-4000-8000-000000000001")
WAITING = Waiting(MeetingKind.MARAC, date(2026, 11, 26), f"/packs/{MEETING}")
CONTEXT = context(
    replace(WAITING, lines=(line(Notice.PACK_READY, "/packs"), line(Notice.ACTIONS, "/actions"))),
    "https://meetings.northmoor.example",
)

mails = Environment(
    loader=FileSystemLoader(str(files("templates"))),
    undefined=StrictUndefined,
    autoescape=select_autoescape(),
    keep_trailing_newline=True,
)


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("part", FILES)
def test_S2_a_mail_reads_exactly_as_stored(notice, part):
    mail = mails.get_template(f"email/{notice}/{part}").render(CONTEXT)
    assert mail == (STORED / f"{notice}.{part}").read_text(encoding="utf-8")


@pytest.mark.parametrize("notice", Notice)
def test_S2_a_subject_is_a_constant_with_the_marking(notice):
    source = mails.loader.get_source(mails, f"email/{notice}/subject.txt")[0]
    assert source == SUBJECTS[notice] + "\n", "it is read, not written a second time"
    assert SUBJECTS[notice].startswith("OFFICIAL-SENSITIVE: ")
    assert "{" not in source and source.isascii() and source.count("\n") == 1


def test_F3_every_notice_has_a_subject_that_says_neither_meeting_nor_day():
    assert set(SUBJECTS) == {*Notice, *OTHERS}
    for subject in SUBJECTS.values():
        assert not any(kind in subject for kind in MeetingKind)
        assert not any(letter.isdigit() for letter in subject)


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("part", FILES)
def test_S2_a_template_uses_only_panel_day_link_and_lines(notice, part):
    source = mails.loader.get_source(mails, f"email/{notice}/{part}")[0]
    assert meta.find_undeclared_variables(mails.parse(source)) <= set(CONTEXT)
    assert set(CONTEXT) == {"panel", "sits_on", "link", "lines"}


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("part", ["body.txt", "body.html"])
def test_S2_a_mail_carries_the_marking_and_loads_nothing(notice, part):
    mail = (STORED / f"{notice}.{part}").read_text(encoding="utf-8")
    assert "OFFICIAL-SENSITIVE" in mail
    assert not any(loads in mail for loads in ("src=", "url(", "<link", "<script", "<form"))


def test_S2_a_notice_is_given_a_panel_a_day_a_path_and_lines_and_nothing_else():
    assert [field.name for field in fields(Waiting)] == ["panel", "sits_on", "path", "lines"]
    assert [field.name for field in fields(Line)] == ["words", "path"]


@pytest.mark.parametrize("notice", sorted(set(Notice) - {Notice.DIGEST}))
@pytest.mark.parametrize("part", FILES)
def test_S2_only_the_daily_message_has_lines(notice, part):
    source = mails.loader.get_source(mails, f"email/{notice}/{part}")[0]
    assert "lines" not in meta.find_undeclared_variables(mails.parse(source))


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize("part", ["body.txt", "body.html"])
def test_S2_each_mail_says_why_one_gets_it(notice, part):
    mail = (STORED / f"{notice}.{part}").read_text(encoding="utf-8")
    assert SCHEDULE[notice].why in mail, "as the schedule says it"


def test_S2_a_line_of_the_daily_message_is_constant_words_and_a_page():
    for row in (row for row in SCHEDULE.values() if row.may_wait_a_day):
        assert line(row.notice, "/packs") == Line(row.tells, "/packs")
    for words in ("On 3 December", "", "C-000123", "a\nb", "<b>", "x" * 81):
        with pytest.raises(ValueError, match="constant words"):
            Line(words, "/packs")
    with pytest.raises(ValueError, match="random identifier only"):
        Line("A pack can be fetched", "/packs?name=ann")


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_S2_free_text_does_not_fit_where_the_link_goes(text):
    with pytest.raises(ValueError, match="random identifier only"):
        Waiting(MeetingKind.MARAC, date(2026, 11, 26), f"/packs/{MEETING}/{text} Skarsdale")


@pytest.mark.parametrize(
    "path",
    [
        "/cases/C-000123",
        "/cases/ann-skarsdale",
        "/cases/ann/skarsdale",
        f"/packs/{MEETING}?name=ann",
        f"/packs/{MEETING}#ann",
        f"//evil.example/{MEETING}",
        f"/packs/{str(MEETING).upper()}",
        "https://evil.example/packs",
        "/packs/1",
        "",
        f"/packs/{MEETING}\n",
    ],
)
def test_S2_a_link_with_anything_but_a_page_and_an_identifier_is_refused(path):
    with pytest.raises(ValueError, match="random identifier only"):
        Waiting(MeetingKind.MARAC, date(2026, 11, 26), path)


@pytest.mark.parametrize("path", ["/packs", f"/packs/{MEETING}", f"/marac/{MEETING}/agenda"])
def test_S2_a_page_and_an_identifier_fit(path):
    assert Waiting(MeetingKind.MARAC, date(2026, 11, 26), path).path == path


@pytest.mark.parametrize(
    "panel, sits_on",
    [
        ("Ann Skarsdale", date(2026, 11, 26)),
        (MeetingKind.MARAC, datetime(2026, 11, 26, tzinfo=UTC)),
        ("MARAC", "Ann"),
    ],
)
def test_S2_a_name_does_not_fit_where_panel_and_day_go(panel, sits_on):
    with pytest.raises(TypeError):
        Waiting(panel, sits_on, "/packs")


@pytest.mark.parametrize(
    "url", ["https://a.example/ann", "https://ann@a.example", "javascript:x", "https://a.example "]
)
def test_S2_the_services_address_is_a_scheme_and_a_host(url):
    with pytest.raises(ValueError, match="scheme and a host"):
        context(WAITING, url)
