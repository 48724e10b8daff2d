"""The forms of third parties' requests: logging one, its steps, an agency's answer, the chair's decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from agenda.moves import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.usecases.disclosures import Requester
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.disclosures_fields import MaybeTime, box, choices, line, several
from meetingsvc.web.moments import moment
from minutes import disclosure_requester as rules
from minutes.disclosure import CHOSEN_FOR, Step
from minutes.disclosure_decision import Outcome
from minutes.disclosure_items import WORDS_LENGTH, Document, Item, Says
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import NAME_LENGTH, TEXT_LENGTH, Told
from minutes.request_clocks import WaitsFor

_SAYS = {
    Says.CONSENT: "Consent: all of it may be released",
    Says.REDACT: "Consent, with passages left out",
    Says.REFUSE: "Refuse",
    Says.CONCERN: "Raise a concern",
}
#: What the clock of a subject access request does, beside the steps.
CLOCKS = {
    "identity": "Its clock stops: the requester is asked who they are",
    "clarification": "Its clock stops: the requester is asked what exactly they want",
    "answered": "The requester has answered: its clock runs again",
    "extend": "Its time is extended, and the requester was told why",
    "apart": "It is neither by nor for the perpetrator or an associate: it is said below how that is known",
    "recipient": "A recipient is somebody else than the perpetrator or an associate: it is said below how "
    "that is known",
    "advise": "Agencies are told to take their own legal advice: a message goes to each",
    "advised": "Agencies that no message reaches were told by other means: it is said below which, and how",
}
WAITS = {"identity": WaitsFor.IDENTITY, "clarification": WaitsFor.CLARIFICATION}


class LogForm(RuledForm):
    """Who asks, for what, about whom and by when (Rulebook X1)."""

    kind = SelectField("What is asked for?", widget=GovSelect(), validators=[InputRequired("Choose one")])
    name = line("Who asks?", "The person’s name.")
    organisation = line(
        "For whom do they ask?", "An agency, a court, a solicitor’s office. Empty for one’s own."
    )
    purpose = box("For what purpose?")
    about = several("About whom?", "Choose nobody for a request by the public or the media.")
    received_on = ThreeBoxes("On which day did it come?", validators=[InputRequired("Enter the day")])
    received_time = TimeOfDay("At what time?", description="For example: 14:30.")
    wanted_on = ThreeBoxes(
        "By which day is it wanted?",
        description="Empty where nobody named a day: where no law sets one either, who runs the meetings is "
        "reminded of it.",
        validators=[Optional()],
    )
    dob = ThreeBoxes("Date of birth of who asks, where known", validators=[Optional()])
    email = line("E-mail address of who asks", letters=254)
    phone = line("Telephone number of who asks", letters=100)
    address = line("Address of who asks", letters=300)
    court = line("Which court, and the number of the proceedings?", "For a court’s request or order.")
    hearing_on = ThreeBoxes("On which day is the hearing?", validators=[Optional()])
    hearing_time = MaybeTime("At what time is the hearing?")
    accepts_protocol = several("A partner agency’s request for notes about its own client")

    def offer(self, people: Iterable[tuple[UUID, str]]) -> "LogForm":
        """The people of the case alone."""
        self.kind.choices = [SelectChoice("", "Choose one"), *choices((one, one.label) for one in Kind)]
        self.about.choices = choices(people)
        self.accepts_protocol.choices = choices([("yes", "The agency abides by the protocol with them")])
        return self

    def found(self) -> dict[str, str]:
        """Rulebook X1, X3, X5, beside the field it is about."""
        told = self.told()
        if told is None:
            return {}
        on_case = {UUID(str(one.value)) for one in self.about.choices}
        found = rules.problems(told, on_case, clock.now())
        stands = {"received_at": "received_on", "hearing_at": "hearing_on"}
        return {stands.get(name, name): problem for name, problem in found.items()}

    def told(self) -> Told | None:
        """What was typed; None while it is not said what is asked for."""
        if self.kind.data not in list(Kind):
            return None
        return Told(
            Kind(self.kind.data), self.name.data or "", self.organisation.data or "", self.purpose.data or "",
            tuple(UUID(one) for one in self.about.data or () if one in self._offered()),
            moment(self.received_on.data, self.received_time.data),
            moment(self.hearing_on.data, self.hearing_time.data), self.court.data or "",
            bool(self.accepts_protocol.data), self.wanted_on.data,
        )  # fmt: skip

    def _offered(self) -> set[str]:
        return {str(one.value) for one in self.about.choices}

    def requester(self) -> Requester:
        """How who asks is known and reached."""
        return Requester(self.dob.data, *(self[name].data or "" for name in ("email", "phone", "address")))


class StepForm(FlaskForm):  # type: ignore[misc]
    """What was done with it, and why."""

    step = RadioField("What was done?", widget=GovRadioInput(), choices=[],
                      validators=[InputRequired("Choose what was done")])  # fmt: skip
    reason = box("How, or why?", "Who runs the meetings reads it; agencies, what they are asked again.",
                  REASON_LENGTH)  # fmt: skip
    another = box(
        "If the name is like the perpetrator’s or an associate’s, or it is about a child or one of them: "
        "how do you know that it is neither by nor for one of them?",
        "Who logged the request does not say this: somebody else looks.",
    )
    recipient = line(
        "If it is about a recipient: who?", "As the release names them. Who says it does not build it."
    )
    agencies = several("If it is about agencies told by other means: which?")
    confirmed = HiddenField()

    def offer(
        self, steps: Iterable[tuple[str, str]], agencies: Iterable[tuple[UUID, str]] = ()
    ) -> "StepForm":
        """What may be done now, and which agencies are not kept as told to take legal advice."""
        self.step.choices, self.agencies.choices = choices(steps), choices(agencies)
        return self

    def offers(self, step: str) -> bool:
        """Whether this may be done now."""
        return step in {one.value for one in self.step.choices}


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What an agency answers for one item, on the version it saw (Rulebook X2)."""

    item = HiddenField()
    version = HiddenField()
    says = RadioField("What does your agency say?", widget=GovRadioInput(), choices=choices(_SAYS.items()),
                      validators=[InputRequired("Choose what your agency says")])  # fmt: skip
    words = box("If you refuse or are concerned: why?", "The chair reads it.", WORDS_LENGTH)
    passages = box(
        "If passages are left out: which?",
        "One on each line, as they stand in the text. They are replaced, never covered.", 8_000,
    )  # fmt: skip

    @property
    def left_out(self) -> list[str]:
        """Each passage that was typed."""
        return passages(self.passages.data or "")


