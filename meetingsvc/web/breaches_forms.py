"""The forms of breaches: raising one, and what information governance records about it (Rulebook V3)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from agenda.breaches import raise_problems
from agenda.meetings import case_number, case_reference
from agenda.moves import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.usecases import breaches as usecase
from meetingsvc.web import guard
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.moments import moment

MOST_CASES = 60
YES_NO = (("yes", "Yes"), ("no", "No"))


def radios(label: str, choices: Iterable[tuple[str, str]], ask: str, hint: str = "") -> RadioField:
    """One of several, which must be chosen."""
    offered = [SelectChoice(value, text) for value, text in choices]
    return RadioField(label, description=hint, widget=GovRadioInput(), choices=offered,
                      validators=[InputRequired(ask)])  # fmt: skip


def box(label: str, hint: str = "") -> TextAreaField:
    """A text as long as any reason."""
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=[at_most(REASON_LENGTH)])


def answer(said: str | None) -> bool | None:
    """Yes, no, or nothing said."""
    return {"yes": True, "no": False}.get(said or "")


class RaiseForm(RuledForm):
    """What happened, since when it is known, and who is unsafe by it."""

    what = box("What happened?", "What was sent, shown, lost or changed, to whom, and how it came to light.")
    detected_on = ThreeBoxes("On which day was it detected?", validators=[Optional()])
    detected_at = TimeOfDay("At what time was it detected?", description="For example: 14:30.")
    unsafe_now = radios("Is anybody unsafe now because of it?", YES_NO,
                        "Say whether anybody is unsafe now because of it")  # fmt: skip
    done = box("What has been done to make them safe?", "Needed where somebody is unsafe.")
    cases = StringField(
        "Which cases does it touch? (optional)", widget=GovTextInput(), validators=[at_most(600)],
        description="Their references, such as C-000123. With a comma between several.",
    )  # fmt: skip

    involved = SelectMultipleField(
        "Did one of these people bring it about, or were they shown what they may not see? (optional)",
        widget=GovCheckboxesInput(),
        description="They would deal with it: they never read it, nor learn of it here. Of anybody else say "
        "so above.",
    )  # fmt: skip

    def offer(self, people: list[tuple[UUID, str]]) -> "RaiseForm":
        """Who would deal with it."""
        self.involved.choices = [SelectChoice(str(key), name) for key, name in people]
        if not people:
            del self.involved
        return self

    def validate_cases(self, field: Field) -> None:
        """References of cases that who asks may open: hidden and missing are one answer."""
        said = [part.strip() for part in (field.data or "").split(",") if part.strip()]
        numbers = [case_number(part) for part in said]
        if None in numbers:
            raise ValidationError("Enter case references, such as C-000123, with a comma between them")
        if len(numbers) > MOST_CASES:
            raise ValidationError(f"Enter {MOST_CASES} cases at most")
        if missing := usecase.no_such_cases(guard.principal(), self.numbers):
            raise ValidationError(f"There is no case {case_reference(min(missing))}")

    def found(self) -> dict[str, str]:
        """What the rule has against it, by field (Rulebook V3, E3)."""
        unsafe = answer(self.unsafe_now.data)
        found = raise_problems(self.what.data or "", self.detected, unsafe, self.done.data or "", clock.now())
        if "detected_at" in found and self.detected is None:
            found["detected_on"] = found.pop("detected_at")
        return found

    @property
    def detected(self) -> datetime | None:
        """The moment from which its clocks run."""
        return moment(self.detected_on.data, self.detected_at.data)

    @property
    def named(self) -> list[UUID]:
        """Who brought it about."""
        return [UUID(key) for key in self.involved.data or ()] if self.involved else []

    @property
    def numbers(self) -> list[int]:
        """The cases' numbers."""
        found = (case_number(part) for part in (self.cases.data or "").split(","))
        return [number for number in found if number is not None]


class ExposedForm(FlaskForm):  # type: ignore[misc]
    """The days on which it is asked who opened what."""

    class Meta:
        csrf = False  # it changes nothing

    first = ThreeBoxes("From", validators=[Optional()])
    last = ThreeBoxes("To", validators=[Optional()])
