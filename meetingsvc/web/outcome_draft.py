"""The outcome form with what several people are typing into it, and back: by the names of its fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, SelectField

from agenda.rules import RuleBroken
from meetingsvc.models import LiveFieldRow
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import live
from meetingsvc.usecases import live as typing
from meetingsvc.usecases.live import Landing
from meetingsvc.web import feedback_telling
from meetingsvc.web.outcome_days import days_of, signatories
from meetingsvc.web.outcome_forms import OutcomeForm
from minutes.live import FIELDS, Typed, drafted, label, row_of
from minutes.recording import Difference
from minutes.worksheet import Worksheet

_NOT_TYPED = frozenset({"version", "csrf_token", "typed"})


def blank(who: Principal, sheet: Worksheet, sent: MultiDict[str, str] | None) -> OutcomeForm:
    """The form as it was sent; else with what the saved outcome says."""
    form = OutcomeForm(sheet, signatories(who), days_of(who), sent)
    form.telling = feedback_telling.of(who, sheet, form.agencies, sent)
    return form


def opened(who: Principal, sheet: Worksheet) -> tuple[OutcomeForm, dict[str, str], live.Draft]:
    """The form with everything that was typed so far, what the saved outcome says, and the draft."""
    form, draft = blank(who, sheet, None), live.draft(who, sheet.item_id)
    base = values(form)
    if draft.unsaved:
        stays = {f"action-{key}-removed" for key in sheet.worked_on}
        unsaved = {name: value for name, value in draft.unsaved.items() if name not in stays}
        sent = MultiDict([*drafted(base, unsaved), ("version", str(sheet.version))])
        form = blank(who, sheet, sent)
    return form, base, draft


def values(form: OutcomeForm) -> dict[str, str]:
    """What each field of the form says, by its name; a row that is saved says that it is there."""
    empty = {field.name for rows in form.rows for row in rows if row.is_new and row.is_blank for field in row}
    told = {field.name: _value(field) for field in form if field.name not in _NOT_TYPED | empty}
    told |= {f"action-{row.key}-row": "1" for row in form.actions if not row.is_new}
    return told | {f"{rows.name}-{key}-removed": "1" for rows in form.rows for key in rows.removed}


def _value(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    if isinstance(field, RadioField | SelectField):
        return str(field.data or "")
    return str(field._value())


def keep(who: Principal, form: OutcomeForm, seen: str, now: datetime) -> str:
    """After a step without the script, what stands on the page is a draft too, as it would be with it: a
    fallen connection loses nothing. Gives back how far the page has come now.

    Nothing of it is kept where others typed, saved or set aside since the page was opened: that is shown when
    it is saved (D3).
    """
    item_id, until = form.sheet.item_id, come(who, form.sheet.item_id, seen)
    if until is None or not (form.sheet.is_open and who.may(Permission.OUTCOME_RECORD)):
        return seen
    mine, base = _plain(values(form)), values(blank(who, form.sheet, None))
    rows = live.rows(who, item_id)
    mine |= _taken_away(rows, mine)
    if form.version.data != form.sheet.version or _is_news(rows.values(), mine, until):
        return seen
    drafts = {name: row.value for name, row in rows.items() if row.is_draft}
    typed = [
        Typed(name, value, rows[name].version if name in rows else 0, {**base, **drafts}.get(name, ""))
        for name, value in mine.items()
        if value != {**base, **drafts}.get(name, "") and label(name)
    ]
    try:
        for at in range(0, len(typed), FIELDS):
            typing.save(who, item_id, typed[at : at + FIELDS], now)
    except RuleBroken:  # the meeting was closed, or a text is too long: saving says so
        return seen
    rows = live.rows(who, item_id) if typed else rows
    news = _is_news(rows.values(), mine, until)
    return seen if news else cursor(who, item_id, max((row.seq for row in rows.values()), default=0))


def _plain(told: Mapping[str, str]) -> dict[str, str]:
    return {name: value.replace("\r\n", "\n") for name, value in told.items()}


def _taken_away(rows: Mapping[str, LiveFieldRow], mine: Mapping[str, str]) -> dict[str, str]:
    """Rows of the draft that do not stand on the page any more, and those that do again."""
    there = {key for name in mine if (key := row_of(name))}
    drafted_rows = {key for name, row in rows.items() if row.is_draft and (key := row_of(name))}
    gone = {f"{key}-removed": "1" for key in drafted_rows - there}
    back = {f"{key}-removed": "" for key in drafted_rows & there if f"{key}-removed" in rows}
    return gone | {name: "" for name in back if name not in mine}


def _is_news(rows: Iterable[LiveFieldRow], mine: Mapping[str, str], until: int) -> bool:
    """Whether others did something of which the page does not know."""
    return any(
        row.seq > until and (row.aside_by is not None or row.value != mine.get(row.field, "")) for row in rows
    )


def landing(form: OutcomeForm, base: Mapping[str, str], until: int, *, strict: bool) -> Landing:
    """What the form says of each field, for a save."""
    return Landing(values(form), base, until, strict)


def meanwhile(who: Principal, form: OutcomeForm, fields: Sequence[str]) -> tuple[Difference, ...]:
    """What others typed, or set aside, since the page was opened, beside what stands on it."""
    mine, named = values(form), {field.name: field for field in form}
    saved = values(blank(who, form.sheet, None))
    theirs = {**saved, **live.draft(who, form.sheet.item_id).unsaved}
    return tuple(
        Difference(label(name) or name, _said(named.get(name), theirs.get(name, "")),
                   _said(named.get(name), mine.get(name, "")))
        for name in fields
    )  # fmt: skip


def set_aside_since(who: Principal, sheet: Worksheet, base: Mapping[str, str]) -> list[str]:
    """The fields that stand on the page as it was sent, and were set aside before the page was told of it."""
    until = come_to(who, sheet.item_id)
    aside = [row.field for row in live.rows(who, sheet.item_id).values() if row.aside_by and row.seq > until]
    mine = values(blank(who, sheet, request.form)) if aside else {}
    return [name for name in aside if mine.get(name, "") != base.get(name, "")]


def _said(field: Field | None, value: str) -> str:
    choices = getattr(field, "choices", None) or ()
    return next((str(one.label) for one in choices if str(one.value) == value and value), value)


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="live")


def cursor(who: Principal, item_id: UUID, seq: int) -> str:
    """How far a page of this person on this case has come: nobody else's, and of no other case."""
    told = _signed().dumps([str(who.account_id), str(item_id), seq])
    return told if isinstance(told, str) else told.decode()


def come(who: Principal, item_id: UUID, told: str) -> int | None:
    """The place that a cursor of this person on this case names; None where it is no such cursor."""
    try:
        account, item, seq = _signed().loads(told)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(seq) if (account, item) == (str(who.account_id), str(item_id)) else None


def come_to(who: Principal, item_id: UUID) -> int:
    """How far the page that was sent had come; 0 where it does not say."""
    return come(who, item_id, request.form.get("seen", "")) or 0
