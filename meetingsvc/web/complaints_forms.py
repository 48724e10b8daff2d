"""The forms of complaints: recording one, and what is done about it (Rulebook V2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSelect, GovTextInput
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from agenda.complaints import BY_TWO, MOVES, Complainant, Step, Subject
from agenda.meetings import case_number, case_reference
from agenda.moves import open_to
from meetingsvc import clock
from meetingsvc.store import complaints as store
from meetingsvc.store import trail
from meetingsvc.store.complaints import Entry, Kept
from meetingsvc.usecases import complaint_notices
from meetingsvc.web import guard, two_people
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.breaches_forms import box, radios
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.moments import moment

_WHOM = {
    Subject.AGENCY: "An agency, or somebody who works there",
    Subject.MEETING: "A meeting, or what it decided",
    Subject.CHAIR: "The chair",
    Subject.GOVERNANCE: "Information governance",
}
_DOES = {
    Step.TAKE_ON: "Take it on",
    Step.ANSWER: "Record the answer",
    Step.ESCALATE: "Pass it to the strategic partnership",
    Step.TO_PARTNERSHIP: "Pass it to the strategic partnership: it is about the chair",
    Step.PAST_CHAIR: "No chair can deal with it: it goes to the strategic partnership",
    Step.ANSWER_FINALLY: "Record the strategic partnership’s answer",
    Step.CLOSE: "Close it",
    Step.WITHDRAW: "Record that it is withdrawn (two people say so)",
}
_TOLD = {
    Entry.NOTIFIED: "Heads of service and data protection managers were notified",
    Entry.ACKNOWLEDGED: "The complainant was told that it has come",
}
_ANSWERS = (Step.ANSWER, Step.ANSWER_FINALLY)


class RecordForm(FlaskForm):  # type: ignore[misc]
    """Who complains, of whom, and of what."""

    complainant = radios("Who complains?", [(one.value, one.value.capitalize()) for one in Complainant],
                         "Choose who complains")  # fmt: skip
    about = radios("About whom or what?", [(one.value, label) for one, label in _WHOM.items()],
                   "Choose what it is about",
                   "One about the chair goes to information governance, and no chair reads it; one about "
                   "information governance goes to the chair alone.")  # fmt: skip
    of = SelectField("Is it about one of those who deal with complaints? (optional)", default="",
                     widget=GovSelect(), description="They never read it, nor learn of it here.")  # fmt: skip
    what = box("What is complained of?")
    received_on = ThreeBoxes("On which day was it received?", validators=[InputRequired("Enter the day")])
    received_at = TimeOfDay("At what time?", description="For example: 14:30.")
    reference = StringField("Which case is it about? (optional)", widget=GovTextInput(),
                            description="Its reference, such as C-000123.",
                            validators=[at_most(20)])  # fmt: skip

    def offer(self, people: list[tuple[UUID, str]]) -> "RecordForm":
        """Who deals with complaints."""
        offered = (SelectChoice(str(key), name) for key, name in people)
        self.of.choices = [SelectChoice("", "No, or nobody by name"), *offered]
        return self

    def validate_what(self, field: Field) -> None:
        """It says something."""
        if not (field.data or "").strip():
            raise ValidationError("Say what is complained of")

    def validate_received_on(self, field: Field) -> None:
        """It has come already."""
        if field.data and field.data > clock.today():
            raise ValidationError("It cannot be received in the future")

    def validate_reference(self, field: Field) -> None:
        """Of a case that who asks may open: hidden and missing are one answer."""
        if not (field.data or "").strip():
            return
        if self.number is None:
            raise ValidationError("Enter a case reference, such as C-000123")
        if trail.case_named(guard.principal(), self.number) is None:
            raise ValidationError(f"There is no case {case_reference(self.number)}")

    @property
    def number(self) -> int | None:
        """The case's number."""
        return case_number(self.reference.data or "")

    @property
    def received(self) -> datetime | None:
        """The moment from which its clocks run."""
        return moment(self.received_on.data, self.received_at.data)


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step of those that are open, with what was found or why."""

    step = radios("What do you do?", (), "Choose what you do")
    reason = box("What was found and answered, or why?", "For an answer: what was found, and what was said.")
    rights = BooleanField(
        "The answer says that they may go to the Information Commissioner, or to the agency’s ombudsman",
        widget=GovCheckboxInput(),
    )
    reveals_nothing = BooleanField(
        "The answer neither confirms nor denies any meeting or record, and legal advice was taken",
        widget=GovCheckboxInput(),
    )

    _kept: Kept | None = None

    def offer(self, kept: Kept) -> "StepForm":
        """What this person may do now."""
        self._kept = kept
        steps = open_to(MOVES, kept.state, store.acts_as(guard.principal()))
        about_chair = kept.told.about is Subject.CHAIR
        barred = {Step.TAKE_ON, Step.PAST_CHAIR} if about_chair else {Step.TO_PARTNERSHIP}
        area_id = guard.principal().area_id
        if Step.PAST_CHAIR in steps and not complaint_notices.no_chair(area_id, kept.id, clock.now()):
            barred.add(Step.PAST_CHAIR)
        me = str(guard.principal().account_id)
        barred |= two_people.waits(kept.told, BY_TWO, me)
        self.step.choices = [SelectChoice(step.value, _DOES[step]) for step in steps if step not in barred]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """What the step asks for, beside its field (Rulebook V2, F3)."""
        fits = bool(super().validate(extra_validators))
        step = Step(self.step.data) if self.step.data in set(Step) else None
        found: dict[str, str] = {}
        if step and MOVES[step].ask and not (self.reason.data or "").strip():
            found["reason"] = MOVES[step].ask
        if step in _ANSWERS and not self.rights.data:
            found["rights"] = "The answer must say so"
        perpetrator = self._kept and self._kept.told.complainant is Complainant.PERPETRATOR
        if step in _ANSWERS and perpetrator and not self.reveals_nothing.data:
            found["reveals_nothing"] = "An answer to a perpetrator must reveal no meeting"
        for name, problem in found.items():
            self[name].errors = (*self[name].errors, problem)
        return fits and not found


class TellForm(FlaskForm):  # type: ignore[misc]
    """Who was told, and when."""

    what = radios("What was done?", (), "Choose what was done")
    on = ThreeBoxes("On which day?", validators=[InputRequired("Enter the day")])
    at = TimeOfDay("At what time?", description="For example: 14:30.")

    def offer(self, kept: Kept) -> "TellForm":
        """What is not done yet."""
        done = {Entry.NOTIFIED: kept.told.notified_at, Entry.ACKNOWLEDGED: kept.told.acknowledged_at}
        self.what.choices = [SelectChoice(one.value, _TOLD[one]) for one, at in done.items() if at is None]
        return self

    @property
    def moment(self) -> datetime | None:
        """When it was."""
        return moment(self.on.data, self.at.data)


class NameForm(FlaskForm):  # type: ignore[misc]
    """Who is complained of."""

    account = SelectField("Who is complained of?", widget=GovSelect(),
                          description="They can read nothing of it from then on, and this cannot be undone.",
                          validators=[InputRequired("Choose who")])  # fmt: skip

    def offer(self, people: list[tuple[UUID, str]]) -> "NameForm":
        """Who has an account in the area."""
        offered = (SelectChoice(str(key), name) for key, name in people)
        self.account.choices = [SelectChoice("", "Choose"), *offered]
        return self
