"""A date in three boxes, and any number of them, one a line."""

import re
from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput, GovTextArea
from wtforms import DateField, TextAreaField
from wtforms.validators import ValidationError

from agenda.typed_days import a_day, month_of


class ThreeBoxes(DateField):  # type: ignore[misc]
    """Day, month and year, the month in figures or words. Anything but three parts, or no real date, is an
    error of the field.
    """

    widget = GovDateInput()
    data: Any

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format="%d %m %Y", **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keeps what was typed, so that the page can show it again."""
        parts = [part.strip() for part in valuelist[:3]]
        self.raw_data = parts + [""] * (3 - len(parts))
        if not any(parts):
            self.data = None
            return
        if len(valuelist) == 3 and (month := month_of(parts[1])):
            parts[1] = str(month)
        if len(valuelist) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            self.data = None
            raise ValueError(_WRONG)
        try:
            super().process_formdata(parts)
        except ValueError:
            raise ValueError(_WRONG) from None


_WRONG = "Enter a real date, like 27 3 2026"


class Days(TextAreaField):  # type: ignore[misc]
    """Any number of dates, one a line."""

    widget = GovTextArea()
    data: Any
    #: What may stand between day, month and year.
    between: ClassVar[str] = "[ /.]"
    most: ClassVar[int | None] = None

    def _value(self) -> str:
        if isinstance(self.data, tuple):
            return "\n".join(f"{day.day}/{day.month}/{day.year}" for day in self.data)
        return str(self.data or "")

    def post_validate(self, form: FlaskForm, validation_stopped: bool) -> None:
        """From text to dates in order; raises ValidationError naming the line that is none."""
        lines = [line.strip() for line in str(self.data or "").splitlines() if line.strip()]
        if self.most is not None and len(lines) > self.most:
            raise ValidationError(f"Enter {self.most} days at most")
        self.data = tuple(sorted({self._day(line) for line in lines}))

    def _day(self, line: str) -> date:
        parts = f"([0-9]{{1,2}}){self.between}([0-9]{{1,2}}){self.between}([0-9]{{4}})"
        try:
            if found := re.fullmatch(parts, line):
                return date(int(found[3]), int(found[2]), int(found[1]))
            if any(letter.isalpha() for letter in line):
                return a_day(line)
        except ValueError:
            pass
        raise ValidationError(f"Enter real dates, one a line, like 28/12/2026: not {line[:30]}")
