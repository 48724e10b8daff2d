"""The forms of what information governance records about a breach (Rulebook V3)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from agenda.breach_duties import MAY_BE_NEEDLESS, Duty
from agenda.breach_telling import REGULATOR, Decision, problems
from agenda.breaches import BY_TWO, MOVES, Step
from agenda.meetings import case_number
from agenda.moves import Who, open_to
from meetingsvc import clock
from meetingsvc.store.breaches import Kept
from meetingsvc.web import guard, two_people
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.breaches_forms import YES_NO, answer, box, radios
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.moments import moment
from meetingsvc.web.orders_forms import OptionalTime


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step of those that are open, with its reason."""

    step = radios("What do you do?", (), "Choose what you do")
    reason = box("Why?", "For closing it: what was learnt, and what is changed.")

    def offer(self, kept: Kept) -> "StepForm":
        """What may be done now."""
        steps = open_to(MOVES, kept.state, Who.GOVERNANCE)
        me = str(guard.principal().account_id)
        waits = two_people.waits(kept.told, BY_TWO, me)
        self.step.choices = [SelectChoice(step.value, _DOES[step]) for step in steps if step not in waits]
        return self

    def validate_reason(self, field: Field) -> None:
        """Where the step asks for one."""
        step = Step(self.step.data) if self.step.data in set(Step) else None
        if step and MOVES[step].ask and not (field.data or "").strip():
            raise ValidationError(MOVES[step].ask)


_DOES = {
    Step.TAKE_ON: "Take it on",
    Step.DISMISS: "Find that it is no breach (two people say so)",
    Step.CLOSE: "Close it",
    Step.REOPEN: "Open it again",
}


class TellForm(FlaskForm):  # type: ignore[misc]
    """Who was told, and when; or why that is needless."""

    duty = radios("Who?", (), "Choose who was told")
    needless = box(
        "Why is telling them needless?",
        "Leave this empty where they were told. Only partners and the regulator can be needless to tell: "
        "partners where nobody is harmed, the regulator as was decided.",
    )
    on = ThreeBoxes("On which day were they told, or was it found needless?",
                    validators=[InputRequired("Enter the day")])  # fmt: skip
    at = TimeOfDay("At what time?", description="For example: 14:30.")
    late = box("Why is it late?", "Needed where its time was over.")

    def offer(self, kept: Kept) -> "TellForm":
        """Those whom nobody has told yet."""
        left = [duty for duty in Duty if duty not in kept.told.met]
        self.duty.choices = [SelectChoice(duty.value, duty.label) for duty in left]
        return self

    def validate_needless(self, field: Field) -> None:
        """Chair and others are told of every breach."""
        duty = self.duty.data
        if (field.data or "").strip() and duty in set(Duty) and Duty(duty) not in MAY_BE_NEEDLESS:
            raise ValidationError("They are told of every breach")

    @property
    def moment(self) -> datetime | None:
        """When it was."""
        return moment(self.on.data, self.at.data)


