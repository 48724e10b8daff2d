"""Fields of the forms of third parties' requests."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea, GovTextInput
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.area_forms import TimeOfDay
from minutes.disclosure_requester import NAME_LENGTH, TEXT_LENGTH


def line(label: str, hint: str = "", letters: int = NAME_LENGTH) -> StringField:
    """One line of text."""
    return StringField(label, description=hint, widget=GovTextInput(), validators=[at_most(letters)])


def box(label: str, hint: str = "", letters: int = TEXT_LENGTH) -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=[at_most(letters)])


class MaybeTime(TimeOfDay):
    """An hour and minutes, or none."""

    def post_validate(self, form: FlaskForm, validation_stopped: bool) -> None:
        """As of any time, where one was typed."""
        if str(self.data or "").strip():
            super().post_validate(form, validation_stopped)


def several(label: str, hint: str = "") -> SelectMultipleField:
    """Boxes to tick, none of which must be."""
    return SelectMultipleField(label, description=hint, widget=GovCheckboxesInput(), choices=[])


def choices(told: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """What can be chosen, value and label."""
    return [SelectChoice(str(value), label) for value, label in told]
