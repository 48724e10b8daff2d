"""The form that puts an incident on a list by hand."""

from collections.abc import Sequence
from datetime import date

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from agenda.calendar import day_words
from agenda.moves import REASON_LENGTH


class AddForm(FlaskForm):  # type: ignore[misc]
    """Which incident, on which open list, and why (Rulebook T5)."""

    reference = HiddenField(validators=[InputRequired("Choose an incident"), Length(max=40)])
    day = RadioField(
        "Which list?", widget=GovRadioInput(), validators=[InputRequired("Choose the list")],
        render_kw={"class": ""},
    )  # fmt: skip
    reason = StringField(
        "Why is it put on the list?",
        widget=GovTextArea(),
        validators=[
            DataRequired("Say why it is put on the list"),
            Length(max=REASON_LENGTH, message=f"Use {REASON_LENGTH:,} characters or fewer"),
        ],
        filters=[lambda text: text.strip() if text else text],
    )

    @classmethod
    def among(cls, days: Sequence[date]) -> "AddForm":
        """With the open lists to choose from; the latest is chosen where the person has not."""
        form: AddForm = cls()
        form.day.choices = [(day.isoformat(), day_words(day)) for day in days]
        if form.day.data in (None, "None") and days:
            form.day.data = days[0].isoformat()
        return form
