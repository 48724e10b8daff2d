"""A draft as it is kept: the form's own answers as typed, and where somebody is found sealed apart (A8)."""

import json
from collections.abc import Mapping

from agenda.feed_values import clean
from agenda.referral_fields import NOTHING, Answers, Draft, Field, Row, Sight
from agenda.referral_people import Section
from agenda.referral_sections import REFERRAL, Form

#: All that one draft may hold; far more than its questions take.
DRAFT_LENGTH = 400_000
_SENT = "as it was sent"  # no section is called so


def kept(told: Draft, form: Form = REFERRAL) -> Draft:
    """A draft with the form's own questions alone, whatever was sent beside them; texts as typed, without
    what no page can show (control characters)."""
    return {section.id: _kept(section, told[section.id]) for section in form.sections if section.id in told}


def _kept(section: Section, told: Answers) -> Answers:
    if section.each is None:
        return Answers(_known(section.fields, told.fields))
    rows = (_known(section.each.fields, row) for row in told.rows)
    return Answers(_known(section.fields, told.fields), tuple(filter(None, rows)))


def _known(fields: tuple[Field, ...], row: Row) -> Row:
    cleaned = {one.id: clean(row.get(one.id, ""), prose=True)[0] for one in fields}
    return {name: text for name, text in cleaned.items() if text}


def too_long(draft: Draft) -> str | None:
    """Why a draft is not even kept; None where it is."""
    rows = (row for answers in draft.values() for row in (answers.fields, *answers.rows))
    if sum(len(text) for row in rows for text in row.values()) <= DRAFT_LENGTH:
        return None
    return f"A referral must be {DRAFT_LENGTH:,} characters or fewer in all. Shorten the longest answers"


def apart(draft: Draft, form: Form = REFERRAL) -> tuple[Draft, Draft]:
    """What may lie open in the database, and what must be sealed in it: where somebody is found (A8)."""
    return _only(draft, form, sealed=False), _only(draft, form, sealed=True)


def _only(draft: Draft, form: Form, *, sealed: bool) -> Draft:
    found = {}
    for section in form.sections:
        told = draft.get(section.id, NOTHING)
        each = section.each.fields if section.each else ()
        rows = tuple(_seen(each, row, sealed) for row in told.rows)
        one = Answers(_seen(section.fields, told.fields, sealed), rows)
        if section.id in draft and not (sealed and not one.fields and not any(rows)):
            found[section.id] = one
    return found


def _seen(fields: tuple[Field, ...], row: Row, sealed: bool) -> Row:
    hidden = {one.id for one in fields if one.sight is Sight.SEALED}
    return {name: text for name, text in row.items() if (name in hidden) is sealed}


def together(open_part: Draft, sealed: Draft) -> Draft:
    """Both parts as the draft they were."""
    return {name: _joined(told, sealed.get(name, NOTHING)) for name, told in open_part.items()}


def _joined(one: Answers, other: Answers) -> Answers:
    more: tuple[Row, ...] = other.rows or ({},) * len(one.rows)
    rows = (dict(row) | dict(extra) for row, extra in zip(one.rows, more, strict=True))
    return Answers(dict(one.fields) | dict(other.fields), tuple(rows))


def written(draft: Draft, sent: Draft | None = None) -> str:
    """A draft as JSON; `read_back` gives the same one. `sent`: as it was sent, if typed on since."""
    told: dict[str, object] = dict(_plain(draft))
    if sent is not None:
        told[_SENT] = _plain(sent)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _plain(draft: Draft) -> dict[str, list[Row]]:
    return {name: [dict(told.fields), *map(dict, told.rows)] for name, told in draft.items()}


def read_back(text: str) -> Draft:
    """The draft that a kept text tells, as it was typed last."""
    told = json.loads(text)
    told.pop(_SENT, None)
    return _draft(told)


def sent_back(text: str) -> Draft:
    """The draft that a kept text tells, as it was sent last."""
    told = json.loads(text)
    return _draft(told.get(_SENT, told))


def _draft(told: Mapping[str, list[Row]]) -> Draft:
    return {name: Answers(rows[0], tuple(rows[1:])) for name, rows in told.items()}
