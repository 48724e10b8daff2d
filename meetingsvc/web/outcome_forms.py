"""The outcome form: what one person types while a meeting hears a case."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
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
from meetingsvc.web.feedback_forms import TellingForm
from meetingsvc.web.outcome_answers import answers, ticks, usual_police
from meetingsvc.web.outcome_days import Days
from meetingsvc.web.outcome_disclosures import Disclosures
from meetingsvc.web.outcome_reviews import Reviews
from meetingsvc.web.outcome_rows import (
    ActionRowForm,
    ClarificationRowForm,
    CrimeRowForm,
    NoteRowForm,
    Rows,
    agency_choices,
    chosen,
    text,
)
from minutes.action_typed import TYPICAL_CATEGORY, parse
from minutes.outcome import TYPICAL_OWNERS, Outcome, Tick
from minutes.recording import Recording
from minutes.worksheet import Worksheet

_YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
_ANSWERS = {"yes": True, "no": False}
_GROUPS = {str(group.value): group for group in Group}


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """Choices are checked by the rules, which have words for it."""

    version = IntegerField()
    risk = RadioField(
        "Level of risk",
        choices=[SelectChoice(risk.value, risk.value.capitalize()) for risk in reversed(RISKS)],
        validate_choice=False,
    )
    in_place = RadioField("Are safeguards in place?", choices=_YES_NO, validate_choice=False)
    refer = RadioField("Refer to MARAC?", choices=_YES_NO, validate_choice=False)
    not_referred = TextAreaField("Why not referred")
    group = SelectField(
        "Circulation group",
        validate_choice=False,
        choices=[
            SelectChoice("", "The proposed group"),
            *(SelectChoice(str(g.value), g.label) for g in Group),
        ],
    )
    group_reason = TextAreaField("Why not the proposed group")
    notes = TextAreaField("Meeting notes")
    plan_review = TextAreaField("The daily meeting’s plan as a whole")
    typed = StringField("Add an action in one line")
    telling: TellingForm | None = None  # who tells the victim, where the page has it (F1)

    def __init__(
        self, sheet: Worksheet, agencies: list[Agency], today: Days, sent: MultiDict[str, str] | None
    ) -> None:
        super().__init__(sent, data=None if sent is not None else answers(sheet))
        by_name = agency_choices(agencies)
        self.sheet, self.agencies, self.today = sheet, agencies, today
        self.actions = Rows("action", ActionRowForm, by_name)
        self.shared = Rows("note", NoteRowForm, by_name)
        self.clarified = Rows("clarification", ClarificationRowForm, by_name)
        self.disclosed = Rows("crime", CrimeRowForm, by_name, usual_police(agencies))
        self.reviews = Reviews(sheet, sent)
        self.disclosures = Disclosures(sheet, sent)
        self.ticks = ticks(sheet, sent)
        if sent is None:
            self._add_saved_actions()
        else:
            for rows in self.rows:
                rows.read(sent)
        self.leave_room()

    @property
    def rows(self) -> tuple[Rows[Any], ...]:
        """Every kind of row."""
        return self.actions, self.shared, self.clarified, self.disclosed

    def __iter__(self) -> Iterator[Field]:
        ticks = (tick for _, tick in self.ticks)
        yield from chain(super().__iter__(), chain.from_iterable(chain(ticks, *self.rows)))
        yield from self.reviews.fields
        yield from self.disclosures.fields
        yield from self.telling or ()

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
        """Does a step that saves nothing: a row more or fewer, one typed in a line, or the proposed group."""
        verb, _, told = step.partition(".")
        rows = next((rows for rows in self.rows if rows.name == told.partition(".")[0]), None)
        if verb == "remove" and rows:
            rows.remove(told.partition(".")[2])
        elif verb == "add" and rows:
            rows.add()
        elif verb == "suggest" and told.isdecimal():
            self._suggest(int(told))
        elif verb == "typed":
            self._take_typed()
        elif verb == "propose":
            self.choose_proposed()
        self.leave_room()

    def _suggest(self, number: int) -> None:
        for at, agency, what in self.suggestions:
            if at == number:
                self._add_action(agency.id, what, self.today.usual_due)

    def _take_typed(self) -> None:
        """What was understood of the line, as a row to be looked at before it is saved (Rulebook A1)."""
        told = parse(text(self.typed), self.agencies, self.today.day, self.today.days_off)
        if told.what:
            self._add_action(
                told.owner_id, told.what, None if told.unread else told.due or self.today.usual_due
            )
            self.typed.data, self.typed.raw_data = "", None
        self.typed.errors = list(told.problems)

    def _add_action(self, owner_id: UUID | None, what: str, due: date | None) -> None:
        for row in [row for row in self.actions if row.is_blank and row.is_new]:
            self.actions.remove(str(row.key))
        kind = next((agency.kind for agency in self.agencies if agency.id == owner_id), None)
        self.actions.add(owner_id=str(owner_id or ""), what=what, due=due,
                         category=TYPICAL_CATEGORY[kind].value if kind else "")  # fmt: skip

    def confirm(self) -> None:
        """An update-only case that every agency confirmed (the caller looks); nothing is added (C3, M3)."""
        self.risk.data = self.risk.data or self.sheet.risk.value
        if not self.sheet.facts.disclosure_only:
            self.in_place.data = self.in_place.data or "yes"

    @property
    def suggestions(self) -> list[tuple[int, Agency, str]]:
        """What each kind of agency is typically asked to do, for the agencies there are (Rulebook D4)."""
        typical = ((agency, what) for kind, whats in TYPICAL_OWNERS
                   for agency in self.agencies if agency.kind is kind for what in whats)  # fmt: skip
        return [(number, agency, what) for number, (agency, what) in enumerate(typical)]

    @property
    def typical(self) -> dict[str, str]:
        """What an action of each agency is usually about, by its id (Rulebook A1, D4)."""
        return {str(agency.id): TYPICAL_CATEGORY[agency.kind].value for agency in self.agencies}

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

    def keep_worked_on(self) -> None:
        """An action whose history would go with it is not taken away (Rulebook A1)."""
        self.actions.removed = [key for key in self.actions.removed if key not in self.sheet.worked_on]
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
            crimes={row.key: row.value() for row in self.disclosed.typed},
            reviews=self.reviews.values(),
            telling=self.telling.value() if self.telling else None,
            unreadable=self._unreadable(),
        )

    def _unreadable(self) -> dict[str, str]:
        found = {field.name: str(field.process_errors[0]) for field in self
                 if field.process_errors and field is not self.version}  # fmt: skip
        if self.group.data and chosen(_GROUPS, self.group) is None:
            found["group"] = "Choose the circulation group for MARAC"
        return found

    def _outcome(self) -> Outcome:
        return Outcome(
            risk=chosen({risk.value: risk for risk in Risk}, self.risk),
            safeguards=tuple(Tick(s, bool(form.in_place.data), text(form.note)) for s, form in self.ticks),
            in_place=chosen(_ANSWERS, self.in_place),
            refer=False if self.sheet.line else chosen(_ANSWERS, self.refer),
            group=None if self.sheet.line else chosen(_GROUPS, self.group),
            group_reason=text(self.group_reason),
            notes=text(self.notes),
            disclosures=self.disclosures.values(),
            plan_review=text(self.plan_review),
            not_referred=text(self.not_referred),
        )