def passages(text: str) -> list[str]:
    """One on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What the chair decides (Rulebook X1 to X3)."""

    step = RadioField("What do you decide?", widget=GovRadioInput(), choices=[],
                      validators=[InputRequired("Choose what you decide")])  # fmt: skip
    items = several("Which items?", "Only those that their agency has consented to, and what the meeting "
                    "wrote down where every agency has.")  # fmt: skip
    documents = several("Which documents are held?", "For a court you do not object to.")
    reason = box("Why?", "A court reads your concerns as you write them here.", REASON_LENGTH)

    def offer(self, steps: Iterable[Step], items: Sequence[tuple[Item, str]]) -> "DecisionForm":
        """What may be decided, and which of the items have a consent that stands; each list only where a
        decision that is open asks for it."""
        steps = tuple(steps)
        items = items if CHOSEN_FOR.intersection(steps) else ()
        documents = tuple(Document) if Step.NOT_OBJECT in steps else ()
        self.step.choices = choices((one.value, one.value.capitalize()) for one in steps)
        self.items.choices = choices((item.id, label) for item, label in items)
        if not self.is_submitted():
            self.items.data = [str(item.id) for item, _ in items]
        self.documents.choices = choices((one.value, one.value.capitalize()) for one in documents)
        return self


class OrderForm(FlaskForm):  # type: ignore[misc]
    """What a court ordered, of which items (Rulebook X3)."""

    court = line("Which court?")
    reference = line("Reference of the order")
    made_on = ThreeBoxes("On which day was it made?", validators=[InputRequired("Enter the day")])
    made_time = TimeOfDay("At what time?", description="For example: 14:30.")
    items = several("Which items does it order?")
    whole = several("What an agency wanted left out of its text")
    reason = box("What did the court order?", "In its words.", REASON_LENGTH)

    def offer(self, items: Iterable[tuple[Item, str]]) -> "OrderForm":
        """Every item held: an order needs no consent."""
        self.items.choices = choices((item.id, label) for item, label in items)
        self.whole.choices = choices([("yes", "The court orders the whole text")])
        return self

    @property
    def made_at(self) -> datetime | None:
        """The moment of the order."""
        return moment(self.made_on.data, self.made_time.data)


class AgreedForm(FlaskForm):  # type: ignore[misc]
    """What the chair and an agency agreed in a review (Rulebook X4)."""

    agency = RadioField("With which agency?", widget=GovRadioInput(), choices=[],
                        validators=[InputRequired("Choose the agency")])  # fmt: skip
    outcome = RadioField("What was agreed?", widget=GovRadioInput(),
                         choices=choices((one.value, f"It {one.value}") for one in Outcome),
                         validators=[InputRequired("Choose what was agreed")])  # fmt: skip
    words = box("In what words?", letters=WORDS_LENGTH)

    def offer(self, agencies: Iterable[tuple[UUID, str]]) -> "AgreedForm":
        """Those that were asked."""
        self.agency.choices = choices(agencies)
        return self


class PrepareForm(FlaskForm):  # type: ignore[misc]
    """Who receives it, and for what; what is left out of each item stands beside that item."""

    recipient = StringField(
        "Who receives it?",
        widget=GovTextInput(),
        validators=[InputRequired("Enter who receives it"), at_most(NAME_LENGTH)],
    )
    purpose = TextAreaField(
        "For what purpose?",
        widget=GovTextArea(),
        validators=[InputRequired("Enter for what purpose"), at_most(TEXT_LENGTH)],
    )
