"""The forms that correct what an agency shared, ask for that, or decline it."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from agenda.pack import NoteKind
from meetingsvc.store.corrections import Shared
from meetingsvc.web.typed import at_most, plain
from minutes.corrections import REASON_LENGTH
from minutes.notes import AUTHOR_LENGTH, SOURCE_LENGTH, TEXT_LENGTH, Note


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why: kept, and shown to who may read the note."""

    reason = TextAreaField(
        "Why?",
        widget=GovTextArea(),
        filters=[plain],
        validators=[DataRequired("Say why"), at_most(REASON_LENGTH)],
    )


class CorrectionForm(ReasonForm):
    """What an agency shared, as it should read (Rulebook R2)."""

    text = TextAreaField(
        "What was shared, corrected",
        widget=GovTextArea(),
        filters=[plain],
        validators=[DataRequired("Enter what was shared"), at_most(TEXT_LENGTH)],
    )
    kind = RadioField(
        "Is it fact or professional opinion?",
        widget=GovRadioInput(),
        choices=[SelectChoice(kind.value, kind.value.capitalize()) for kind in NoteKind],
        validators=[InputRequired("Say whether this is fact or professional opinion")],
    )
    source = StringField(
        "Where the agency knows this from",
        widget=GovTextInput(),
        filters=[plain],
        validators=[DataRequired("Enter where the agency knows this from"), at_most(SOURCE_LENGTH)],
    )
    author = StringField(
        "Name of the person who says so",
        widget=GovTextInput(),
        filters=[plain],
        validators=[DataRequired("Enter the name of the person who says so"), at_most(AUTHOR_LENGTH)],
    )

    @classmethod
    def of(cls, one: Shared, name: str) -> "CorrectionForm":
        """With what stands now; the one who corrects it answers for it."""
        note = one.note
        form: CorrectionForm = cls(text=note.text, kind=note.kind, source=note.source, author=name)
        return form

    def note(self, one: Shared) -> Note:
        """What was typed; whose it is does not change."""
        told = (self.author.data, NoteKind(self.kind.data), self.source.data, self.text.data)
        return Note(one.note.agency_id, *told)
