"""The form of a risk assessment, made from the tool's own questions (field.md C)."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.incidents import RISKS, Risk
from agenda.risk_tools import Bands, Count, Tool, count, judgement_problems, level
from meetingsvc.usecases.risk_assessments import Told
from meetingsvc.web.dates import ThreeBoxes


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Use {length} letters or fewer")


class RiskForm(FlaskForm):  # type: ignore[misc]
    """What every tool asks; its questions come from the tool."""

    tool: Tool
    done_on = ThreeBoxes("Day of the assessment", validators=[InputRequired("Enter the day it was done")])
    judged = RadioField(
        "Your own judgement of the risk",
        widget=GovRadioInput(),
        choices=[SelectChoice(risk.value, risk.value.capitalize()) for risk in reversed(RISKS)],
        validate_choice=False,
    )
    reason = TextAreaField("Why you judge it so", widget=GovTextArea())
    author = StringField(
        "Who assessed the risk",
        widget=GovTextInput(),
        validators=[InputRequired("Enter who assessed the risk"), _at_most(100)],
    )
    source = StringField(
        "How they know",
        description="For example: asked the victim at home",
        widget=GovTextInput(),
        validators=[InputRequired("Enter how they know"), _at_most(200)],
    )

    @property
    def answers(self) -> dict[str, str]:
        """By question; one left open is not there."""
        told = {question.id: str(self[f"q-{question.id}"].data or "") for question in self.tool.questions}
        return {name: answer for name, answer in told.items() if answer}

    @property
    def count(self) -> Count:
        """How far it is filled."""
        return count(self.tool, self.answers)

    def fits(self, bands: Bands, today: date) -> bool:
        """Whether it can be kept; what the rules refuse is said at its field (field.md C)."""
        fine = bool(self.validate())
        if self.done_on.data and self.done_on.data > today:
            self.done_on.errors = ("The day of the assessment must be today or in the past",)
            fine = False
        counted = level(self.count.points, self.tool.bands or bands) if self.tool.filled_here else None
        for name, problem in judgement_problems(counted, self.judgement, self.reason.data or "").items():
            self[name].errors = (problem,)
            fine = False
        return fine

    @property
    def judgement(self) -> Risk | None:
        """The level that was chosen, if any."""
        return next((risk for risk in RISKS if risk == self.judged.data), None)

    def told(self) -> Told:
        """What was typed."""
        return Told(
            self.tool, self.answers, self.judgement, self.reason.data or "", self.done_on.data,
            self.author.data, self.source.data,
        )  # fmt: skip


@lru_cache
def form_of(tool: Tool) -> type[RiskForm]:
    """The form of one tool: a question left open stays open, and none is answered before a person does."""
    choices = [SelectChoice(option.id, option.label) for option in tool.options]
    fields: dict[str, Any] = {
        f"q-{question.id}": RadioField(question.label, choices=choices, validate_choice=False)
        for question in tool.questions
    }
    return type("OneRiskForm", (RiskForm,), {**fields, "tool": tool})
