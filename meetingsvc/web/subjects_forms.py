"""The forms of links between subjects, and of what is told of one (Rulebook E2, E4, R2)."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from agenda.pack import NoteKind
from agenda.patterns import Trait
from agenda.relationships import birth_problem
from agenda.subjects import ALLOWED, Strength, Subject, SubjectKind, Tie, problems
from meetingsvc import clock
from meetingsvc.usecases import subject_traits
from meetingsvc.usecases.subject_links import LinkTold, SomethingNew, end_problem
from meetingsvc.usecases.subject_traits import TraitTold
from meetingsvc.web.addresses_forms import ToldForm, at_most
from meetingsvc.web.dates import ThreeBoxes

NEW = "new "
#: Whom one makes a record of in telling a link. A child gets one by a referral.
MADE = {
    SubjectKind.PERSON: "A person of concern who is not here yet",
    SubjectKind.PLACE: "A place that is not here yet",
    SubjectKind.GROUP: "A group or network that is not here yet",
}
_BOTH_WAYS = frozenset(tie for tie in Tie if tie.reversed == tie.value)


def _standing() -> RadioField:
    return RadioField(
        "Is it a fact or a professional opinion?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.value.capitalize()) for kind in NoteKind],
        validators=[InputRequired("Choose whether it is a fact or a professional opinion")],
    )


def ties_of(kind: SubjectKind) -> Iterator[tuple[str, str]]:
    """What a subject of this kind can be to another: `here` to say it of the page's own, else `there`."""
    for tie in Tie:
        if any(one is kind for one, _ in ALLOWED[tie]):
            yield f"here {tie.name}", tie.value.capitalize()
        if tie not in _BOTH_WAYS and any(other is kind for _, other in ALLOWED[tie]):
            yield f"there {tie.name}", tie.reversed.capitalize()


def _some(words: str | None) -> tuple[str, ...]:
    return (words,) if words else ()


