"""The forms of disclosure scheme applications: applying, the steps, and how a disclosure was made."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from agenda.disclosure_application import WHY, Applying, problems
from agenda.disclosure_recipient import recipient_problem
from agenda.disclosure_scheme import Recipient, Right, Scheme, Telling
from agenda.disclosure_terms import KINDS, RECIPIENTS, child_problems, recipient_words
from agenda.disclosure_terms import problems as telling_problems
from agenda.incidents import RISKS, Party, Risk
from agenda.moves import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.moments import moment

_RIGHTS = {
    Right.ASK: "Right to ask: somebody asks about a person",
    Right.KNOW: "Right to know: the police act of themselves, nobody has asked",
}
_SCHEMES = {
    Scheme.DOMESTIC: "Domestic violence (Clare's Law)",
    Scheme.CHILD_SEX_OFFENDER: "Child sex offender",
}
_BY_APPLICATION = (
    "Under this scheme somebody applies. Of themselves the police tell as public protection arrangements say"
)
_YES_NO = (("yes", "Yes"), ("no", "No"))


def _radios(label: str, choices: Any, ask: str, hint: str = "") -> RadioField:
    offered = [SelectChoice(str(value), text) for value, text in choices]
    return RadioField(label, description=hint, widget=GovRadioInput(), choices=offered,
                      validators=[InputRequired(ask)])  # fmt: skip


def _line(label: str, hint: str = "", letters: int = 200) -> StringField:
    return StringField(label, description=hint, widget=GovTextInput(), validators=[at_most(letters)])


def _box(label: str, hint: str = "", letters: int = REASON_LENGTH) -> TextAreaField:
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=[at_most(letters)])


class RuledForm(FlaskForm):  # type: ignore[misc]
    """A form whose rules are the core's: what it finds stands beside the field it is about."""

    def found(self) -> dict[str, str]:
        """What the core has against what was typed, by field."""
        raise NotImplementedError

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields first, then the rules."""
        fields_fit = bool(super().validate(extra_validators))
        found = {name: problem for name, problem in self.found().items() if not self[name].errors}
        for name, problem in found.items():
            self[name].errors = (*self[name].errors, problem)
        return fields_fit and not found


class ApplyForm(RuledForm):
    """Who asks, about whom, and who is at risk."""

    scheme = _radios("Which scheme?", _SCHEMES.items(), "Choose the scheme")
    right = _radios("Who set it going?", _RIGHTS.items(), "Choose who set it going")
    applied_on = ThreeBoxes("On which day was it made?", validators=[InputRequired("Enter the day")])
    applied_at = TimeOfDay("At what time?", description="For example: 14:30.")
    agency = SelectField(
        "Which police force deals with it?", widget=GovSelect(), validators=[InputRequired("Choose one")]
    )
    applicant = _line("Applicant's name")
    applicant_is = _line("Who is the applicant to the person at risk?", "For example: herself, or a sister.")
    identity = _line("How was the applicant's identity checked?", "For example: passport seen.", 500)
    contact = _box(
        "How can the applicant be contacted safely?",
        "By what number or address, at what times, and what to avoid. It is kept sealed, and shown to nobody "
        "but for a reason.",
        500,
    )
    at_risk_forename = _line("Forename", letters=100)
    at_risk_surname = _line("Surname", letters=100)
    at_risk_dob = ThreeBoxes("Date of birth, where known", validators=[Optional()])
    subject_forename = _line("Forename", letters=100)
    subject_surname = _line("Surname", letters=100)
    subject_dob = ThreeBoxes("Date of birth, where known", validators=[Optional()])
    relationship = _line("What are they to each other?", "For example: partners since June.")
    risk = _radios("Risk, as assessed so far", [(risk, risk.value.capitalize()) for risk in RISKS],
                   "Choose the risk")  # fmt: skip
    access = _box(
        "If it is about a risk to a child: how is this person with the child unsupervised?",
        "Asked under the child sex offender scheme alone.",
    )
    why = _box("Why is it asked?", "Everybody at the daily meeting reads this.", WHY)

    def offer(self, forces: list[tuple[Any, str]], now: datetime) -> "ApplyForm":
        """Only the area's own police."""
        self.agency.choices = [SelectChoice(str(key), name) for key, name in forces]
        if len(forces) == 1:
            self.agency.data = str(forces[0][0])
        return self

    def found(self) -> dict[str, str]:
        """Rulebook Y1, F3, F4: of what is not chosen yet, what holds of any choice."""
        now = clock.now()
        told = self._applying(moment(self.applied_on.data, self.applied_at.data) or now)
        found = problems(told, now) | child_problems(told, self.access.data or "")
        if self.scheme.data and self.right.data and (told.scheme, told.right) not in KINDS:
            found["right"] = _BY_APPLICATION
        return found

    def told(self) -> Applying | None:
        """What was typed; None while the choices are not made."""
        at = moment(self.applied_on.data, self.applied_at.data)
        chosen = self.scheme.data and self.right.data and self.risk.data
        return self._applying(at) if at and chosen else None

    def _applying(self, at: datetime) -> Applying:
        return Applying(
            Scheme(_among(Scheme, self.scheme.data, Scheme.DOMESTIC)),
            Right(_among(Right, self.right.data, Right.KNOW)), at, self._party("at_risk"),
            self._party("subject"), self.relationship.data or "",
            Risk(_among(Risk, self.risk.data, Risk.HIGH)), self.why.data or "",
            *(self[name].data or "" for name in ("applicant", "applicant_is", "identity", "contact")),
        )  # fmt: skip

    def _party(self, which: str) -> Party:
        surname, forename, born = (self[f"{which}_{name}"].data for name in ("surname", "forename", "dob"))
        return Party((surname or "").strip(), (forename or "").strip(), dob=born)


