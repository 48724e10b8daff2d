"""The form of a line of the consent's history, made from the referral's own questions (Rulebook K1 to K3)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.area import AreaSettings
from agenda.referral import consent
from agenda.referral_consent import Consent
from agenda.referral_draft import Reading, key, reading_of
from agenda.referral_fields import Answers, Days, Kind
from agenda.referral_fields import Field as Question
from agenda.referral_sections import CONSENT

#: The one choice of the section, asked of a case as it is of a referral.
_ASKED = "The victim consents to sharing with the agencies of the panel"


def _at_most(length: int) -> Length:
    return Length(max=length, message=f"Use {length} letters or fewer")


def _field(question: Question) -> Field:
    choices = [SelectChoice(choice.id, choice.label) for choice in question.choices]
    if question.kind is Kind.CHOICE:
        return RadioField(_ASKED, widget=GovRadioInput(), choices=choices, validate_choice=False)
    if question.kind is Kind.CHOICES:
        return SelectMultipleField(
            question.label, widget=GovCheckboxesInput(), choices=choices, validate_choice=False
        )
    kind, widget = (
        (TextAreaField, GovTextArea()) if question.kind is Kind.PROSE else (StringField, GovTextInput())
    )
    hint = "For example, 27/3/2026" if question.kind is Kind.PAST else question.hint
    return kind(question.label, description=hint, widget=widget)


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """What the victim said, when, and what is recorded where there is no consent."""

    author = StringField(
        "Who was told",
        widget=GovTextInput(),
        validators=[InputRequired("Enter who was told"), _at_most(100)],
    )
    source = StringField(
        "How they know",
        description="For example: the victim said so by telephone",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter how they know"),
            _at_most(200),
        ],
    )

    def __iter__(self) -> Iterator[Field]:
        """In the order of the page, where these two stand last: so the error summary reads."""
        return iter(sorted(super().__iter__(), key=lambda field: field.short_name in ("author", "source")))

    def read(self, today: date, settings: AreaSettings) -> Reading:
        """What was typed, judged by the rules of the referral form; each problem at its field."""
        row = {one.id: _said(self[one.id].data) for one in CONSENT.fields}
        found = reading_of(CONSENT, Answers(row), Days(today, settings, frozenset()))
        for at, problem in {**found.missing, **found.problems}.items():
            field = self[at.removeprefix(key(CONSENT, ""))]
            field.errors = (*field.errors, problem.replace(" to this referral", ""))
        return found

    def told(self, found: Reading, today: date) -> Consent:
        """The line that was typed."""
        return consent(found.answers[CONSENT.id].fields, self.author.data, today)


def _said(data: Any) -> str:
    return ",".join(data) if isinstance(data, list) else str(data or "")


for _question in CONSENT.fields:
    setattr(ConsentForm, _question.id, _field(_question))
NAMES = tuple(question.id for question in CONSENT.fields)
