"""The form by which a rehearsal is made."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from agenda.rehearsal import SIZES, Plan

_MEETINGS = [
    SelectChoice("daily", "A daily meeting"),
    SelectChoice("marac", "A MARAC, its agenda shared and sitting today"),
]


class MakeForm(FlaskForm):  # type: ignore[misc]
    """Which meetings, and how large."""

    meetings = SelectMultipleField(
        "Which meeting do you rehearse?", choices=_MEETINGS, widget=GovCheckboxesInput(),
        validators=[InputRequired("Choose which meeting you rehearse")],
    )  # fmt: skip
    cases = RadioField(
        "How many cases does a meeting have?", choices={str(size): str(size) for size in SIZES},
        default=str(SIZES[0]), widget=GovRadioInput(),
        validators=[InputRequired("Choose how many cases a meeting has")],
    )  # fmt: skip

    @property
    def plan(self) -> Plan:
        """What was chosen."""
        chosen = self.meetings.data or []
        return Plan("daily" in chosen, "marac" in chosen, int(self.cases.data))
