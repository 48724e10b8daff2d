"""The box in which somebody says why, for the second person who decides."""

from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from meetingsvc.usecases.proposals import LONGEST

_TOO_LONG = f"The reason must be {LONGEST:,} characters or fewer"


def reason_box(label: str, hint: str = "") -> TextAreaField:
    """A reason that must be given."""
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        validators=[DataRequired("Say why"), Length(max=LONGEST, message=_TOO_LONG)],
    )
