"""The forms of a decision to share: what it is about, one question, and its end (Rulebook K2 to K4)."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from agenda.moves import REASON_LENGTH
from agenda.referral_consent import Ground, Lawful
from agenda.sharing import LEADS, Question, Reply
from agenda.sharing_decision import TEXT, Informed
from meetingsvc.store.sharing import Kept
from meetingsvc.usecases import sharing as usecase
from meetingsvc.usecases.sharing import BESIDE, Asked, Ending
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm

_LINE = 500


def _line(label: str, hint: str = "") -> StringField:
    return StringField(label, description=hint, widget=GovTextInput(), validators=[at_most(_LINE)])


def _box(label: str, hint: str = "", letters: int = TEXT) -> TextAreaField:
    return TextAreaField(label, description=hint, widget=GovTextArea(), validators=[at_most(letters)])


def _boxes(label: str, members: type[StrEnum]) -> SelectMultipleField:
    choices = [SelectChoice(one.value, one.label) for one in members]  # type: ignore[attr-defined]
    return SelectMultipleField(label, widget=GovCheckboxesInput(), choices=choices)


class AskedForm(RuledForm):
    """What would be shared, with whom and what for."""

    asked_by = _line("Who asks for it?", "Or that nobody did: you share it of your own accord.")
    what = _box("What would be shared?", "In a sentence. Not the information itself.")
    with_whom = _line("With whom?", "The person, their post and their agency.")
    purpose = _box("What for?")
    version = HiddenField()

    def found(self) -> dict[str, str]:
        """Rulebook K4."""
        return usecase.asked_problems(self.told())

    def told(self) -> Asked:
        """What was typed."""
        return Asked(*(self[name].data or "" for name in usecase.ASKED))


class QuestionForm(RuledForm):
    """One question, and what is asked beside it where it is answered so."""

    reply = RadioField(
        "", widget=GovRadioInput(), choices=[], validators=[InputRequired("Choose one of the answers")]
    )
    about = _line("If so: whom is it about?", "One person. Where others are named, decide on each apart.")
    limits = _box("If there are limits or conditions: which?")
    grounds = _boxes("If there is: which?", Ground)
    lawful = _boxes("If there is: which?", Lawful)
    other_law = _line("Another lawful reason", "Such as a court order, or a duty in law.")
    authorised_by = _line("Who authorises sharing it without consent?", "Their name and post.")
    question = HiddenField()
    version = HiddenField()

    _kept: Kept
    _asked: Question

    def about_this(self, kept: Kept, asked: Question, suggested: Reply | None = None) -> "QuestionForm":
        """Only what belongs to this question; as answered before, or as the record on the case says."""
        self._kept, self._asked = kept, asked
        self.reply.label.text, self.reply.description = asked.label, asked.hint
        self.reply.choices = [SelectChoice(one.value, one.label) for one in LEADS[asked]]
        for name in {name for names in BESIDE.values() for name in names} - set(BESIDE.get(asked, ())):
            del self[name]
        if not self.is_submitted():
            said = kept.told.replies.get(asked, suggested)
            self.reply.data = said.value if said else None
            self.question.data, self.version.data = asked.value, str(kept.version)
            for name in BESIDE.get(asked, ()):
                self[name].data = _shown(getattr(kept.told, name))
        return self

    def found(self) -> dict[str, str]:
        """Rulebook K1 to K4."""
        reply = self.said()
        if reply is None:
            return {}
        told = replace(self._kept.told, replies={**self._kept.told.replies, self._asked: reply})
        return usecase.beside_problems(told, self._asked, **self.beside())

    def said(self) -> Reply | None:
        """The answer that was chosen."""
        chosen = {one.value: one for one in LEADS[self._asked]}
        return chosen.get(self.reply.data or "")

    def beside(self) -> dict[str, Any]:
        """What was typed beside it."""
        kinds: dict[str, type[StrEnum]] = {"grounds": Ground, "lawful": Lawful}
        return {
            name: frozenset(map(kinds[name], set(self[name].data or []) & set(kinds[name])))
            if name in kinds else (self[name].data or "").strip()
            for name in BESIDE.get(self._asked, ())
        }  # fmt: skip


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why it is decided so; and, where it is shared, whether the person knows."""

    informed = RadioField(
        "Does the person it is about know?",
        widget=GovRadioInput(),
        choices=[SelectChoice(one.value, one.label) for one in Informed],
        validate_choice=False,
    )
    advice = _box("Who advised you, and what came of it?")
    why = _box("Why do you decide so?", letters=REASON_LENGTH)
    version = HiddenField()
    confirmed = HiddenField()

    def told(self) -> Ending:
        """What was typed."""
        informed = self.informed.data if self.informed.data in set(Informed) else None
        return Ending(self.why.data or "", Informed(informed) if informed else None, self.advice.data or "")


def _shown(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
