"""A date in three boxes."""

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from wtforms import DateField


class ThreeBoxes(DateField):  # type: ignore[misc]
    """Day, month and year. Anything but three parts, or no real date, is an error of the field."""

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
        if len(valuelist) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            self.data = None
            raise ValueError(_WRONG)
        try:
            super().process_formdata(parts)
        except ValueError:
            raise ValueError(_WRONG) from None


_WRONG = "Enter a real date, like 27 3 2026"