class ConcernForm(FlaskForm):  # type: ignore[misc]
    """One more agency, person or case that it concerns."""

    sort = radios("What do you add?", (
        ("partner", "An agency whose information it is"),
        ("involved", "Somebody with an account, who brought it about or was shown what they may not see"),
        ("affected", "Somebody whose information it is"),
        ("nobody", "That it is nobody’s information, and why"),
        ("case", "A case that it touches"),
    ), "Choose what you add")  # fmt: skip
    agency = SelectField("Agency", widget=GovSelect(), validate_choice=False)
    account = SelectField("Person with an account", widget=GovSelect(), validate_choice=False)
    called = StringField("Who is it whose information it is?", widget=GovTextInput(),
                         validators=[at_most(200)])  # fmt: skip
    perpetrator = RadioField("Are they a perpetrator on any case?", widget=GovRadioInput(),
                             choices=[SelectChoice(value, text) for value, text in YES_NO],
                             validate_choice=False, validators=[Optional()])  # fmt: skip
    why = box("Why is nobody affected?")
    reference = StringField("Reference of the case, where you may open it", widget=GovTextInput(),
                            validators=[at_most(20)])  # fmt: skip

    def offer(self, agencies: list[tuple[UUID, str]], people: list[tuple[UUID, str]]) -> "ConcernForm":
        """The area's own."""
        first = SelectChoice("", "Choose")
        self.agency.choices = [first, *(SelectChoice(str(key), name) for key, name in agencies)]
        self.account.choices = [first, *(SelectChoice(str(key), name) for key, name in people)]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """What was chosen is told of."""
        fits = bool(super().validate(extra_validators))
        needed = {"partner": ("agency", "Choose the agency"), "involved": ("account", "Choose the person"),
                  "affected": ("called", "Say who they are"), "nobody": ("why", "Say why nobody is affected"),
                  "case": ("reference", "Enter the reference")}  # fmt: skip
        name, ask = needed.get(self.sort.data or "", ("", ""))
        said = (self[name].data or "").strip() if name else ""
        if name and (not said or said not in self._known(name, said)):
            self[name].errors = (*self[name].errors, ask)
        elif name == "reference" and case_number(self.reference.data) is None:
            self.reference.errors = (*self.reference.errors, "Enter a case reference, such as C-000123")
        elif name == "called" and answer(self.perpetrator.data) is None:
            self.perpetrator.errors = (*self.perpetrator.errors, "Say whether they are a perpetrator")
        return fits and not self.errors

    def _known(self, name: str, said: str) -> set[str]:
        """What may be chosen; anything where it is typed."""
        choices = self[name].choices if name in ("agency", "account") else ()
        return {choice.value for choice in choices} or {said}


class OpinionForm(FlaskForm):  # type: ignore[misc]
    """What an affected partner says."""

    agency = radios("Which agency?", (), "Choose the agency")
    whom = radios("About telling whom?", (), "Choose about whom")
    tell = radios("What does it say?", (("yes", "Tell them"), ("no", "Do not tell them")),
                  "Choose what it says")  # fmt: skip

    def offer(self, kept: Kept, agencies: list[tuple[UUID, str]]) -> "OpinionForm":
        """The agencies whose information it is."""
        mine = [(key, name) for key, name in agencies if name in kept.told.partners]
        self.agency.choices = [SelectChoice(str(key), name) for key, name in mine]
        self.whom.choices = whom(kept)
        return self


def whom(kept: Kept) -> list[SelectChoice]:
    """The regulator, and everybody whom it affects."""
    people = (SelectChoice(key, name) for key, name in kept.people.items())
    return [SelectChoice(REGULATOR, "The regulator"), *people]


class DecideForm(RuledForm):
    """Whether somebody is told, why, and how safely."""

    whom = radios("Whom is it about?", (), "Choose whom it is about")
    tell = radios("Are they told?", YES_NO, "Choose whether they are told")
    reason = box("Why?")
    how = box("When, by whom and in which safe way are they told?",
              "Needed where a person is told. Never through anybody near the perpetrator.")  # fmt: skip
    alone = box("Why is it decided without the agreement of the agencies whose information it is?",
                "Needed where one of them has not said so, or says otherwise.")  # fmt: skip
    told_on = ThreeBoxes("On which day were they told? (once it is done)", validators=[Optional()])
    told_time = OptionalTime("At what time were they told? (once it is done)")

    _kept: Kept | None = None

    def offer(self, kept: Kept) -> "DecideForm":
        """Those about whom it can be decided."""
        self._kept = kept
        self.whom.choices = whom(kept)
        return self

    def found(self) -> dict[str, str]:
        """What the rule has against it, by field (Rulebook V3, F3, F4)."""
        if self._kept is None or not self.whom.data or answer(self.tell.data) is None:
            return {}
        told, decided = self._kept.told, self.decision(clock.now(), "")
        found = problems(decided, told.affected, told.partners, told.opinions)
        if self.told_on.data and moment(self.told_on.data, self.told_time.data) is None:
            found["told_time"] = "Enter the time at which they were told"
        return found

    def decision(self, now: datetime, by: str) -> Decision:
        """What was typed."""
        return Decision(
            self.whom.data, bool(answer(self.tell.data)), self.reason.data or "", now, by,
            self.how.data or "", self.alone.data or "", moment(self.told_on.data, self.told_time.data),
        )  # fmt: skip
