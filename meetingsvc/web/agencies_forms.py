"""The forms of agencies."""

from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovSelect, GovTextInput
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.agencies import Agency, AgencyKind
from meetingsvc.usecases.agencies import Standing
from meetingsvc.web.dates import ThreeBoxes

MEETINGS = [SelectChoice("daily", "The daily meeting"), SelectChoice("marac", "The MARAC")]


class StandingForm(FlaskForm):  # type: ignore[misc]
    """What an agency attends, and when it signed."""

    signed_on = ThreeBoxes(
        "When did it sign the protocol?",
        description="Leave it empty if it has not: it then reads nothing and is sent nothing",
    )
    attends = SelectMultipleField(
        "Which meetings does it attend, or research for?", widget=GovCheckboxesInput(), choices=MEETINGS
    )
    seen = HiddenField()

    def standing(self) -> Standing:
        """What was typed."""
        attends = self.attends.data or []
        signed: date | None = self.signed_on.data
        return Standing(signed, "daily" in attends, "marac" in attends)

    def show(self, agency: Agency) -> "StandingForm":
        """How the agency stands."""
        goes = {"daily": agency.attends_daily, "marac": agency.attends_marac}
        self.signed_on.data = agency.signed_on
        self.attends.data = [name for name, does in goes.items() if does]
        self.seen.data = str(Standing(agency.signed_on, agency.attends_daily, agency.attends_marac))
        return self


class NewAgencyForm(StandingForm):
    """The same with what stays."""

    name = StringField(
        "Name of the agency",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the agency's name"),
            Length(max=100, message="Enter 100 characters at most"),
        ],
    )
    kind = SelectField(
        "Kind of agency",
        widget=GovSelect(),
        choices=[
            SelectChoice("", "Choose"),
            *(SelectChoice(kind.value, kind.label) for kind in AgencyKind),
        ],
        validators=[InputRequired("Choose a kind of agency")],
    )
