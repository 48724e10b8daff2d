"""The forms of disagreements: raising one, the steps, and the record of ESC's appendix 5 (V4, W2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea, GovTextInput
from wtforms import Field, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, ValidationError

from agenda.disagreement import Step, raise_problems
from agenda.disagreement_days import Kind
from agenda.disagreement_form import FIELDS, OF_CHILD, Agreed, Nature, Record, problems, told_in
from agenda.disagreement_named import NAMED
from agenda.meetings import case_number, case_reference
from agenda.moves import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.store import disagreements as store
from meetingsvc.store import trail
from meetingsvc.store.disagreement_named import names_somebody, naming
from meetingsvc.store.disagreements import Kept
from meetingsvc.usecases import disagreements as usecase
from meetingsvc.web import guard
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.applications_forms import RuledForm
from meetingsvc.web.breaches_forms import YES_NO, answer, box, radios
from meetingsvc.web.dates import ThreeBoxes

ANSWER = "answer"
_DOES = {
    Step.SETTLE: "It is settled",
    Step.DETERMINE: "Record the course of action that the partnership determined",
    Step.CLOSE: "Close it after the debrief",
}
_FOR_THEM = "as that agency decided, which has nobody here to record it"
#: How many actions of the outcome the form has room for.
ACTIONS = 4


class RaiseForm(RuledForm):
    """What is challenged, whose decision it is, and whether anybody is at immediate risk."""

    kind = radios("What is it?", (), "Choose what it is")
    about = box("What is the disagreement about, and what do you ask for?")
    against = SelectMultipleField("Whose decision do you challenge?", widget=GovCheckboxesInput())
    unsafe_now = radios("Is anybody at immediate risk?", YES_NO, "Say whether anybody is at immediate risk",
                        "A child at immediate risk does not wait for this.")  # fmt: skip
    done = box("Whom did you call about the immediate risk?", "Needed where somebody is at risk.")
    reference = StringField("Which case is it about? (optional)", widget=GovTextInput(),
                            description="Its reference, such as C-000123.",
                            validators=[at_most(20)])  # fmt: skip

    def offer(self, kinds: Sequence[Kind], agencies: list[tuple[UUID, str]]) -> "RaiseForm":
        """What this person may raise, and against whom."""
        self.kind.choices = [SelectChoice(kind.value, kind.label) for kind in kinds]
        self.against.choices = [SelectChoice(str(key), name) for key, name in agencies]
        return self

    def found(self) -> dict[str, str]:
        """What the rule has against it, by field (Rulebook V4, E3)."""
        mine = str(guard.principal().agency_id)
        unsafe = answer(self.unsafe_now.data)
        return raise_problems(
            self.about.data or "", mine, frozenset(self.against.data or ()), unsafe, self.done.data or ""
        )

    def validate_about(self, field: Field) -> None:
        """On no case it names nobody."""
        _on_no_case(not (self.reference.data or "").strip(), field)

    def validate_done(self, field: Field) -> None:
        """Nor here."""
        _on_no_case(not (self.reference.data or "").strip(), field)

    def validate_reference(self, field: Field) -> None:
        """Of a case that who asks may open: hidden and missing are one answer."""
        if not (field.data or "").strip():
            return
        if self.number is None:
            raise ValidationError("Enter a case reference, such as C-000123")
        if trail.case_named(guard.principal(), self.number) is None:
            raise ValidationError(f"There is no case {case_reference(self.number)}")

    @property
    def number(self) -> int | None:
        """The case's number."""
        return case_number(self.reference.data or "")


class ActForm(FlaskForm):  # type: ignore[misc]
    """A step of those that are open, or the other agency's answer; put in writing."""

    what = radios("What do you do?", (), "Choose what you do")
    said = box("Put it in writing", "What was tried and why it goes on; what was agreed; or your answer.")

    _kept: Kept | None = None

    def offer(self, kept: Kept) -> "ActForm":
        """What this person may do now."""
        self._kept = kept
        self.what.choices = offered(kept)
        return self

    def validate_said(self, field: Field) -> None:
        """Everything is put in writing; on no case it names nobody."""
        if not (field.data or "").strip():
            raise ValidationError("Put it in writing")
        _on_no_case(self._kept is not None and self._kept.case_id is None, field)


