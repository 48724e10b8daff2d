"""The outcome form: what one person types while the daily meeting hears a case."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice

from agenda.agencies import Agency
from agenda.circulation import Group
from agenda.incidents import RISKS, Risk
from meetingsvc.web.outcome_rows import (
    ActionRowForm,
    ClarificationRowForm,
    NoteRowForm,
    Rows,
    agency_choices,
    choices,
    chosen,
    text,
)
from minutes.outcome import TYPICAL_OWNERS, Outcome, Safeguard, Tick
from minutes.recording import Recording
from minutes.worksheet import Worksheet

_YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
_ANSWERS = {"yes": True, "no": False}


class TickForm(Form):  # type: ignore[misc]
    """One safeguard (Rulebook C2)."""

    in_place = BooleanField()
    note = StringField("Note")


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """Choices are checked by the rules, which have words for it."""

    version = IntegerField()
    risk = RadioField(
        "Level of risk",
        choices=[SelectChoice(risk.value, risk.value.capitalize()) for risk in reversed(RISKS)],
        validate_choice=False,
    )
    in_place = RadioField("Are safeguards in place?", choices=_YES_NO, validate_choice=False)
    disclose = RadioField("Disclose under the scheme?", choices=_YES_NO, validate_choice=False)
    refer = RadioField("Refer to MARAC?", choices=_YES_NO, validate_choice=False)
    group = SelectField(
        "Circulation group", validate_choice=False, choices=choices((str(g.value), g.label) for g in Group)
    )
    group_reason = TextAreaField("Why not the proposed group")
    notes = TextAreaField("Meeting notes")

    def __init__(self, sheet: Worksheet, agencies: list[Agency], sent: MultiDict[str, str] | None) -> None:
        super().__init__(sent, data=None if sent is not None else _answers(sheet))
        by_name = agency_choices(agencies)
        self.sheet, self.agencies = sheet, agencies
        self.actions = Rows("action", ActionRowForm, by_name)
        self.shared = Rows("note", NoteRowForm, by_name)
        self.clarified = Rows("clarification", ClarificationRowForm, by_name)
        self.ticks = _ticks(sheet, sent)
        if sent is None:
            self._add_saved_actions()
        else:
            for rows in self.rows:
                rows.read(sent)
        self.leave_room()

    @property
    def rows(self) -> tuple[Rows[Any], ...]:
        """Every kind of row."""
        return self.actions, self.shared, self.clarified

    def __iter__(self) -> Iterator[Field]:
        ticks = (tick for _, tick in self.ticks)
        yield from chain(super().__iter__(), chain.from_iterable(chain(ticks, *self.rows)))

    @property
    def errors(self) -> dict[Any, Any]:
        """Of every field, those in rows included."""
        found: dict[Any, Any] = {field.name: field.errors for field in self if field.errors}
        return found | ({None: self.form_errors} if self.form_errors else {})

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Puts each problem beside its field, or above the form where it has none."""
        fields = {field.name: field for field in self}
        for name, problem in problems.items():
            if name in fields:
                fields[name].errors = [problem]
            else:
                self.form_errors.append(problem)

    def take(self, step: str) -> None:
        """Does a step that saves nothing: a row more or fewer, or the proposed group."""
        verb, _, told = step.partition(".")
        rows = next((rows for rows in self.rows if rows.name == told.partition(".")[0]), None)
        if verb == "remove" and rows:
            rows.remove(told.partition(".")[2])
        elif verb == "add" and rows:
            rows.add()
        elif verb == "suggest" and told.isdecimal():
            self._suggest(int(told))
        elif verb == "propose":
            self.choose_proposed()
        self.leave_room()

    def _suggest(self, number: int) -> None:
        for at, agency, what in self.suggestions:
            if at == number:
                for row in [row for row in self.actions if row.is_blank and row.is_new]:
                    self.actions.remove(str(row.key))
                self.actions.add(owner_id=str(agency.id), what=what)

    @property
    def suggestions(self) -> list[tuple[int, Agency, str]]:
        """What each kind of agency is typically asked to do, for the agencies there are (Rulebook D4)."""
        typical = ((agency, what) for kind, whats in TYPICAL_OWNERS
                   for agency in self.agencies if agency.kind is kind for what in whats)  # fmt: skip
        return [(number, agency, what) for number, (agency, what) in enumerate(typical)]

    def choose_proposed(self) -> None:
        """Chooses the group the service proposes, for the person to confirm or change (Rulebook C1)."""
        in_place = chosen(_ANSWERS, self.in_place)
        if in_place is None:
            self.refuse({"in_place": "Say whether safeguards are in place: the group follows from it"})
            return
        self.group.data = str(self.sheet.facts.proposal(in_place).group.value)

    def leave_room(self) -> None:
        """One empty row of each kind, so that nobody has to ask for the first."""
        for rows in self.rows:
            if not len(rows):
                rows.add()

    def show_theirs(self, sheet: Worksheet) -> None:
        """After another person's save: theirs is the version to save over, and their actions stand beside."""
        self.sheet = sheet
        self.version.data, self.version.raw_data = sheet.version, None
        for row in self.actions:
            row.is_new = row.key not in sheet.actions
        self._add_saved_actions()

    def _add_saved_actions(self) -> None:
        there = {row.key for row in self.actions} | set(self.actions.removed)
        for key, action in self.sheet.actions.items():
            if key not in there:
                self.actions.add(key, False, category=action.category, owner_id=str(action.owner_id),
                                 what=action.what, due=action.due)  # fmt: skip

    def recording(self) -> Recording:
        """What was typed, as values."""
        saved = self.sheet.actions
        return Recording(
            version=self.version.data if isinstance(self.version.data, int) else -1,
            outcome=self._outcome(),
            actions={row.key: row.value(saved.get(row.key)) for row in self.actions.typed},
            known=frozenset(row.key for row in self.actions if not row.is_new),
            removed=frozenset(self.actions.removed),
            notes={row.key: row.value() for row in self.shared.typed},
            clarifications={row.key: row.value() for row in self.clarified.typed},
            unreadable={field.name: str(field.process_errors[0]) for field in self
                        if field.process_errors and field is not self.version},
        )  # fmt: skip

    def _outcome(self) -> Outcome:
        return Outcome(
            risk=chosen({risk.value: risk for risk in Risk}, self.risk),
            safeguards=tuple(Tick(s, bool(form.in_place.data), text(form.note)) for s, form in self.ticks),
            in_place=chosen(_ANSWERS, self.in_place),
            refer=chosen(_ANSWERS, self.refer),
            group=chosen({str(group.value): group for group in Group}, self.group),
            group_reason=text(self.group_reason),
            notes=text(self.notes),
            disclose=chosen(_ANSWERS, self.disclose),
        )


def _answers(sheet: Worksheet) -> dict[str, Any]:
    """The saved outcome. Without one nothing is answered, the risk included: it is the meeting's (D3)."""
    if sheet.recorded is None:
        return {"version": 0}
    told = sheet.recorded.outcome
    return {
        "version": sheet.version,
        "risk": told.risk,
        "in_place": _answer(told.in_place),
        "disclose": _answer(told.disclose),
        "refer": _answer(told.refer),
        "group": str(told.group.value) if told.group else "",
        "group_reason": told.group_reason,
        "notes": told.notes,
    }


def _answer(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


def _ticks(sheet: Worksheet, sent: MultiDict[str, str] | None) -> list[tuple[Safeguard, TickForm]]:
    saved: Iterable[Tick] = sheet.recorded.outcome.safeguards if sheet.recorded else ()
    told = {tick.safeguard: {"in_place": tick.in_place, "note": tick.note} for tick in saved}
    return [
        (safeguard, TickForm(sent, prefix=f"safeguard-{safeguard.name.lower()}-", data=told.get(safeguard)))
        for safeguard in Safeguard
    ]
