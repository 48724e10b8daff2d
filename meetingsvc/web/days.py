"""A day typed in one box, for rows that are filled many times an hour."""

from wtforms import Field
from wtforms.widgets import TextInput

from agenda.typed_days import day_from


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
