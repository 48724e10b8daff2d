"""The time for which hot spots are asked: two days, as they are typed (Rulebook E2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from agenda.periods import Period
from agenda.typed_days import day_from
from minutes.hot_spots import chosen

_LIKE = "For example, 1/7/2026"


class PeriodForm(FlaskForm):  # type: ignore[misc]
    """From which day to which."""

    first = StringField("First day", name="from", description=_LIKE, widget=GovTextInput())
    last = StringField("Last day", name="to", description=_LIKE, widget=GovTextInput())

    @classmethod
    def asked(cls, typed: Mapping[str, str], usual: tuple[date, date]) -> "PeriodForm":
        """As the address says it; the usual time where it says nothing."""
        told: MultiDict[str, Any] = MultiDict(
            {name: typed.get(name, "").strip()[:40] for name in ("from", "to")}
            if "from" in typed or "to" in typed
            else {
                name: f"{day.day}/{day.month}/{day.year}"
                for name, day in zip(("from", "to"), usual, strict=True)
            }
        )
        return cls(formdata=told, meta={"csrf": False})

    def quarters(self, today: date) -> tuple[Period, ...]:
        """The whole quarters that are counted; none where something is wrong, which stands at its field."""
        days = [self._day(field) for field in (self.first, self.last)]
        if days[0] is None or days[1] is None:
            return ()
        found = chosen(days[0], days[1], today)
        for name, why in found.problems.items():
            field = self.first if name == "from" else self.last
            field.errors = [why]
        return found.quarters

    @staticmethod
    def _day(field: Any) -> date | None:
        try:
            return day_from(field.data or "")
        except ValueError:
            which = "first" if field.name == "from" else "last"
            field.errors = [f"Enter the {which} day, like 1/7/2026"]
            return None
