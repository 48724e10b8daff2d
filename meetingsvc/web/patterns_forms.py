"""The forms by which a person says what it means that several children have something in common (E2)."""

from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from agenda.moves import REASON_LENGTH
from agenda.patterns import MOVES, Step
from agenda.subjects import Strength, Tie
from meetingsvc.store.patterns import Line
from meetingsvc.usecases import patterns as usecase
from meetingsvc.usecases.patterns import Linked
from meetingsvc.web.typed import at_most, plain

_GROUP = "group"
_SURE = (Strength.LIKELY, Strength.POSSIBLE)


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why. `seen`: the children whom the page showed."""

    seen = HiddenField()
    reason = TextAreaField(
        "Why?",
        description="Who may open each of these children reads it.",
        widget=GovTextArea(),
        filters=[plain],
        validators=[at_most(REASON_LENGTH)],
    )
    step = Step.SET_ASIDE

    def shows(self, line: Line) -> None:
        """What the next answer to this page is about."""
        self.seen.data = " ".join(str(one.id) for one in line.children)

    @property
    def children(self) -> frozenset[UUID]:
        """Those of the page; of what no page wrote, none."""
        try:
            return frozenset(map(UUID, (self.seen.data or "").split()))
        except ValueError:
            return frozenset()

    def is_fit(self, line: Line) -> bool:
        """Whether it can be kept: what is wrong stands at its field."""
        well = bool(self.validate_on_submit())
        if not self.reason.data:
            self.reason.errors = [*self.reason.errors, MOVES[self.step].ask]
        return well and bool(self.reason.data)


class LinkForm(ReasonForm):
    """How the children are linked."""

    step = Step.LINK
    how = RadioField(
        "How do you link them?", widget=GovRadioInput(),
        validators=[InputRequired("Choose how you link them")],
    )  # fmt: skip
    group = StringField(
        "What the group or network is called",
        description="Only for a group. One of the same name is the same group. Do not name a child in it.",
        widget=GovTextInput(),
        filters=[plain],
        validators=[at_most(usecase.NAME_LENGTH)],
    )
    strength = RadioField(
        "How sure are you?",
        widget=GovRadioInput(),
        choices=[SelectChoice(one.value, one.value.capitalize()) for one in _SURE],
        validators=[InputRequired("Choose how sure you are")],
    )

    def offer(self, line: Line) -> "LinkForm":
        """Two children are linked to each other, or put in a group; more of them in a group."""
        two = len(line.children) == usecase.TWO
        ties = [SelectChoice(tie.name, tie.value.capitalize()) for tie in usecase.TIES if two]
        self.how.choices = [*ties, SelectChoice(_GROUP, "They belong to one group or network")]
        if not two and not self.is_submitted():
            self.how.data = _GROUP
        return self

    def is_fit(self, line: Line) -> bool:
        """The same, by the rule of the use case."""
        well = super().is_fit(line)
        if self.how.errors or self.strength.errors:
            return False
        found = usecase.problems(self.told(), len(line.children))
        for name, why in found.items():
            field = self["how" if name == "tie" else name]
            field.errors = [*field.errors, why]
        return well and not found

    def told(self) -> Linked:
        """What was typed."""
        strength = Strength(self.strength.data)
        if self.how.data == _GROUP:
            return Linked(strength, group=self.group.data or "")
        return Linked(strength, Tie[self.how.data])
