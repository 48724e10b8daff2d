"""A throw-away application that gives templates what the real one promises, to try the layout alone."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash, g, render_template, render_template_string, request
from flask_wtf import CSRFProtect, FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovPasswordInput, GovTextInput
from werkzeug.exceptions import HTTPException
from wtforms import DateField, PasswordField, StringField
from wtforms.validators import InputRequired

from meetingsvc.web import templating

CSP = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SOMEBODY = SimpleNamespace(
    account_id="00000000-0000-0000-0000-000000000001",
    name="Robin Ashgrove",
    role_label="Coordinator",
    agency_name="Northmoor Police",
    area_title="Northmoor",
    rehearsing=False,
    may=lambda permission: True,
)
NAVIGATION = [
    {"text": "Today", "href": "/", "current": True},
    {"text": "Daily list", "href": "/list", "current": False},
    {"text": "MARAC", "href": "/marac", "current": False},
    {"text": "Research", "href": "/research", "current": False},
]
ROWS = [
    ("C-000101", "Wren Oakhollow", "high", "High risk (T3)", 2, True),
    (
        "C-000102",
        "Bartholomew Featherstonehaugh-Cholmondeley",
        "medium",
        "Medium with linked children (T3)",
        3,
        False,
    ),
    ("C-000103", "Ash Fernley", "standard", "Two incidents in twelve months (T6)", 0, True),
    ("C-000104", "Ó Néill, Síle", "high", "Added by the coordinator: asked by housing (T5)", 1, False),
    (
        "C-000105",
        "Supercalifragilisticexpialidocious Unbreakablename",
        "medium",
        "Protection notice (T10)",
        0,
        True,
    ),
]
WORKING_PAGE = (Path(__file__).parent / "working_page.html").read_text(encoding="utf-8")


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    note = StringField("Note", widget=GovTextInput(), validators=[InputRequired("Enter a note")])
    sits_on = DateField(
        "Date of the meeting",
        format="%d %m %Y",
        widget=GovDateInput(),
        validators=[InputRequired("Enter the date of the meeting")],
    )


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = StringField(
        "Email address", widget=GovTextInput(), validators=[InputRequired("Enter your email address")]
    )
    password = PasswordField(
        "Password", widget=GovPasswordInput(), validators=[InputRequired("Enter your password")]
    )


def create_app(principal: Any = SOMEBODY) -> Flask:
    app = Flask("meetingsvc")
    app.config["SETTINGS"] = SimpleNamespace(idle_minutes=15)
    app.config.update(SECRET_KEY="for this test only", TESTING=True)
    templating.set_up(app)
    CSRFProtect(app)

    @app.before_request
    def nonce() -> None:
        g.csp_nonce = "bm9uY2U"

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP.format(g.csp_nonce)
        return response

    @app.context_processor
    def promised() -> dict[str, Any]:
        return {
            "csp_nonce": g.csp_nonce,
            "navigation": NAVIGATION if principal else [],
            "principal": principal,
            "service_name": "Meeting service",
            "current_path": request.path,
        }

    @app.route("/", methods=["GET", "POST"])
    def working_page() -> str:
        form = OutcomeForm()
        form.validate_on_submit()
        for category in request.args.getlist("flash"):
            flash(f"A message of the kind {category}", category)
        return render_template_string(WORKING_PAGE, rows=ROWS, form=form)

    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> str:
        form = SignInForm()
        form.validate_on_submit()
        return render_template("sign_in/sign_in.html", form=form, ended=False)

    @app.get("/poll")
    def poll() -> dict[str, Any]:
        return {"done": 10, "total": 10, "text": "All rows read", "finished": True, "next": "/sign-in"}

    @app.errorhandler(HTTPException)
    def error(problem: HTTPException) -> tuple[str, int]:
        return render_template(f"errors/{problem.code}.html"), problem.code or 500

    return app
