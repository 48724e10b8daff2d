"""The layout, its macros and the error pages, in a throw-away application."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, render_template, render_template_string
from flask_wtf import FlaskForm
from jinja2 import UndefinedError
from wtforms import StringField
from wtforms.validators import InputRequired

import templates
from meetingsvc.web import templating
from tests.web.layout_app import create_app

PAGES = Path(templates.__file__).parent
# Mail programs know no style sheets, so messages have their own rules.
SOURCES = [path for path in sorted(PAGES.rglob("*.html")) if path.relative_to(PAGES).parts[0] != "email"]
ERRORS = ["400", "403", "404", "409", "413", "422", "429", "500", "503"]


@pytest.fixture
def app() -> Flask:
    return create_app()


def drawn(app: Flask, source: str, **values: object) -> str:
    with app.test_request_context("/"):
        app.preprocess_request()
        return render_template_string(source, **values)


def get(app: Flask, path: str = "/") -> str:
    return app.test_client().get(path).get_data(as_text=True)


def test_a_misspelt_name_in_our_template_is_an_error(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        drawn(app, "{{ principle }}")
    with pytest.raises(UndefinedError):
        drawn(app, "{{ principal.nmae }}")


def test_the_libraries_macros_may_leave_out_optional_parameters(app: Flask) -> None:
    macro = "govuk_frontend_jinja/components/notification-banner/macro.html"
    source = (
        f'{{% import "{macro}" as library %}}{{{{ library.govukNotificationBanner({{"text": "Saved"}}) }}}}'
    )
    assert "Saved" in drawn(app, source)


def test_the_head_names_who_is_signed_in_and_signs_out_by_post(app: Flask) -> None:
    page = get(app)
    for words in ("Robin Ashgrove", "Coordinator, Northmoor Police", "Northmoor"):
        assert words in page
    form = re.search(r'<form method="post" action="/sign-out">(.*?)</form>', page, re.DOTALL)
    assert form and 'name="csrf_token"' in form[1] and '<button type="submit"' in form[1]


def test_nobody_signed_in_means_no_account_no_navigation_no_marking() -> None:
    page = get(create_app(principal=None))
    for part in ("/sign-out", "govuk-service-navigation", "OFFICIAL-SENSITIVE"):
        assert part not in page


def test_a_page_is_marked_unless_it_says_it_has_no_personal_data(app: Flask) -> None:
    plain = '{% extends "layout.html" %}{% set title = "T" %}'
    assert "OFFICIAL-SENSITIVE" in drawn(app, plain)
    assert "OFFICIAL-SENSITIVE" not in drawn(app, plain + "{% block marking %}{% endblock %}")


def test_the_current_place_is_said_in_the_navigation(app: Flask) -> None:
    assert re.search(r'href="/"\s+aria-current="page"', get(app))
    assert get(app).count('class="govuk-service-navigation__item') == 4


def test_no_crown_no_crest_no_inline_style_and_every_script_has_the_nonce(app: Flask) -> None:
    page = get(app)
    assert not re.search(r"crown|crest|govuk-logo|\sstyle=|\son[a-z]+=", page, re.IGNORECASE)
    scripts = re.findall(r"<script[^>]*>", page)
    assert len(scripts) == 3 and all('nonce="bm9uY2U"' in tag for tag in scripts)


def test_messages_left_behind_are_shown_once_by_kind(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/?flash=success&flash=error&flash=info").get_data(as_text=True)
    assert "govuk-notification-banner--success" in page
    assert page.count('data-module="govuk-error-summary"') == 1
    assert page.count('data-module="govuk-notification-banner"') == 2
    ids = re.findall(r'id="(message-\d)"', page)
    assert len(ids) == len(set(ids)) == 2
    assert "A message" not in client.get("/").get_data(as_text=True)


def test_an_error_summary_leads_to_each_field_and_to_a_dates_day() -> None:
    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False
    page = app.test_client().post("/", data={"note": "", "sits_on": ["", "", ""]}).get_data(as_text=True)
    assert "<title>Error: Daily list" in page
    summary = re.search(r'data-module="govuk-error-summary">(.*?)</ul>', page, re.DOTALL)
    assert summary
    for href in re.findall(r'href="#([^"]+)"', summary[1]):
        assert f'id="{href}"' in page
    assert re.findall(r'href="#([^"]+)"', summary[1]) == ["note", "sits_on-day"]


def test_what_is_wrong_with_several_fields_says_of_each_which(app: Flask) -> None:
    class Form(FlaskForm):  # type: ignore[misc]
        made = StringField("When it was made", validators=[InputRequired("Enter a real date")])
        ends = StringField("When it ends", validators=[InputRequired("Enter a real date")])
        terms = StringField("Its terms", validators=[InputRequired("Enter the terms")])

    with app.test_request_context(method="POST"):
        form = Form(meta={"csrf": False})
        form.validate()
        said = [line["text"] for line in templating.form_errors(form)]
    assert said == ["When it was made: Enter a real date", "When it ends: Enter a real date",
                    "Enter the terms"]  # fmt: skip


def test_sign_in_lets_password_managers_work() -> None:
    page = get(create_app(principal=None), "/sign-in")
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert 'autocomplete="off"' not in page and 'type="email"' in page


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_says_what_to_do_and_needs_nobody_signed_in(code: str) -> None:
    app = create_app(principal=None)
    with app.test_request_context("/"):
        app.preprocess_request()
        page = render_template(f"errors/{code}.html", message="This list is closed.")
    assert page.count("<h1") == 1
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    assert heading and f"<title>{heading[1]} – Meeting service</title>" in page
    assert ("This list is closed." in page) == (code in {"409", "422", "503"})


@pytest.mark.parametrize("code", ["500", "503"])
def test_a_failure_page_reads_neither_the_person_nor_the_session(code: str) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError("the database is gone")

        __bool__ = __iter__ = __len__ = lambda self: self.anything

    app = create_app(principal=None)
    app.jinja_env.globals["get_flashed_messages"] = Broken().__len__  # reads the session
    with app.test_request_context("/"):
        app.preprocess_request()
        assert "<h1" in render_template(f"errors/{code}.html", principal=Broken(), navigation=Broken())


@pytest.mark.parametrize(
    "call",
    [
        'badges.reason(x)', 'badges.risk(x)', 'parts.heading(x, x)', 'parts.next_step(x, x)',
        'parts.empty(x, x, x, x)',
        'parts.confirm_form(x, x, x, hidden={x: x})', 'parts.progress(x, x)', 'parts.shortcuts([(x, x)])',
        'moj.badge(x, x)', 'moj.sub_navigation([{"text": x, "href": x, "current": false}], x)',
        'moj.timeline([{"title": x, "by": x, "at": x, "when": x, "text": x}])',
    ],
)  # fmt: skip
def test_macros_escape_what_they_are_given(app: Flask, call: str) -> None:
    imports = "".join(
        f'{{% import "macros/{name}.html" as {alias} %}}'
        for name, alias in (("badges", "badges"), ("page", "parts"), ("moj", "moj"))
    )
    page = drawn(app, f"{imports}{{{{ {call} }}}}", x="\"><script>alert('1')</script>")
    assert "<script" not in page.lower() and "&lt;script&gt;" in page.lower()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PAGES)))
def test_templates_hold_no_inline_style_no_handler_and_nothing_marked_safe(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son(click|submit|change|load|input)=|\|\s*safe\b|autoescape", source)


class Balance(HTMLParser):
    """Counts open elements; our macros must close what they open."""

    void = {"input", "meta", "link", "br", "img", "hr"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_of_a_page_is_closed(app: Flask) -> None:
    reader = Balance()
    reader.feed(get(app))
    assert reader.open == []
