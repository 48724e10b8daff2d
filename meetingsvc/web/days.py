"""A day typed in one box, for rows that are filled many times an hour."""

import re
from datetime import date

from wtforms import Field
from wtforms.widgets import TextInput

_WRITTEN = re.compile(r"(\d{1,2})[ /.-](\d{1,2})[ /.-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def day_from(text: str) -> date:
    """`27/11/2026`, `27 11 26` or `2026-11-27`. Raises ValueError on anything else."""
    if found := _ISO.fullmatch(text):
        return date(*map(int, found.groups()))
    if found := _WRITTEN.fullmatch(text):
        day, month, year = map(int, found.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    raise ValueError(text)


class DayField(Field):  # type: ignore[misc]
    """Empty is None; what cannot be read is kept as typed, with the error beside it."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads what was typed."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = day_from(text)
        except ValueError:
            raise ValueError(f"{self.label.text} must be a real date, like 27/11/2026") from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%d/%m/%Y}" if self.data else ""
