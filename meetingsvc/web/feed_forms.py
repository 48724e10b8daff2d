"""The form of an upload."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import GovFileInput


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One file. What is in it is for the import to judge."""

    file = FileField(
        "CSV file", widget=GovFileInput(), validators=[FileRequired("Choose the CSV file to send")]
    )
