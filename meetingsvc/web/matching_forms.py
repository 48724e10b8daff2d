"""What people say of two who may be one, and why."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from meetingsvc.store.matching_proposals import State
from meetingsvc.usecases.proposals import LONGEST

_SHORT_ENOUGH = Length(max=LONGEST, message="Enter 1,000 characters at most")


class DecideForm(FlaskForm):  # type: ignore[misc]
    """One person or two, and what that is decided by."""

    said = RadioField(
        "Are they the same person?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(State.SAME, "Same: a second person confirms it, and then they are one"),
            SelectChoice(State.DIFFERENT, "Different: they stay two. Asked again only if more agrees"),
            SelectChoice(State.NOT_SURE, "Not sure: they stay two. Asked again when another list meets them"),
        ],
        validators=[InputRequired("Choose whether they are the same person")],
    )
    reason = TextAreaField(
        "What do you decide by?",
        description="One sentence. Whoever confirms it, or asks later, reads it",
        widget=GovTextArea(),
        validators=[InputRequired("Say in a sentence what you decide by"), _SHORT_ENOUGH],
    )


class UndoForm(FlaskForm):  # type: ignore[misc]
    """Why two people are two after all."""

    reason = TextAreaField(
        "Why are they two people?",
        description="The second person decides by it",
        widget=GovTextArea(),
        validators=[InputRequired("Say why they are two people"), _SHORT_ENOUGH],
    )


class CirculateForm(FlaskForm):  # type: ignore[misc]
    """What was looked at, or why a list cannot wait: asked of everybody, and so it tells of no match (M6)."""

    reason = TextAreaField(
        "What did you look at, or why can the list not wait?",
        description="Say that you looked at the near matches, or why you circulate it with some undecided",
        widget=GovTextArea(),
        validators=[_SHORT_ENOUGH],
    )
