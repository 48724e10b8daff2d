"""The forms of opening a case out of the ordinary."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea, GovTextInput
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from agenda.meetings import case_number, case_reference
from agenda.need_to_know import SHORTEST_REASON
from agenda.restrictions import REASON_LENGTH
from meetingsvc.web.reasons import reason_box

_TOO_LONG = f"Use {REASON_LENGTH:,} characters or fewer"


class OpeningForm(FlaskForm):  # type: ignore[misc]
    """Which case, and why."""

    reference = StringField(
        "Case reference",
        description="For example, C-000123",
        widget=GovTextInput(),
        validators=[DataRequired("Enter the case reference")],
    )
    reason = TextAreaField(
        "Why do you need to open it?",
        description="The chair and information governance read this.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            DataRequired("Say why you need to open this case"),
            Length(min=SHORTEST_REASON, message=f"Say why in at least {SHORTEST_REASON} characters"),
            Length(max=REASON_LENGTH, message=_TOO_LONG),
        ],
    )

    def validate_reference(self, field: StringField) -> None:
        """It has the shape of one."""
        if case_number(field.data or "") is None:
            raise ValidationError("Enter a case reference, like C-000123")

    @property
    def number(self) -> int:
        """The case's number."""
        return case_number(self.reference.data) or 0

    def no_such_case(self) -> "OpeningForm":
        """The one answer for a case that is not there and for one that is kept from who asks."""
        self.reference.errors = [*self.reference.errors, f"There is no case {case_reference(self.number)}"]
        return self


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """What a review of an opening found."""

    in_order = RadioField(
        "Was it in order?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Choose whether it was in order")],
    )
    finding = TextAreaField(
        "What did you find?",
        widget=GovTextArea(),
        validators=[DataRequired("Write down what you found"), Length(max=REASON_LENGTH, message=_TOO_LONG)],
    )


class RefuseForm(FlaskForm):  # type: ignore[misc]
    """Why a ticket is refused."""

    reason = reason_box("Why is it refused?")


class NamingForm(FlaskForm):  # type: ignore[misc]
    """Who is to open a case that nobody who runs meetings may open, and why."""

    case = RadioField("Which case?", widget=GovRadioInput(), validators=[InputRequired("Choose the case")])
    person = RadioField(
        "Who shall open it?", widget=GovRadioInput(), validators=[InputRequired("Choose who shall open it")]
    )
    lifts = BooleanField(
        "This person is kept from it because they may know somebody on it, and is to open it after all",
        description="Only if you know that they are neither on the case nor know anybody on it.",
        widget=GovCheckboxInput(),
    )
    reason = reason_box("Why this person?", "A second person decides by it.")
