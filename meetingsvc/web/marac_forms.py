"""The forms of a MARAC and its agenda."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea
from wtforms import HiddenField, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from meetingsvc.store.marac import WaitingReferral
from meetingsvc.usecases.marac import REASON_LENGTH
from meetingsvc.web.dates import ThreeBoxes


class DateForm(FlaskForm):  # type: ignore[misc]
    """The day a MARAC sits."""

    sits_on = ThreeBoxes(
        "Date of the MARAC",
        description="For example, 27 11 2026",
        validators=[InputRequired("Enter the date of the MARAC")],
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """One step up or down, from the place at which the person saw the case."""

    item_id = HiddenField(validators=[InputRequired()])
    place = IntegerField(validators=[InputRequired()])
    to = IntegerField(validators=[InputRequired()])


def _reason(label: str, hint: str) -> TextAreaField:
    too_long = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        validators=[DataRequired("Say why"), Length(max=REASON_LENGTH, message=too_long)],
    )


class DiscussForm(FlaskForm):  # type: ignore[misc]
    """Why an update-only case is discussed after all."""

    reason = _reason(
        "What could an agency not confirm, and why?", "Say which agency. It is kept with the case."
    )


class NotSatForm(FlaskForm):  # type: ignore[misc]
    """Why a published MARAC was not held."""

    reason = _reason(
        "Why did it not sit?", "For example, snow, or too few agencies. Agencies read this; name nobody."
    )


class AgainForm(FlaskForm):  # type: ignore[misc]
    """Why a restricted case still has to go into the pack."""

    reason = _reason("Why does it go into the pack?", "The second person decides by it. Name nobody.")


class LateForm(FlaskForm):  # type: ignore[misc]
    """Cases that join an agenda late."""

    cases = SelectMultipleField(
        "Which cases?", widget=GovCheckboxesInput(), validators=[InputRequired("Choose at least one case")]
    )
    reason = _reason("Why can they not wait for the next MARAC?", "Agencies read this with the case.")

    def offer(self, referrals: Iterable[WaitingReferral]) -> "LateForm":
        """Only what waits for a later MARAC."""
        self.cases.choices = [
            (str(one.outcome_id), f"{one.case}: {one.people}, {one.risk} risk") for one in referrals
        ]
        return self
