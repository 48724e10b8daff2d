"""The forms of yearly reviews, of what agencies are asked, and of holds."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from agenda.meetings import case_number, case_reference
from agenda.moves import REASON_LENGTH
from meetingsvc.store.retention import Asked
from meetingsvc.store.retention_case import Choice
from meetingsvc.web.addresses_forms import at_most
from minutes.holds import Event, Why
from minutes.retention_asks import Holds, OnBehalf
from minutes.retention_case import Outcome

_OUTCOMES = {
    Outcome.KEEP_ALL: "Keep all of it",
    Outcome.KEEP_SOME: "Keep some, and destroy what you choose below",
    Outcome.DESTROY: "Destroy all of it",
}


def _why(label: str, hint: str, ask: str) -> TextAreaField:
    return TextAreaField(label, description=hint, widget=GovTextArea(),
                         validators=[DataRequired(ask), at_most(REASON_LENGTH)])  # fmt: skip


class ProposalForm(FlaskForm):  # type: ignore[misc]
    """What is proposed of a case, and why (Rulebook L1)."""

    risk = RadioField(
        "Does a risk to the victim or the children remain?",
        description="While one does, all is kept.",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Say whether a risk remains")],
    )
    outcome = RadioField(
        "What do you propose?",
        widget=GovRadioInput(),
        choices=[],
        validators=[InputRequired("Choose what you propose")],
    )
    chosen = SelectMultipleField(
        "What is to be destroyed, where some is kept", widget=GovCheckboxesInput(), validate_choice=False
    )
    reason = _why("Why?", "The chair reads this. Name nobody.", "Say why it is kept, or destroyed")

    def offer(self, choices: Iterable[Choice]) -> "ProposalForm":
        """What may go alone; where nothing may, nobody proposes to keep some."""
        self.chosen.choices = [SelectChoice(one.id, one.words) for one in choices]
        able = [one for one in Outcome if self.chosen.choices or one is not Outcome.KEEP_SOME]
        self.outcome.choices = [SelectChoice(str(one), _OUTCOMES[one]) for one in able]
        return self

    def validate_outcome(self, field: RadioField) -> None:
        """Rulebook L1: a risk keeps all."""
        if self.risk.data == "yes" and field.data in (Outcome.KEEP_SOME, Outcome.DESTROY):
            raise ValidationError("While a risk to the victim or the children remains, all is kept")

    def validate_chosen(self, field: SelectMultipleField) -> None:
        """Something is chosen where some is kept."""
        if self.outcome.data == Outcome.KEEP_SOME and not field.data:
            raise ValidationError("Choose what is destroyed")


class BackForm(FlaskForm):  # type: ignore[misc]
    """Why a proposal is sent back, or a destruction stopped."""

    reason = _why("Why?", "The coordinator reads this.", "Say why")


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What an agency did with its own recording, and whether what it supplied may go (Rulebook L3, R2)."""

    holds = RadioField(
        "You have reviewed what your agency recorded of this case itself. What did you do?",
        widget=GovRadioInput(),
        choices=[SelectChoice(str(one), one.label) for one in Holds],
        validators=[InputRequired("Choose what your agency did")],
    )
    may_go = RadioField(
        "May what your agency supplied to the panel about it be destroyed here, if the panel so decides?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Say whether it may be destroyed here")],
    )


class AnswerForForm(AnswerForm):
    """The same for an agency that cannot answer itself, and why (Rulebook L3)."""

    agency = RadioField(
        "For which agency do you answer?",
        widget=GovRadioInput(),
        validators=[InputRequired("Choose the agency")],
    )
    why = RadioField(
        "Why can it not answer itself?",
        widget=GovRadioInput(),
        choices=[SelectChoice(str(one), one.label) for one in OnBehalf],
        validators=[InputRequired("Choose why it cannot answer itself")],
    )

    def offer(self, asked: Iterable[Asked]) -> "AnswerForForm":
        """Those that cannot."""
        self.agency.choices = [SelectChoice(str(one.id), one.agency) for one in asked]
        self.holds.label.text = "What did the agency do with what it recorded of the case itself?"
        self.may_go.label.text = (
            "May what it supplied to the panel be destroyed here, if the panel so decides?"
        )
        return self


class StopForm(FlaskForm):  # type: ignore[misc]
    """Why what was decided is not destroyed."""

    reason = _why(
        "Why is it stopped?", "The coordinator and the chair read this. Name nobody.", "Say why it is stopped"
    )


class FindForm(FlaskForm):  # type: ignore[misc]
    """Which case."""

    reference = StringField(
        "Case reference", description="For example, C-000123", widget=GovTextInput(),
        validators=[DataRequired("Enter the case reference")],
    )  # fmt: skip

    def validate_reference(self, field: StringField) -> None:
        """It has the shape of one."""
        if case_number(field.data or "") is None:
            raise ValidationError("Enter a case reference, like C-000123")

    @property
    def number(self) -> int:
        """The case's number."""
        return case_number(self.reference.data) or 0

    def no_such_case(self) -> "FindForm":
        """The one answer for a case that is not there and for one that is kept from who asks."""
        self.reference.errors = [*self.reference.errors, f"There is no case {case_reference(self.number)}"]
        return self


class HoldForm(FlaskForm):  # type: ignore[misc]
    """Why a case is held."""

    why = RadioField(
        "Why is it held?",
        widget=GovRadioInput(),
        choices=[SelectChoice(str(one), one.label) for one in Why],
        validators=[InputRequired("Choose why it is held")],
    )
    reason = _why("Say more", "For example, which inquiry. Name nobody.", "Say why the case is held")


class LiftForm(FlaskForm):  # type: ignore[misc]
    """Which hold is lifted, and why."""

    hold = RadioField(
        "Which hold is lifted?", widget=GovRadioInput(), validators=[InputRequired("Choose the hold")]
    )
    reason = _why("Why is it held no longer?", "Name nobody.", "Say why the case is held no longer")

    def offer(self, holds: Iterable[Event]) -> "LiftForm":
        """Those that stand."""
        self.hold.choices = [SelectChoice(event.hold, event.why.label) for event in holds]
        return self