class StepForm(FlaskForm):  # type: ignore[misc]
    """A step with its reason, or with what was done."""

    reason = _box("Why?")


class WeighForm(StepForm):
    """What the police make of what agencies hold, as the page showed it."""

    reason = _box("What does it change in the disclosure, or how it is made?")
    seen = HiddenField()


class MetForm(FlaskForm):  # type: ignore[misc]
    """When the applicant was met."""

    on = ThreeBoxes("On which day was the applicant met?", validators=[InputRequired("Enter the day")])


class TellingForm(RuledForm):
    """How a disclosure was made: in person, with a warning (Rulebook Y2)."""

    on = ThreeBoxes("On which day was it made?", validators=[Optional()])
    by = _line("Who made it?", "The officer, and who was with them.")
    where = _line("Where?", letters=300)
    to = _radios("To whom?", [(one.value, one.label) for one in Recipient], "Choose to whom it was disclosed",
                 "Never to an applicant as such: only to who can use it to keep somebody safe.")  # fmt: skip
    whom = _line("Name of who was told", "Leave this empty for the person at risk, whose name is known.")
    confirmed = HiddenField()
    safely = _box("How was it made safely?", "For example: at a refuge, the other person being at work.")
    in_person = _radios("Was it made in person?", _YES_NO, "Say whether it was made in person")
    warned = _radios("Was the recipient warned to keep it confidential?", _YES_NO,
                     "Say whether the recipient was warned")  # fmt: skip
    signed = _radios("Did the recipient sign the undertaking of confidentiality?", _YES_NO,
                     "Say whether the undertaking was signed")  # fmt: skip
    reason = _box("Why is it disclosed without an undertaking?")

    _subject: Party | None = None
    _scheme: Scheme = Scheme.DOMESTIC
    _since: date = date.max

    def about(self, subject: Party | None, scheme: Scheme, since: date) -> "TellingForm":
        """The person it is about, who is never told; who may be, as the scheme says; and from which day."""
        self._subject, self._scheme, self._since = subject, scheme, since
        self.to.choices = [
            SelectChoice(one.value, recipient_words(scheme, one))
            for one in Recipient if one in RECIPIENTS[scheme]
        ]  # fmt: skip
        return self

    def all_the_same(self) -> "TellingForm":
        """For one that goes ahead though the undertaking was refused: that it was not signed is known."""
        del self.signed
        return self

    @property
    def is_all_the_same(self) -> bool:
        """Whether the undertaking was refused before."""
        return "signed" not in self

    def found(self) -> dict[str, str]:
        """Rulebook Y1, Y2."""
        found = telling_problems(self._scheme, self.told(), self._since, clock.today())
        if problem := recipient_problem(self.told().to, self.whom.data or "", self._subject):
            found["whom"] = problem
        if self.is_all_the_same and not (self.reason.data or "").strip():
            found["reason"] = "Say why it was disclosed all the same"
        return {name: problem for name, problem in found.items() if name in self}

    def told(self) -> Telling:
        """What was typed."""
        to = self.to.data if self.to.data in set(Recipient) else None
        return Telling(
            self.on.data, self.by.data or "", self.where.data or "", Recipient(to) if to else None,
            self.safely.data or "", _answer(self.in_person.data), _answer(self.warned.data),
            False if self.is_all_the_same else _answer(self.signed.data),
        )  # fmt: skip


def _among(choices: Iterable[str], said: str | None, other: str) -> str:
    return said if said in set(choices) and said is not None else other


def _answer(said: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(said or "")
