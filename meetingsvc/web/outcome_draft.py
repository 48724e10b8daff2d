"""The outcome form with what several people are typing into it, and back: by the names of its fields."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, RadioField, SelectField

from meetingsvc.permissions import Principal
from meetingsvc.store import live
from meetingsvc.usecases.live import Landing
from meetingsvc.web import feedback_telling
from meetingsvc.web.outcome_days import days_of, signatories
from meetingsvc.web.outcome_forms import OutcomeForm
from minutes.live import drafted, label
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
