"""The forms on which it is said what becomes of a decision to share on no case (Rulebook L1, L2)."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import HiddenField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from agenda.meetings import case_number, case_reference
from meetingsvc.permissions import Principal
from meetingsvc.store import trail
from meetingsvc.store.sharing_reviews import Line
from meetingsvc.web import guard
from meetingsvc.web.breaches_forms import box, radios
from meetingsvc.web.typed import at_most
from minutes.sharing_review import MOVES, State, Step

_WORDS = {
    Step.KEEP: "It is still needed: keep it",
    Step.PUT: "It belongs to a case",
    Step.PROPOSE: "It is needed no more: destroy it",
    Step.AGREE: "Destroy it",
    Step.STOP: "Do not destroy it",
}
_BY_MAKER = (Step.KEEP, Step.PUT, Step.PROPOSE, Step.STOP)
_OVERSEEN = (Step.KEEP, Step.PROPOSE, Step.AGREE, Step.STOP)


class _Form(FlaskForm):  # type: ignore[misc]
    """What becomes of it, and why."""

    what = radios("What becomes of it?", (), "Choose what becomes of it")
    reason = box("Why?", "Name nobody.")

    def validate(self, extra_validators: Any = None) -> bool:
        """What is chosen may ask for its reason."""
        fits = bool(super().validate(extra_validators))
        step = Step(self.what.data) if self.what.data in {one.value for one in Step} else None
        ask = MOVES[step].ask if step else ""
        if ask and not (self.reason.data or "").strip():
            self.reason.errors = (*self.reason.errors, ask)
            fits = False
        return fits


class ReviewForm(_Form):
    """As its maker says it."""

    reference = StringField("If it belongs to a case: which?", widget=GovTextInput(),
                            description="Its reference, such as C-000123.",
                            validators=[at_most(20)])  # fmt: skip

    def offer(self, line: Line | None) -> "ReviewForm":
        """Before it is due it can be put on a case, and no more."""
        state = line.state if line else State.KEPT
        able = [one for one in _BY_MAKER if state in MOVES[one].before and (line or one is Step.PUT)]
        self.what.choices = [SelectChoice(one.value, _WORDS[one]) for one in able]
        return self

    def validate_reference(self, field: StringField) -> None:
        """Of a case that who asks may open: hidden and missing are one answer."""
        if self.what.data != Step.PUT:
            return
        if self.number is None:
            raise ValidationError("Enter a case reference, such as C-000123")
        if trail.case_named(guard.principal(), self.number) is None:
            raise ValidationError(f"There is no case {case_reference(self.number)}")

    @property
    def number(self) -> int | None:
        """The case's number."""
        return case_number(self.reference.data or "")


class OverseeForm(_Form):
    """As information governance or a chair says it, who read nothing of it."""

    decision = HiddenField()

    def offer(self, line: Line, who: Principal) -> "OverseeForm":
        """Nobody agrees to what they proposed."""
        able = [one for one in _OVERSEEN if line.state in MOVES[one].before]
        if not line.agrees(who):
            able = [one for one in able if one is not Step.AGREE]
        self.what.choices = [SelectChoice(one.value, _WORDS[one]) for one in able]
        self.decision.data = str(line.id)
        return self
