"""The forms of a panel that an area sets up."""

from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from agenda.panels import NAME_LENGTH, Family, Levels, Panel, Works
from agenda.rhythm import EveryDays, OnWeekdays, Rhythm
from meetingsvc.usecases.panels import WEEKDAYS, seen
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.reasons import reason_box

_LEVEL_LENGTH = 30
_LEVELS = ("standard", "medium", "high")


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _words(label: str, ask: str, longest: int) -> StringField:
    fits = Length(max=longest, message=f"Enter {longest} characters or fewer")
    return StringField(label, widget=GovTextInput(), filters=[_line], validators=[InputRequired(ask), fits])


def _number(label: str, low: int, high: int, hint: str = "") -> IntegerField:
    says = f"Enter a number from {low} to {high}"
    return IntegerField(
        label, description=hint, invalid_value_message=says, widget=GovTextInput(),
        validators=[InputRequired(says), NumberRange(low, high, says)],
    )  # fmt: skip


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a panel should be taken off."""

    seen = HiddenField()
    reason = reason_box("Why?", "A second person decides by it")


class PanelForm(ReasonForm):
    """What an area may set of a panel; what a panel does not have is not asked."""

    name = _words("What is it called?", "Enter what the panel is called", NAME_LENGTH)
    weekdays = SelectMultipleField(
        "On which days does it sit?", description="A holiday moves to the next working day",
        widget=GovCheckboxesInput(), coerce=int,
        choices=[SelectChoice(place, day) for place, day in enumerate(WEEKDAYS)],
        validators=[InputRequired("Choose at least one day")],
    )  # fmt: skip
    anchor = ThreeBoxes(
        "A day on which it sits", description="The others are counted from it",
        validators=[InputRequired("Enter a day on which it sits")],
    )  # fmt: skip
    every = _number("Days from one to the next", 1, 90)
    starts = TimeOfDay("It starts at")
    cut_off = TimeOfDay("Its list takes what was recorded until", description="On the day it sits")
    standard = _words("The lowest level of risk", "Enter what it is called", _LEVEL_LENGTH)
    medium = _words("The level between", "Enter what it is called", _LEVEL_LENGTH)
    high = _words("The highest level of risk", "Enter what it is called", _LEVEL_LENGTH)
    age_ceiling = _number("It hears a child up to the age of", 1, 25)

    def of(self, panel: Panel) -> "PanelForm":
        """Only what this panel has."""
        asked = {"weekdays": isinstance(panel.rhythm, OnWeekdays), "cut_off": panel.works is Works.LIST}
        asked |= {"anchor": not asked["weekdays"], "every": not asked["weekdays"]}
        asked |= dict.fromkeys(_LEVELS, panel.family is Family.EXPLOITATION)  # the police say the others’
        for name, is_asked in (asked | {"age_ceiling": bool(panel.age_ceiling)}).items():
            if not is_asked:
                del self[name]
        return self

    def show(self, panel: Panel, there: Panel | None) -> "PanelForm":
        """How it is set, or what is proposed for one that is not there."""
        rhythm = panel.rhythm
        told: dict[str, Any] = {
            "name": panel.name, "starts": panel.starts, "cut_off": panel.cut_off,
            "standard": panel.levels.standard, "medium": panel.levels.medium, "high": panel.levels.high,
            "age_ceiling": panel.age_ceiling, "seen": seen(there),
        }  # fmt: skip
        if isinstance(rhythm, OnWeekdays):
            told["weekdays"] = list(rhythm.days)
        else:
            told |= {"anchor": rhythm.anchor, "every": rhythm.days}
        for name in told.keys() & self._fields.keys():
            self[name].data = told[name]
        return self

    def told(self, panel: Panel) -> Panel:
        """The panel as it was typed."""
        rhythm: Rhythm
        if isinstance(panel.rhythm, OnWeekdays):
            rhythm = OnWeekdays(tuple(sorted(set(self["weekdays"].data))))
        else:
            rhythm = EveryDays(self["anchor"].data, self["every"].data)
        levels = Levels(*(self[name].data for name in _LEVELS)) if "high" in self else panel.levels
        plain = {
            name: self[name].data for name in ("name", "starts", "cut_off", "age_ceiling") if name in self
        }
        return replace(panel, rhythm=rhythm, levels=levels, **plain)
