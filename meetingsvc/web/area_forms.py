"""The form of an area's settings: one field for each, made from the settings themselves."""

import re
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from agenda.area import AreaSettings
from meetingsvc.usecases.areas import LIMITS, LONGEST, READ_OUT, seen
from meetingsvc.web.dates import Days, ThreeBoxes
from meetingsvc.web.reasons import reason_box
from notifications.recipients import unfit_address, unfit_domain
from notifications.schedule import unfit_quiet

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
MOST_DAYS = MOST_DOMAINS = 60


class TimeOfDay(StringField):  # type: ignore[misc]
    """An hour and minutes, as people write them."""

    widget = GovTextInput()
    data: Any

    def _value(self) -> str:
        return self.data.strftime("%H:%M") if isinstance(self.data, time) else str(self.data or "")

    def post_validate(self, form: FlaskForm, validation_stopped: bool) -> None:
        """From text to a time; raises ValidationError where it is none."""
        if found := _CLOCK.fullmatch(str(self.data or "").strip()):
            self.data = time(int(found[1]), int(found[2]))
        else:
            raise ValidationError("Enter a time, like 09:30")


class Holidays(Days):
    """Further days without a list."""

    most = MOST_DAYS


class Domains(TextAreaField):  # type: ignore[misc]
    """Any number of domains, one a line."""

    widget = GovTextArea()
    data: Any

    def _value(self) -> str:
        return "\n".join(self.data) if isinstance(self.data, tuple) else str(self.data or "")

    def post_validate(self, form: FlaskForm, validation_stopped: bool) -> None:
        """From text to domains in order; raises ValidationError naming the one that will not do."""
        lines = [line.strip().removeprefix(".") for line in str(self.data or "").splitlines()]
        found = [line for line in lines if line]
        if len(found) > MOST_DOMAINS:
            raise ValidationError(f"Enter {MOST_DOMAINS} domains at most")
        for line in found:
            if why := unfit_domain(line):
                raise ValidationError(f"Enter other domains: {line[:60]} {why}")
        self.data = tuple(sorted({line.lower() for line in found}))


class OnOff(RadioField):  # type: ignore[misc]
    """A setting that is on or off."""

    widget = GovRadioInput()
    data: Any

    def __init__(self, label: str, **options: Any) -> None:
        choices = [SelectChoice("on", "On"), SelectChoice("off", "Off")]
        super().__init__(
            label, choices=choices, coerce=_on_or_off, validators=[InputRequired("Choose on or off")],
            **options,
        )  # fmt: skip


def _on_or_off(told: Any) -> bool:
    """From the word to the truth; raises ValueError where it is neither."""
    if told not in (True, False, "on", "off"):
        raise ValueError(told)
    return told in (True, "on")


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _is_address(field: Field) -> None:
    if why := unfit_address(field.data or ""):
        raise ValidationError(f"Enter another address: this {why}")


#: What a day that is not set means.
_WITHOUT = {
    "marac_anchor": "The others are counted from it.",
    "notify_from": "Leave it empty where your area does not use them.",
}


def _field(name: str) -> Field:
    """The box for one setting, by what its default is."""
    told = AreaSettings.__dataclass_fields__[name]
    label, rule = told.metadata["label"], f"Rulebook {told.metadata['rule']}"
    match told.default:
        case (str(), *_):
            return Domains(label, description=f"One a line; those below it are secure with it. {rule}")
        case tuple():
            return Holidays(label, description=f"One a line, like 28/12/2026. {rule}")
        case None:
            return ThreeBoxes(label, description=f"{_WITHOUT[name]} {rule}")
        case time():
            return TimeOfDay(label, description=rule)
        case bool():
            return OnOff(label, description=rule)
        case str() if name in READ_OUT:
            return _read_out(label, rule, READ_OUT[name])
        case str():
            fits = Length(max=LONGEST, message=f"Enter {LONGEST} letters at most")
            return StringField(
                label, description=rule, widget=GovTextInput(), filters=[_line], validators=[fits]
            )
    low, high = LIMITS[name]
    says = f"Enter a number from {low} to {high}"
    return IntegerField(
        label,
        description=rule,
        invalid_value_message=says,
        widget=GovTextInput(),
        validators=[InputRequired(says), NumberRange(low, high, says)],
    )


def _read_out(label: str, rule: str, longest: int) -> TextAreaField:
    fits = Length(max=longest, message=f"Enter {longest:,} letters at most")
    return TextAreaField(
        label, description=rule, widget=GovTextArea(), filters=[_line],
        validators=[InputRequired("Enter what is read out"), fits],
    )  # fmt: skip


NAMES = tuple(AreaSettings.__dataclass_fields__)


class AreaForm(FlaskForm):  # type: ignore[misc]
    """Every setting, with the rule it comes from beside it."""

    seen = HiddenField()
    reason = reason_box("Why should they change?", "A second person decides by it")

    def validate_dash_medium(self, field: Field) -> None:
        """What is high is more than what is medium."""
        high = self["dash_high"].data
        if isinstance(high, int) and isinstance(field.data, int) and field.data > high:
            raise ValidationError("Medium risk starts at no more than high risk does")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each setting for itself; and quiet hours leave the morning before the meetings."""
        fits = bool(super().validate(extra_validators))
        first, last = self["quiet_from"].data, self["quiet_until"]
        if isinstance(first, time) and isinstance(last.data, time) and (why := unfit_quiet(first, last.data)):
            last.errors = [*last.errors, why]
            return False
        return fits

    def validate_mail_sender(self, field: Field) -> None:
        """One address, in plain letters."""
        _is_address(field)

    def validate_mail_reply_to(self, field: Field) -> None:
        """The same."""
        _is_address(field)

    def settings(self) -> AreaSettings:
        """What was typed."""
        return AreaSettings(**{name: self[name].data for name in NAMES})

    def show(self, settings: AreaSettings) -> "AreaForm":
        """How things are set."""
        for name in NAMES:
            self[name].data = getattr(settings, name)
        self.seen.data = seen(settings)
        return self


for _name in NAMES:
    setattr(AreaForm, _name, _field(_name))
