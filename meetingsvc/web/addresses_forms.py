"""The forms of addresses, contacts, associates, and of being shown what is masked."""

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from agenda.addresses import (
    SHORTEST_REASON,
    AddressKind,
    AddressTold,
    ContactKind,
    ContactTold,
    Knows,
    Part,
    confidential_by_rule,
    openness_problem,
    reason_problem,
)
from meetingsvc.store.address_shares import Recipient
from meetingsvc.store.addresses import Address, Contact
from meetingsvc.web.dates import ThreeBoxes


def at_most(letters: int) -> Length:
    """As long as there is room for."""
    return Length(max=letters, message=f"Enter {letters} characters at most")


def _yes_no(yes: str, no: str) -> list[SelectChoice]:
    return [SelectChoice("yes", yes), SelectChoice("no", no)]


class ToldForm(FlaskForm):  # type: ignore[misc]
    """Whose piece of information it is (Rulebook R2)."""

    author = StringField(
        "Who tells it?",
        description="The person in your agency who knows it.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the name of the person who tells it"), at_most(100)],
    )
    source = StringField(
        "How do they know?",
        description="For example: told by the victim by telephone on 3 November.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter how they know it"), at_most(200)],
    )

    def __iter__(self) -> Iterator[Field]:
        """In the order of the page, where these two stand last: so the error summary reads."""
        return iter(sorted(super().__iter__(), key=lambda field: field.short_name in ("author", "source")))


class AddressForm(ToldForm):
    """An address. Whether the perpetrator knows it has no default (security.md A8)."""

    kind = RadioField(
        "What kind of address is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.label) for kind in AddressKind],
        validators=[InputRequired("Choose what kind of address it is")],
    )
    text = TextAreaField(
        "Address", widget=GovTextArea(), validators=[InputRequired("Enter the address"), at_most(300)]
    )
    knows = RadioField(
        "Does the perpetrator know it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(knows.value, knows.value.capitalize()) for knows in Knows],
        validators=[InputRequired("Choose whether the perpetrator knows the address")],
    )
    known_to = StringField(
        "Who else knows it? (optional)",
        description="Everybody whom this case is open to reads this. Do not write the address here.",
        widget=GovTextInput(),
        validators=[at_most(300)],
    )
    confidential = RadioField(
        "Is it confidential?",
        widget=GovRadioInput(),
        choices=_yes_no("Yes: keep it off every page", "No: whoever may open the case reads it"),
        default="yes",
        validators=[InputRequired("Choose whether it is confidential")],
    )
    why_not = TextAreaField(
        "Why need it not be confidential?",
        description="Only for a victim's address that the perpetrator does not know for certain.",
        widget=GovTextArea(),
        validators=[at_most(1000)],
    )
    part = Part.VICTIM

    def validate_why_not(self, field: Field) -> None:
        """A safe address is opened only with a reason."""
        known = self.knows.data in set(Knows)
        safe = known and confidential_by_rule(self.part, Knows(self.knows.data))
        if safe and self.confidential.data == "no" and (problem := openness_problem(field.data or "")):
            raise ValidationError(problem)

    def told(self) -> AddressTold:
        """What was typed."""
        return AddressTold(
            AddressKind(self.kind.data), self.text.data or "", Knows(self.knows.data),
            self.known_to.data or "", self.confidential.data == "yes", self.why_not.data or "",
            self.author.data, self.source.data,
        )  # fmt: skip


class CorrectAddressForm(AddressForm):
    """The same of an address that is there; a sealed one is not shown, and stays if nothing is typed."""

    text = TextAreaField("Address", widget=GovTextArea(), validators=[Optional(), at_most(300)])

    def of(self, address: Address) -> "CorrectAddressForm":
        """As it was told."""
        self.kind.data, self.knows.data = address.kind.value, address.knows.value
        self.known_to.data, self.why_not.data = address.known_to, address.why_not
        self.confidential.data = "yes" if address.confidential else "no"
        self.text.data = "" if address.confidential else address.shown
        return self


class ContactForm(ToldForm):
    """A telephone number or an e-mail address."""

    kind = RadioField(
        "What is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.label) for kind in ContactKind],
        validators=[InputRequired("Choose what it is")],
    )
    value = StringField(
        "Number or e-mail address",
        widget=GovTextInput(),
        validators=[InputRequired("Enter it"), at_most(254)],
    )
    ended = RadioField(
        "Is it in use?",
        widget=GovRadioInput(),
        choices=_yes_no("Yes", "No longer"),
        default="yes",
        validators=[InputRequired("Choose whether it is in use")],
    )

    def validate_value(self, field: Field) -> None:
        """One that reaches nobody would match nobody either."""
        if field.data and self.kind.data in set(ContactKind) and (problem := self.told().problem()):
            raise ValidationError(problem)

    def told(self) -> ContactTold:
        """What was typed."""
        return ContactTold(
            ContactKind(self.kind.data), self.value.data or "", self.ended.data == "no",
            self.author.data or "-", self.source.data or "-",
        )  # fmt: skip


class CorrectContactForm(ContactForm):
    """The same of one that is there; a masked one is not shown, and stays if nothing is typed."""

    value = StringField(
        "Number or e-mail address", widget=GovTextInput(), validators=[Optional(), at_most(254)]
    )

    def of(self, contact: Contact) -> "CorrectContactForm":
        """As it was told."""
        self.kind.data, self.ended.data = contact.kind.value, "no" if contact.ended else "yes"
        self.value.data = "" if contact.masked else contact.shown
        return self


class AssociateForm(ToldForm):
    """A known associate of the perpetrator (Rulebook F3)."""

    forename = StringField("Forename", widget=GovTextInput(), validators=[at_most(100)])
    surname = StringField(
        "Surname", widget=GovTextInput(), validators=[InputRequired("Enter a surname"), at_most(100)]
    )
    dob = ThreeBoxes("Date of birth (optional)", validators=[Optional()])
    relation = StringField(
        "Who are they to the perpetrator?",
        description="For example: brother, or runs the same business.",
        widget=GovTextInput(),
        validators=[InputRequired("Enter who they are to the perpetrator"), at_most(200)],
    )


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        description=f"At least {SHORTEST_REASON} letters. Your name and this reason are kept. "
        "Do not write the address here.",
        widget=GovTextArea(),
        validators=[at_most(1000)],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is shown what is masked, or puts it into a copy (security.md B)."""

    reason = _reason("Why do you need it?")

    def validate_reason(self, field: Field) -> None:
        """The same rule as in the use case."""
        if problem := reason_problem(field.data or ""):
            raise ValidationError(problem)


class ShareForm(ReasonForm):
    """To whom, and for which meeting."""

    reason = _reason("Why do they need it?")

    meeting = SelectField(
        "In the pack of which MARAC?", widget=GovSelect(), validators=[InputRequired("Choose the MARAC")]
    )
    account = SelectField(
        "In whose copy?",
        description="Only people who have that pack, and whom this case is open to.",
        widget=GovSelect(),
        validators=[InputRequired("Choose one person")],
    )

    def offer(self, meetings: list[tuple[Any, str]], people: list[Recipient]) -> "ShareForm":
        """Only what may be chosen."""
        ask = SelectChoice("", "Choose")
        self.meeting.choices = [ask, *(SelectChoice(str(key), day) for key, day in meetings)]
        self.account.choices = [
            ask, *(SelectChoice(str(one.account_id), f"{one.name}, {one.agency}") for one in people)
        ]  # fmt: skip
        return self
