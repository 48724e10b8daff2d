"""The forms that move or cancel a meeting."""

from collections.abc import Callable
from datetime import datetime

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from agenda.calendar import LONDON, to_utc
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes

_LONG = f"The reason must be {REASON_LENGTH:,} characters or fewer"


def _why() -> TextAreaField:
    return TextAreaField(
        "Why?",
        description="For example, snow, or no room. Everybody who attends reads this; name nobody.",
        widget=GovTextArea(),
        validators=[DataRequired("Say why"), Length(max=REASON_LENGTH, message=_LONG)],
    )


def _starts() -> TimeOfDay:
    return TimeOfDay("What time does it start?", description="For example, 10:15")


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why it is moved or cancelled; and when it was to start, as the person saw it.

    Each form repeats its fields in the order of its page, in which what is wrong is listed.
    """

    reason = _why()
    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        """The start on the page that this was sent from; None where that cannot be read."""
        try:
            at = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return at if at.tzinfo else None

    def show(self, starts_at: datetime) -> None:
        """How it stands now."""
        self.seen.data = starts_at.isoformat()


class StartForm(ReasonForm):
    """Another hour of the same day."""

    starts = _starts()
    reason = _why()

    def show(self, starts_at: datetime) -> None:
        """How it stands now."""
        super().show(starts_at)
        self.starts.data = starts_at.astimezone(LONDON).time()


class MoveForm(StartForm):
    """Another day, or another hour."""

    sits_on = ThreeBoxes(
        "Which day does it sit?",
        description="For example, 27 11 2026. A working day.",
        validators=[InputRequired("Enter the day")],
    )
    starts = _starts()
    reason = _why()

    def show(self, starts_at: datetime) -> None:
        """How it stands now."""
        super().show(starts_at)
        self.sits_on.data = starts_at.astimezone(LONDON).date()

    def add_refusal(self, check: Callable[[], None]) -> None:
        """What `check` refuses of the day stands beside what else is wrong: both are mended at once."""
        if self.sits_on.errors or self.starts.errors:
            return
        try:
            check()
        except (RuleBroken, ValueError) as refusal:
            self.sits_on.errors = [str(refusal)]

    @property
    def starts_at(self) -> datetime:
        """The moment; raises ValueError with words where the clocks skip it."""
        return to_utc(datetime.combine(self.sits_on.data, self.starts.data))
