"""The forms of protection orders: recording one, correcting it, and a breach."""

from datetime import UTC, datetime, time
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from agenda import orders as rules
from agenda.calendar import LONDON
from agenda.feed import OCCURRENCE_NUMBER
from agenda.incidents import RISKS, Order, OrderKind, Risk
from agenda.references import OUR_OWN
from meetingsvc import clock
from meetingsvc.store import orders as store
from meetingsvc.usecases.orders import Breach, Told
from meetingsvc.web import guard
from meetingsvc.web.addresses_forms import ToldForm, at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.moments import moment

_KINDS = {
    OrderKind.DVPN: "DVPN: domestic violence protection notice, 48 hours",
    OrderKind.DVPO: "DVPO: domestic violence protection order, up to 28 days",
    OrderKind.DAPN: "DAPN: domestic abuse protection notice, 48 hours",
    OrderKind.DAPO: "DAPO: domestic abuse protection order, no set length",
}


class OptionalTime(TimeOfDay):
    """A time that need not be told."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Empty is None."""
        if (str(self.data or "")).strip():
            super().post_validate(form, validation_stopped)
        else:
            self.data = None


class OrderForm(RuledForm, ToldForm):
    """An order, with who tells of it (Rulebook T10, R2)."""

    kind = RadioField(
        "What kind of order is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, label) for kind, label in _KINDS.items()],
        validators=[InputRequired("Choose the kind of order")],
    )
    made_on = ThreeBoxes("On which day was it made?", validators=[InputRequired("Enter the day it was made")])
    made_time = OptionalTime("At what time was it made?", description="A notice's 48 hours run from then.")
    ends_on = ThreeBoxes(
        "On which day does it end?",
        description="Leave this empty for a notice, whose end is reckoned, and for a DAPO without an end.",
        validators=[Optional()],
    )
    ends_time = OptionalTime(
        "At what time does it end? (optional)", description="Without one it holds to the end of the day."
    )
    terms = TextAreaField("Terms", widget=GovTextArea(), validators=[at_most(2000)])
    live_together = RadioField(
        "Do the parties live together?",
        widget=GovRadioInput(),
        choices=[SelectChoice("yes", "Yes"), SelectChoice("no", "No")],
        validators=[InputRequired("Say whether the parties live together")],
    )

    def found(self) -> dict[str, str]:
        """Rulebook T10; what is unusual in a feed is mended here at once."""
        boxes = {"made_at": "made_on", "expires_at": "ends_on"}
        found = rules.problems(self.order(), clock.today(), store.days(guard.principal().area_id))
        return {boxes.get(name, name): problem for name, problem in found.items()}

    def order(self) -> Order:
        """What was typed."""
        kind = OrderKind(self.kind.data) if self.kind.data in set(OrderKind) else None
        made_at = moment(self.made_on.data, self.made_time.data or time(0, 0))
        ends = self.ends_on.data
        if self.ends_on.data and self.ends_time.data:
            ends = moment(self.ends_on.data, self.ends_time.data)
        lives = {"yes": True, "no": False}.get(self.live_together.data or "")
        return Order(kind, made_at, ends, (self.terms.data or "").strip(), lives)

    def told(self) -> Told:
        """With whose piece of information it is."""
        return Told(self.order(), self.author.data or "", self.source.data or "")

    def of(self, order: Order) -> "OrderForm":
        """As it was told."""
        self.kind.data = order.kind and order.kind.value
        self.terms.data = order.terms
        self.live_together.data = {True: "yes", False: "no", None: None}[order.live_together]
        for day, at, when in ((self.made_on, self.made_time, order.made_at),
                              (self.ends_on, self.ends_time, order.expires_at)):  # fmt: skip
            wall = when.astimezone(LONDON) if isinstance(when, datetime) else None
            day.data = wall.date() if wall else when
            at.data = wall.time().replace(second=0, microsecond=0) if wall else None
        return self


class BreachForm(RuledForm):
    """What happened, as the police's incident it becomes."""

    on = ThreeBoxes("On which day did it happen?", validators=[InputRequired("Enter the day")])
    at = TimeOfDay("At what time?", description="For example: 22:15.")
    risk = RadioField(
        "Risk, as the police assess it",
        widget=GovRadioInput(),
        choices=[SelectChoice(risk.value, risk.value.capitalize()) for risk in RISKS],
        validators=[InputRequired("Choose the risk")],
    )
    number = StringField(
        "Police occurrence number, where there is one",
        description="It stands in the words of this one. What their system sends comes beside it.",
        widget=GovTextInput(),
        validators=[at_most(OCCURRENCE_NUMBER)],
    )
    summary = TextAreaField(
        "What happened?", widget=GovTextArea(), validators=[InputRequired("Say what happened"), at_most(5000)]
    )

    def found(self) -> dict[str, str]:
        """A breach has happened, under the police's number or none."""
        found = {}
        at = moment(self.on.data, self.at.data)
        if at is not None and at > clock.now():
            found["on"] = "It must have happened by now"
        if (self.number.data or "").strip()[:4].upper() in OUR_OWN:
            found["number"] = "This is how this service numbers what its own pages take in"
        return found

    def told(self) -> Breach | None:
        """What was typed."""
        at = moment(self.on.data, self.at.data)
        if at is None:
            return None
        number = (self.number.data or "").strip()
        return Breach(at.astimezone(UTC), Risk(self.risk.data), self.summary.data, number)
