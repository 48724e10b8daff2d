"""The forms that put a person of concern, a place, a group or a theme on an agenda (Rulebook E1, E2)."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea, GovTextInput
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from agenda.panels import Panel, Part
from agenda.subjects import Subject, SubjectKind
from minutes.under_review import may_be_put_on, reason_problem, title_problem

NEW_THEME = "new theme"


class _PutForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        "Why is it to be heard?",
        description="Read by who runs these meetings, and kept.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else ""],
    )

    def validate_reason(self, field: Field) -> None:
        """The same rule as in the use case."""
        for problem in reason_problem(field.data or "").values():
            raise ValidationError(problem)


class PutSubjectForm(_PutForm):
    """From the page of a subject: on which agenda."""

    panel = SelectField(
        "On the coming agenda of", widget=GovSelect(), validators=[InputRequired("Choose the meeting")]
    )

    def offer(self, panels: Sequence[Panel]) -> "PutSubjectForm":
        """Those that hear its kind."""
        named = [SelectChoice(one.code, f"{one.name} ({one.code})") for one in panels]
        self.panel.choices = [SelectChoice("", "Choose"), *named]
        return self


class PutForm(_PutForm):
    """From the page of a panel: what."""

    what = SelectField("What is to be heard?", widget=GovSelect(), validators=[InputRequired("Choose what")])
    title = StringField(
        "Title of a new theme",
        description="What it is about, and nobody’s name. For example: holiday lets near the station.",
        widget=GovTextInput(),
        filters=[lambda text: text.strip() if text else ""],
    )

    def offer(self, panel: Panel, subjects: Sequence[Subject]) -> "PutForm":
        """Those that the panel hears and who asks may open, kind by kind; and a new theme."""
        told = sorted((one for one in subjects), key=lambda one: (one.kind.part, one.name))
        named = [SelectChoice(str(one.id), f"{one.kind.label}: {one.name}") for one in told]
        new = [SelectChoice(NEW_THEME, "A new theme")] if may_be_put_on(panel, Part.THEME) else []
        self.what.choices = [SelectChoice("", "Choose"), *new, *named]
        return self

    @property
    def offers_theme(self) -> bool:
        """Whether a new theme is among what is chosen from."""
        return any(choice.value == NEW_THEME for choice in self.what.choices)

    @property
    def is_theme(self) -> bool:
        """Whether a title was chosen in place of a subject."""
        return bool(self.what.data == NEW_THEME)

    def validate_title(self, field: Field) -> None:
        """A theme has a title."""
        for problem in title_problem(field.data or "").values() if self.is_theme else ():
            raise ValidationError(problem)


def kinds_of(panel: Panel) -> tuple[SubjectKind, ...]:
    """What is put on its agenda by hand."""
    return tuple(kind for kind in SubjectKind if may_be_put_on(panel, kind.part))
