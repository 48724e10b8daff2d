"""The forms of cases that move between areas."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from agenda.incidents import Party, Risk
from agenda.moves import REASON_LENGTH
from agenda.transfer_arrival import AREA_LENGTH, REFERENCE_LENGTH, TEXT_LENGTH, Arrival, problems
from agenda.transfers import SAID, WHO_SAID, Step
from meetingsvc.usecases.proposals import LONGEST
from meetingsvc.usecases.transfers import Destination
from meetingsvc.web.dates import Days, ThreeBoxes
from meetingsvc.web.typed import at_most, plain
from notifications.recipients import domain_of

OUTSIDE = "outside"
_NO_ADDRESS = "The chair decides by it. Do not write the new address here."


def _line(label: str, longest: int, hint: str = "") -> StringField:
    return StringField(
        label, description=hint, widget=GovTextInput(), filters=[plain], validators=[at_most(longest)]
    )


def _text(label: str, longest: int, hint: str = "", ask: str = "") -> TextAreaField:
    needed = [InputRequired(ask)] if ask else []
    return TextAreaField(
        label, description=hint, widget=GovTextArea(), filters=[plain], validators=[*needed, at_most(longest)]
    )


class TransferForm(FlaskForm):  # type: ignore[misc]
    """Where a case goes, and why. Sent a first time it is shown to be checked."""

    confirmed = HiddenField()
    to = RadioField("Where does the case go?", widget=GovRadioInput(),
                    validators=[InputRequired("Choose where the case goes")])  # fmt: skip
    area = _line("Name of the area", AREA_LENGTH)
    officer = _line("Who is to have it?", 100, "The officer of that area's MARAC, by name.")
    email = _line(
        "Their e-mail address", 254, "In a secure domain. You send the file, and ring the password."
    )
    why = _text("Why does the case move?", LONGEST, _NO_ADDRESS, "Say why the case moves")

    def between(self, areas: Sequence[tuple[UUID, str]]) -> "TransferForm":
        """With the other areas of the service to choose from."""
        self.to.choices = [SelectChoice(str(key), title) for key, title in areas]
        self.to.choices.append(SelectChoice(OUTSIDE, "To an area outside this service, by an encrypted file"))
        self._titles = {str(key): title for key, title in areas}
        return self

    def validate_area(self, field: Field) -> None:
        self._outside(field, "Enter the area's name")

    def validate_officer(self, field: Field) -> None:
        self._outside(field, "Enter who is to have it")

    def validate_email(self, field: Field) -> None:
        self._outside(field, "Enter their e-mail address")
        if self.to.data == OUTSIDE and domain_of(field.data) is None:
            raise ValidationError("Enter an e-mail address, like name@northmoor.example")

    def _outside(self, field: Field, ask: str) -> None:
        if self.to.data == OUTSIDE and not field.data:
            raise ValidationError(ask)

    def destination(self) -> Destination:
        """What was chosen."""
        if self.to.data == OUTSIDE:
            return Destination(None, self.area.data, self.officer.data, self.email.data)
        return Destination(UUID(self.to.data), self._titles[self.to.data])


class WhyForm(FlaskForm):  # type: ignore[misc]
    """A reason that is kept."""

    reason = _text("Why?", REASON_LENGTH, ask="Say why")


#: What a coordinator records of a transfer, as the form words it.
RECORDED = {
    Step.SEND: "The file was sent",
    Step.RECEIVE: "They have received it",
    Step.ACCEPT: "They have accepted the case",
    Step.REFUSE: "They do not accept the case",
}


class RecordForm(FlaskForm):  # type: ignore[misc]
    """What was done, or what the other area said."""

    step = RadioField("What do you record?", widget=GovRadioInput(),
                      validators=[InputRequired("Choose what you record")])  # fmt: skip
    reason = _text("Who there told you, how, and what did they say?", REASON_LENGTH)

    def among(self, steps: Sequence[Step]) -> "RecordForm":
        """With what can be recorded now."""
        self.step.choices = [SelectChoice(step.value, RECORDED[step]) for step in steps if step in RECORDED]
        if Step.SEND in steps:
            self.reason.description = "Not needed for having sent it."
        return self

    def validate_reason(self, field: Field) -> None:
        if self.step.data == Step.REFUSE and not field.data:
            raise ValidationError("Say why the case is not accepted")
        if self.step.data in SAID and not field.data:
            raise ValidationError(WHO_SAID)


class RegisterDays(Days):
    """Dates as they stand in the other area's register."""

    between = "[ /.-]"


class ArrivalForm(FlaskForm):  # type: ignore[misc]
    """A case from an area outside the service."""

    from_area = _line("Which area does it come from?", AREA_LENGTH)
    their_reference = _line("Its reference there (optional)", REFERENCE_LENGTH)
    heard_on = RegisterDays("When was it heard there?", description="One day a line, like 28/12/2026. "
                    "A further incident within 12 months of the last is a repeat.")  # fmt: skip
    victim_forename = _line("Victim's forename", 100)
    victim_surname = _line("Victim's surname", 100)
    victim_dob = ThreeBoxes("Victim's date of birth", description="Leave it empty if it is not known.")
    perpetrator_forename = _line("Perpetrator's forename", 100)
    perpetrator_surname = _line("Perpetrator's surname", 100, "Leave it empty if nobody knows who it is.")
    perpetrator_dob = ThreeBoxes(
        "Perpetrator's date of birth", description="Leave it empty if it is not known."
    )
    risk = RadioField(
        "Risk, as that area judged it", widget=GovRadioInput(),
        choices=[SelectChoice(risk.value, risk.value.capitalize()) for risk in reversed(Risk)],
        validators=[InputRequired("Choose the risk")],
    )  # fmt: skip
    reason = _text("Why does the case move here?", TEXT_LENGTH, ask="Say why the case moves here")
    plans = _text("Plans and actions that came with it (optional)", TEXT_LENGTH,
                  "Do not write addresses here: add them on the case.")  # fmt: skip

    def told(self) -> Arrival:
        """What was typed."""
        surname = self.perpetrator_surname.data
        other = Party(surname, self.perpetrator_forename.data, dob=self.perpetrator_dob.data)
        named = surname or self.perpetrator_forename.data
        victim = Party(self.victim_surname.data, self.victim_forename.data, dob=self.victim_dob.data)
        risk = self.risk.data if self.risk.data in set(Risk) else Risk.HIGH  # refused where none is chosen
        heard = self.heard_on.data if isinstance(self.heard_on.data, tuple) else ()
        return Arrival(self.from_area.data, self.their_reference.data, heard, victim,
                       other if named else None, Risk(risk), self.reason.data, self.plans.data)  # fmt: skip

    def is_fit(self, today: date) -> bool:
        """Whether it can be taken in; each problem stands at its field, all of them at once."""
        fields_fit = self.validate()
        found = {name: words for name, words in problems(self.told(), today).items() if not self[name].errors}
        for name, words in found.items():
            self[name].errors = [words]
        return bool(fields_fit) and not found
