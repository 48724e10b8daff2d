"""The forms of an upload, and of what it rejected."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextArea
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional

from agenda.moves import REASON_LENGTH


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One file. What is in it is for the import to judge."""

    file = FileField(
        "CSV file", widget=GovFileInput(), validators=[FileRequired("Choose the CSV file to send")]
    )


class DealtWithForm(FlaskForm):  # type: ignore[misc]
    """Why rejected rows that have not come in since need not."""

    reason = StringField(
        "Why do they not have to come in?",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
    )

    @classmethod
    def asking(cls, still_out: int) -> "DealtWithForm":
        """With the reason required where some have not come in."""
        form: DealtWithForm = cls()
        needed = DataRequired("Say why they do not have to come in") if still_out else Optional()
        too_long = Length(max=REASON_LENGTH, message=f"Use {REASON_LENGTH:,} characters or fewer")
        form.reason.validators = [needed, too_long]
        return form
