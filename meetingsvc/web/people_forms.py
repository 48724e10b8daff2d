"""The forms of relationships."""

from collections.abc import Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from agenda.pack import NoteKind
from agenda.relationships import (
    SHORTEST_REASON,
    Relation,
    RelationshipTold,
    birth_problem,
    removal_problem,
)
from meetingsvc import clock
from meetingsvc.store.case_page import Person
from meetingsvc.usecases.people import SomebodyNew
from meetingsvc.web.addresses_forms import ToldForm, at_most
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.templating import short_day

NEW = "new"


class RelationshipForm(ToldForm):
    """What somebody is, to whom, and how that is known."""

    kind = SelectField(
        "What are they to the other person?",
        widget=GovSelect(),
        choices=[
            SelectChoice("", "Choose"), *(SelectChoice(kind.value, kind.label) for kind in Relation)
        ],
        validators=[InputRequired("Choose what they are to the other person")],
    )  # fmt: skip
    other = RadioField(
        "Who is the other person?", widget=GovRadioInput(), validators=[InputRequired("Choose who it is")]
    )
    forename = StringField("Forename", widget=GovTextInput(), validators=[at_most(100)])
    surname = StringField("Surname", widget=GovTextInput(), validators=[at_most(100)])
    dob = ThreeBoxes("Date of birth, if known", validators=[Optional()])
    standing = RadioField(
        "Is it a fact or a professional opinion?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.value.capitalize()) for kind in NoteKind],
        validators=[InputRequired("Choose whether it is a fact or a professional opinion")],
    )

    def offer(self, people: Sequence[Person]) -> "RelationshipForm":
        """The others of the case, or somebody new."""
        self.other.choices = [SelectChoice(str(one.id), _who(one)) for one in people]
        self.other.choices.append(SelectChoice(NEW, "Somebody who is not on this case"))
        return self

    def validate_surname(self, field: Field) -> None:
        """Somebody new is named."""
        if self.other.data == NEW and not (field.data or "").strip():
            raise ValidationError("Enter the surname of the other person, or what they are known as")

    def validate_dob(self, field: Field) -> None:
        """The same rule as in the use case."""
        if problem := birth_problem(field.data, clock.today()):
            raise ValidationError(problem)

    def whom(self) -> UUID | SomebodyNew:
        """The other person."""
        if self.other.data != NEW:
            return UUID(self.other.data)
        return SomebodyNew(self.forename.data or "", self.surname.data, self.dob.data)

    def told(self) -> RelationshipTold:
        """What was typed."""
        kind, standing = Relation(self.kind.data), NoteKind(self.standing.data)
        return RelationshipTold(kind, standing, self.author.data, self.source.data)


def _who(one: Person) -> str:
    return f"{one.name}, born {short_day(one.dob)}" if one.dob else one.name


class RemovalForm(FlaskForm):  # type: ignore[misc]
    """Why something that was told is taken away."""

    why = TextAreaField(
        "Why is it taken away?",
        description=f"At least {SHORTEST_REASON} letters. It stays readable, with your name and this reason.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
    )

    def validate_why(self, field: Field) -> None:
        """The same rule as in the use case."""
        if problem := removal_problem(field.data or ""):
            raise ValidationError(problem)
