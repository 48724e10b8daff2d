"""The form for a document of social care: typed or pasted text, never a file (Rulebook E4)."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField

from meetingsvc.permissions import Principal
from meetingsvc.usecases import care_documents as usecase
from meetingsvc.web.typed import plain
from minutes import screen_only
from minutes.screen_only import Document


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """What it is, who wrote it, and its text."""

    title = StringField("What the document is", widget=GovTextInput(), filters=[plain])
    author = StringField("Who wrote it", widget=GovTextInput(), filters=[plain])
    text = TextAreaField("Its text", widget=GovTextArea(), filters=[plain])

    def told(self, who: Principal) -> Document:
        """As it was typed."""
        return usecase.told(who, self.title.data or "", self.author.data or "", self.text.data or "")

    def fits(self, who: Principal) -> bool:
        """Whether it can be kept; what cannot is said beside its field."""
        well = self.validate_on_submit()
        for name, why in screen_only.problems(self.told(who)).items():
            self[name].errors = [*self[name].errors, why]
            well = False
        return bool(well)
