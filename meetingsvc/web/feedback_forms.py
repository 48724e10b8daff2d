"""The forms of telling a victim what was decided: who does it, and what became of it (Rulebook F1 to F5)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from agenda.agencies import Agency
from meetingsvc.web.days import DayField
from meetingsvc.web.outcome_rows import agency_choices, chosen, text
from minutes.feedback import Professional, Result, Telling, Try

OTHER, UNSAFE = "other", "unsafe"


class TellingForm(Form):  # type: ignore[misc]
    """Who tells the victim, on the outcome form and after it. Choices are checked by the rules."""

    choice = RadioField("Who tells the victim?", validate_choice=False, choices=[])
    due = DayField("By")
    agency_id = SelectField("Agency", validate_choice=False)
    name = StringField("Name of the professional")
    instead_of_idva = TextAreaField("Why not an IDVA")
    unsafe = TextAreaField("Why telling is unsafe")
    kept_from_idvas: UUID | None = None  # the case, where the area has IDVAs and none may open it (M6)

    def __init__(
        self,
        sent: MultiDict[str, str] | None,
        offered: Iterable[Professional],
        agencies: Iterable[Agency],
        due: date,
        kept: Telling | None,
    ) -> None:
        self._offered = {_value(one): one for one in offered}
        answers = None if sent is not None else self._answers(kept, due)
        super().__init__(sent, prefix="telling-", data=answers)
        names = {agency.id: agency.name for agency in agencies}
        self.agency_id.choices = agency_choices(agencies)
        self.choice.choices = [
            *(SelectChoice(key, f"{one.name}, {names.get(one.agency_id, '')}")
              for key, one in self._offered.items()),
            SelectChoice(OTHER, "Another professional"),
            SelectChoice(UNSAFE, "Nobody: telling is unsafe"),
        ]  # fmt: skip

    def _answers(self, kept: Telling | None, due: date) -> dict[str, Any]:
        """What was decided; where nothing was, the first IDVA stands filled in (Rulebook F2)."""
        if kept is None:
            return {"choice": next(iter(self._offered), ""), "due": due}
        if kept.unsafe is not None:
            return {"choice": UNSAFE, "unsafe": kept.unsafe, "due": due}
        if kept.agency_id is not None:
            one = Professional(kept.agency_id, kept.name, kept.account_id)
            if self._offered.get(_value(one)) == one:
                return {"choice": _value(one), "due": kept.due}
        return {"choice": OTHER, "due": kept.due, "agency_id": str(kept.agency_id), "name": kept.name,
                "instead_of_idva": kept.instead_of_idva}  # fmt: skip

    def value(self) -> Telling | None:
        """What was chosen; None where nothing was: what stands is left, or the default taken."""
        choice = self.choice.data
        if choice == UNSAFE:
            return Telling(unsafe=text(self.unsafe))
        if one := self._offered.get(choice or ""):
            return Telling(one.agency_id, one.name, one.account_id, self.due.data)
        if choice != OTHER:
            return None
        return Telling(
            _uuid(self.agency_id.data), text(self.name), None, self.due.data, text(self.instead_of_idva)
        )


def _value(one: Professional) -> str:
    return f"account-{one.account_id}" if one.account_id else f"agency-{one.agency_id}"


def _uuid(told: str | None) -> UUID | None:
    try:
        return UUID(told or "")
    except ValueError:
        return None


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """Names another professional after the outcome; the fields are a `TellingForm` beside it."""

    version = HiddenField()


class TryForm(FlaskForm):  # type: ignore[misc]
    """What became of an attempt (Rulebook F5)."""

    version = HiddenField()
    result = RadioField(
        "What became of it?",
        validate_choice=False,
        choices=[SelectChoice(one.value, one.label) for one in Result],
    )
    on = DayField("On which day")
    by = StringField("Who did it")
    how = TextAreaField("How, or why")
    again_on = DayField("Next try on")

    def told(self) -> Try:
        """What was typed, as a value."""
        result = chosen({one.value: one for one in Result}, self.result)
        return Try(result, self.on.data, text(self.by), text(self.how), self.again_on.data)


class TakeBackForm(FlaskForm):  # type: ignore[misc]
    """That the victim was not told after all."""

    version = HiddenField()
    why = TextAreaField("Why the victim is still to be told")
    again_on = DayField("To be told by")


def refuse(form: Any, problems: dict[str, str]) -> None:
    """Puts each problem beside its field, or above the form."""
    for name, problem in problems.items():
        if name in form:
            form[name].errors = [problem]
        else:
            form.form_errors.append(problem)