def _on_no_case(on_none: bool, field: Field) -> None:
    """What `usecases.disagreements` refuses, beside its field (Rulebook V4, M6)."""
    if on_none and names_somebody(guard.principal(), field.data or ""):
        raise ValidationError(NAMED)


def offered(kept: Kept) -> list[SelectChoice]:
    """What who asks may do now."""
    who = guard.principal()
    kept = usecase.with_missing(who, kept, clock.now())
    steps = kept.told.open_to(store.acts_as(who, kept), usecase.agency_of(who))
    found = [SelectChoice(step.value, _does(kept, step)) for step in steps]
    return [*found, SelectChoice(ANSWER, "Answer")] if store.answers(who, kept) else found


def _does(kept: Kept, step: Step) -> str:
    said = _DOES.get(step, f"It goes on: {kept.told.moves[step].after.value}")
    return said if kept.told.moves[step] == kept.told.ladder.moves[step] else f"{said} ({_FOR_THEM})"


class _Base(FlaskForm):  # type: ignore[misc]
    """What is chosen and listed on the form of appendix 5."""

    nature = SelectMultipleField(
        "What is the difference about?", widget=GovCheckboxesInput(),
        choices=[SelectChoice(one.value, one.label) for one in Nature],
    )  # fmt: skip
    other = StringField("What else is it about?", widget=GovTextInput(), validators=[at_most(200)])

    on_case = True

    def record(self) -> Record:
        """What was typed."""
        typed = {field.name: (self[field.name].data or "").strip() for field in FIELDS}
        agreed = tuple(
            Agreed(what, (self[f"agreed_whose_{place}"].data or "").strip(), self[f"agreed_by_{place}"].data)
            for place in range(1, ACTIONS + 1)
            if (what := (self[f"agreed_what_{place}"].data or "").strip())
        )
        known = {one.value for one in Nature}
        nature = frozenset(Nature(one) for one in self.nature.data or () if one in known)
        return Record(typed, nature, self.other.data or "", agreed)

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields first, then the rules of the form."""
        fits = bool(super().validate(extra_validators))
        for name, problem in problems(self.record(), self.on_case).items():
            if not self[name].errors:
                self[name].errors = (*self[name].errors, problem)
                fits = False
        for name in self._naming():
            self[name].errors = (*self[name].errors, NAMED)
            fits = False
        return fits

    def shown(self) -> list[Field]:
        """The boxes of the page: on no case none asks who the child is (`OF_CHILD`)."""
        return [one for one in self if one.name != "csrf_token"
                and (self.on_case or one.name not in OF_CHILD or one.errors)]  # fmt: skip

    def _naming(self) -> list[str]:
        """The fields that name somebody, where it is on no case."""
        if self.on_case:
            return []
        return naming(guard.principal(), told_in(self.record()))

    @classmethod
    def of(cls, kept: Kept) -> "_Base":
        """With what was typed last."""
        form = cls._typed(kept.record)
        form.on_case = kept.case_id is not None
        return form

    @classmethod
    def _typed(cls, record: Record | None) -> "_Base":
        if record is None:
            return cls()
        told: dict[str, Any] = {**record.typed, "nature": sorted(record.nature), "other": record.other}
        for place, one in enumerate(record.agreed, 1):
            told |= {f"agreed_what_{place}": one.what, f"agreed_whose_{place}": one.whose,
                     f"agreed_by_{place}": one.by}  # fmt: skip
        return cls(data=told)


_LONG = frozenset({"details", "response", "learning", "address"})


def _field(name: str, label: str) -> Field:
    """The box for one field of the form."""
    if name in _LONG:
        return TextAreaField(label, widget=GovTextArea(), validators=[at_most(REASON_LENGTH)])
    return StringField(label, widget=GovTextInput(), validators=[at_most(200)])


def _made() -> type[_Base]:
    """One box for each field of the form, made from the form itself."""
    fields: dict[str, Any] = {
        field.name: _field(field.name, f"{field.section}: {field.label[0].lower()}{field.label[1:]}")
        for field in FIELDS
    }
    for place in range(1, ACTIONS + 1):
        fields[f"agreed_what_{place}"] = _field("", f"Outcome, action {place}")
        fields[f"agreed_whose_{place}"] = _field("", f"Outcome, action {place}: by whom")
        fields[f"agreed_by_{place}"] = ThreeBoxes(
            f"Outcome, action {place}: completion date", validators=[Optional()]
        )
    return type("RecordForm", (_Base,), fields)


RecordForm = _made()
