"""The forms of agencies that have not signed, in a named case (Rulebook V1)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.named_case import TERMS, Rule, proposal_problems, saying_problems, telling_problems
from agenda.named_case_held import NAME_LENGTH, How, answer_problems
from agenda.pack import NoteKind
from meetingsvc import clock
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.breaches_forms import box, radios
from meetingsvc.web.dates import ThreeBoxes


class ProposeForm(RuledForm):
    """Which agency, why this case needs it, and until when."""

    agency = radios("Which agency?", (), "Choose the agency")
    why = box("Why does this case need it?", "The chair reads this. The agency does not.")
    until = ThreeBoxes("Its last day in the case", validators=[Optional()])

    def offer(self, agencies: Iterable[Agency], rule: Rule, now: datetime) -> "ProposeForm":
        """Those that have never signed."""
        self.agencies, self.rule, self.now = {str(one.id): one for one in agencies}, rule, now
        self.agency.choices = [SelectChoice(key, one.name) for key, one in self.agencies.items()]
        self.until.description = f"So many days from today at most: {rule.days}. For example, 27 3 2026."
        return self

    def found(self) -> dict[str, str]:
        """What the core has against it."""
        if (agency := self.agencies.get(self.agency.data or "")) is None:
            return {}
        return proposal_problems(agency, self.why.data or "", self.until.data, local_day(self.now), self.rule)

    @property
    def agency_id(self) -> UUID:
        """Whose part it is to be."""
        return UUID(self.agency.data)


class DecideForm(FlaskForm):  # type: ignore[misc]
    """The chair's decision."""

    decision = radios(
        "Does the agency take part in this case?",
        [("allow", "Yes, once it has accepted the terms"), ("refuse", "No")],
        "Choose whether it takes part",
    )
    reason = box("Why not?", "Only where it does not take part.")


class TermsForm(FlaskForm):  # type: ignore[misc]
    """Each of the terms is accepted by itself."""

    terms = SelectMultipleField(
        "Your agency accepts these terms",
        widget=GovCheckboxesInput(),
        choices=[SelectChoice(one, one) for one in TERMS],
    )


class TellForm(RuledForm):
    """What the agency needs to know."""

    words = box(
        "What does the agency need to know?",
        "Write only what it needs, fact apart from opinion. No address, telephone number or e-mail address "
        "by which the victim is found: what must be known of those is said by telephone.",
    )

    def found(self) -> dict[str, str]:
        """What the core has against it."""
        return telling_problems(self.words.data or "")


class SayForm(RuledForm):
    """What the agency knows, or thinks."""

    words = box("What does your agency know, or think?")
    kind = radios("Is it fact or opinion?", [(one.value, one.value.capitalize()) for one in NoteKind],
                  "Say whether this is fact or professional opinion")  # fmt: skip
    source = StringField("Where does your agency know it from?", widget=GovTextInput(),
                         validators=[at_most(200)])  # fmt: skip
    known_on = ThreeBoxes("Of which day is it? (optional)", validators=[Optional()])

    def found(self) -> dict[str, str]:
        """What the core has against it."""
        return saying_problems(self.words.data or "", self.note_kind, self.source.data or "",
                               self.known_on.data, clock.today())  # fmt: skip

    @property
    def note_kind(self) -> NoteKind | None:
        """Fact or opinion, where it was said."""
        said: Any = self.kind.data
        return NoteKind(said) if said in tuple(NoteKind) else None


class HeldForm(RuledForm):
    """What became of what the agency was told, once its part is over."""

    how = radios("What did the agency do with it?", [(one.value, one.label) for one in How],
                 "Choose what became of it")  # fmt: skip
    why = box("What is kept, and why?", "Only where something is kept. Name nobody.")
    on = ThreeBoxes("On which day?", validators=[Optional()])
    by = StringField("Who there did it, or says so?", widget=GovTextInput(),
                     validators=[at_most(NAME_LENGTH)])  # fmt: skip

    def about(self, since: date) -> "HeldForm":
        """Of a part that was over on that day."""
        self.since = since
        return self

    def found(self) -> dict[str, str]:
        """What the core has against it."""
        said: Any = self.how.data
        how = How(said) if said in tuple(How) else None
        return answer_problems(how, self.by.data or "", self.on.data, self.why.data or "", self.since,
                               clock.today())  # fmt: skip


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why it is over."""

    reason = box("Why does it end?", "The agency does not read this.")