class LinkForm(ToldForm):
    """What links the subject of the page to another, and how that is known."""

    tie = SelectField(
        "What links them?", widget=GovSelect(), validators=[InputRequired("Choose what links them")]
    )
    find = StringField(
        "Find by name or number",
        description="A part of a name, or the number of a case. Leave it blank for all.",
        widget=GovTextInput(),
        validators=[at_most(100)],
    )
    other = SelectField(
        "To whom or what?", widget=GovSelect(), validators=[InputRequired("Choose to whom or what")]
    )
    name = StringField(
        "Name",
        description="The surname, or what a person, a place or a group is known as.",
        widget=GovTextInput(),
        validators=[at_most(100)],
    )
    forename = StringField("First name of a person", widget=GovTextInput(), validators=[at_most(100)])
    dob = ThreeBoxes("Date of birth of a person, if known", validators=[Optional()])
    strength = RadioField(
        "How sure is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(one.value, one.value.capitalize()) for one in Strength],
        validators=[InputRequired("Choose how sure it is")],
    )
    standing = _standing()
    first_on = ThreeBoxes("First day it is known of, if any", validators=[Optional()])
    last_on = ThreeBoxes("Last day it is known of, if any", validators=[Optional()])
    here: Subject
    others: dict[UUID, Subject]

    def offer(
        self, here: Subject, others: Sequence[Subject], may_make: bool, apart: Mapping[UUID, str]
    ) -> "LinkForm":
        """Those open to who asks, and of those of one name what tells them `apart`; who runs the panels may
        name somebody or something new."""
        self.here, self.others = here, {one.id: one for one in others if one.id != here.id}
        self.tie.choices = [SelectChoice("", "Choose"), *(SelectChoice(*one) for one in ties_of(here.kind))]
        new = [SelectChoice(NEW + kind.value, words) for kind, words in MADE.items()]
        named = [
            SelectChoice(str(one.id), ", ".join((one.name, one.kind, *_some(apart.get(one.id)))))
            for one in self.others.values()
        ]
        self.other.choices = [SelectChoice("", "Choose"), *(new if may_make else ()), *named]
        return self

    def validate_name(self, field: Field) -> None:
        """What is new is named."""
        if (self.other.data or "").startswith(NEW) and not (field.data or "").strip():
            raise ValidationError("Enter the name, or what it is known as")

    def validate_dob(self, field: Field) -> None:
        """Nobody is born tomorrow."""
        if problem := birth_problem(field.data, clock.today()):
            raise ValidationError(problem)

    def is_fit(self) -> bool:
        """Whether the link can be kept, by the rule: what is wrong stands at its field."""
        told = self.told()
        kind = self.whom().kind if self.is_new else self.others[UUID(self.other.data)].kind
        other_id = UUID(int=0) if self.is_new else UUID(self.other.data)
        link = told.between(self.here.id, other_id, self.here.id)
        ends = (self.here.kind, kind) if told.from_here else (kind, self.here.kind)
        return _marked(self, problems(link, *ends, clock.today()))

    @property
    def is_new(self) -> bool:
        """Whether somebody or something new is named."""
        return bool(self.other.data.startswith(NEW))

    def whom(self) -> SomethingNew:
        """The new one."""
        kind = SubjectKind(self.other.data.removeprefix(NEW))
        person = kind is SubjectKind.PERSON
        forename = (self.forename.data or "").strip() if person else ""
        return SomethingNew(kind, self.name.data.strip(), forename, self.dob.data if person else None)

    def told(self) -> LinkTold:
        """What was typed."""
        side, _, name = self.tie.data.partition(" ")
        return LinkTold(
            Tie[name], side == "here", Strength(self.strength.data), NoteKind(self.standing.data),
            self.author.data, self.source.data, self.first_on.data, self.last_on.data,
        )  # fmt: skip


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a link holds no more."""

    why = TextAreaField(
        "Why does it hold no more, or was it never so?",
        description="The link stays readable, with this reason.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
    )

    mistaken = BooleanField(
        "It was never so: it was told by mistake",
        description="Once a second person confirms it, nobody is kept from anything by it. Leave it blank if "
        "you are not sure.",
        widget=GovCheckboxInput(),
    )

    def validate_why(self, field: Field) -> None:
        """The same rule as in the use case."""
        _say_why(field)


class MistakeForm(FlaskForm):  # type: ignore[misc]
    """Why something was told by mistake."""

    why = TextAreaField(
        "Why was it a mistake?",
        description="It stays readable, with this reason.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
    )

    def validate_why(self, field: Field) -> None:
        """The same rule as in the use case."""
        _say_why(field)


def _say_why(field: Field) -> None:
    if problem := end_problem(field.data or ""):
        raise ValidationError(problem)


class TraitForm(ToldForm):
    """A number, a vehicle, a nickname or a place that is told of somebody."""

    trait = RadioField(
        "What is it?",
        widget=GovRadioInput(),
        choices=[SelectChoice(one.value, one.label) for one in subject_traits.TOLD],
        validators=[InputRequired("Choose what it is")],
    )
    text = StringField(
        "The number, name or place, as it was told", widget=GovTextInput(),
        validators=[InputRequired("Enter what it is"), at_most(subject_traits.TEXT_LENGTH)],
    )  # fmt: skip
    on = ThreeBoxes("Of which day is it told?", validators=[InputRequired("Enter the day")])
    standing = _standing()

    def is_fit(self) -> bool:
        """Whether it can be kept: what is wrong stands at its field."""
        return _marked(self, subject_traits.problems(self.told(), clock.today()))

    def told(self) -> TraitTold:
        """What was typed."""
        return TraitTold(
            Trait(self.trait.data), self.text.data, self.on.data,
            NoteKind(self.standing.data), self.author.data, self.source.data,
        )  # fmt: skip


def _marked(form: ToldForm, found: Mapping[str, str]) -> bool:
    for name, problem in found.items():
        form[name].errors = [*form[name].errors, problem]
    return not found
