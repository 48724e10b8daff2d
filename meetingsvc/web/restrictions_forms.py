"""The forms of who may open a case."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from agenda.restrictions import REASON_LENGTH
from meetingsvc.web.reasons import reason_box

_TOO_LONG = f"Use {REASON_LENGTH:,} characters or fewer"


class RestrictForm(FlaskForm):  # type: ignore[misc]
    """Why a case is kept to named people."""

    reason = reason_box("Why is it kept to named people?", "Whoever may open the case can read this.")


class AskForm(FlaskForm):  # type: ignore[misc]
    """Why an agency asks for it."""

    reason = reason_box(
        "Why should this case be kept to named people?", "The coordinator and the chair read this and decide."
    )


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a restriction is lifted, or its proposal declined."""

    reason = reason_box("Why?", "A second person decides by it.")


class LiftWallForm(FlaskForm):  # type: ignore[misc]
    """Why somebody may open a case after all."""

    reason = reason_box("How do you know that this is not the same person?", "A second person decides by it.")

    @classmethod
    def about(cls, said_so: bool) -> "LiftWallForm":
        """The question, by whether they said it themselves or the service compared."""
        form = cls()
        if said_so:
            form.reason.label.text = "Why may they open the case after all?"
        return form


class EmployerForm(FlaskForm):  # type: ignore[misc]
    """What the employing agency decided that its line managers are told (Rulebook M6)."""

    told = TextAreaField(
        "What does the agency tell its line managers?",
        description="If they are told nothing, write that.",
        widget=GovTextArea(),
        validators=[
            DataRequired("Write down what they are told, or that they are told nothing"),
            Length(max=REASON_LENGTH, message=_TOO_LONG),
        ],
    )
    said_by = StringField(
        "Who at the agency decided it?",
        widget=GovTextInput(),
        validators=[
            DataRequired("Write down who at the agency decided it"),
            Length(max=200, message="Use 200 characters or fewer"),
        ],
    )


class OfficerForm(FlaskForm):  # type: ignore[misc]
    """Whether the member of staff works with children, and what the meeting decided (Rulebook M6)."""

    children = RadioField(
        "Does this person work with children?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice("yes", "Yes"),
            SelectChoice("no", "No"),
            SelectChoice("not known", "Not known"),
        ],
        validators=[InputRequired("Choose whether this person works with children")],
    )
    decided = TextAreaField(
        "What did the meeting decide about the local authority designated officer (LADO)?",
        description="Leave this empty until the meeting has decided.",
        widget=GovTextArea(),
        validators=[Length(max=REASON_LENGTH, message=_TOO_LONG)],
    )

    @property
    def works_with_children(self) -> bool | None:
        """As the rule knows it."""
        known: dict[str, bool | None] = {"yes": True, "no": False}
        return known.get(self.children.data)


def children_told(works_with_children: bool | None) -> str:
    """As the form's choice says it."""
    if works_with_children is None:
        return "not known"
    return "yes" if works_with_children else "no"
