"""The forms of an emergency MARAC: asking for one, and deciding."""

from datetime import datetime

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from agenda import emergency as rules
from agenda.calendar import local_day
from agenda.emergency import Soon

_DAYS = {Soon.TODAY.value: "Today", Soon.TOMORROW.value: "Tomorrow"}


class AskForm(FlaskForm):  # type: ignore[misc]
    """How soon it is needed, and why it cannot wait."""

    soon = RadioField(
        "How soon is it needed?", choices=_DAYS, widget=GovRadioInput(),
        validators=[InputRequired("Choose how soon it is needed")],
    )  # fmt: skip
    reason = TextAreaField(
        "Why can this case not wait for the next MARAC?",
        description="The chair decides by it, and if they accept, every agency that attends reads it.",
        widget=GovTextArea(),
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """It needs one (Rulebook M4)."""
        if problem := rules.reason_problem(field.data or ""):
            raise ValidationError(problem)


class DecideForm(FlaskForm):  # type: ignore[misc]
    """When it sits; or why there is none."""

    answer = RadioField(
        "What do you decide?", choices={"accept": "Accept: call the meeting", "refuse": "Refuse"},
        widget=GovRadioInput(), validators=[InputRequired("Choose what you decide")],
    )  # fmt: skip
    day = RadioField("Which day does it sit?", choices=_DAYS, widget=GovRadioInput(), validate_choice=False)
    time = StringField("What time does it start?", description="Such as 14:30", widget=GovTextInput())
    why = TextAreaField("If you refuse, why?", description="Who asked reads it.", widget=GovTextArea())
    start: datetime

    @property
    def refuses(self) -> bool:
        """Whether there is to be none."""
        return bool(self.answer.data == "refuse")

    def fits(self, now: datetime) -> bool:
        """Whether what it says can be done; else what is wrong stands beside its field (Rulebook M4)."""
        if not self.validate():
            return False
        if self.refuses:
            problem = rules.reason_problem(self.why.data or "", "Say why it is refused")
            self.why.errors = [problem] if problem else []
            return problem is None
        if self.day.data not in list(Soon):
            self.day.errors = ["Choose the day it sits"]
            return False
        return self._starts(now)

    def _starts(self, now: datetime) -> bool:
        try:
            self.start = rules.starts_at(Soon(self.day.data).day(local_day(now)), self.time.data or "")
            problem = rules.start_problem(self.start, now)
        except ValueError as wrong:
            problem = str(wrong)
        self.time.errors = [problem] if problem else []
        return problem is None
