"""How what several people type into one record at once meets, field by field: nobody's is lost (D3)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from uuid import UUID

VALUE_LENGTH = 20_000
FIELDS = 60  # at most, in one save
MOST = 1_500  # fields of one case
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NAMED = {
    "risk": "Level of risk", "in_place": "Safeguards in place",
    "refer": "Refer to MARAC", "not_referred": "Why not referred",
    "group": "Circulation group", "group_reason": "Why not the proposed group",
    "notes": "Notes", "plan_review": "The plan as a whole",
}  # fmt: skip
_PATTERNS = (
    (re.compile(r"safeguard-[a-z_]{1,30}-(in_place|note)"), "Safeguards"),
    (re.compile(rf"action-{_UUID}-(what|owner_id|category|due|row|removed)"), "Actions"),
    (re.compile(rf"note-{_UUID}-(agency_id|author|kind|source|text|row|removed)"), "Shared by agencies"),
    (re.compile(rf"clarification-{_UUID}-(about|name|dob|text|row|removed)"), "Who is who"),
    (re.compile(rf"crime-{_UUID}-(text|agency_id|told_id|shared|row|removed)"), "A disclosed crime"),
    (re.compile(rf"review-{_UUID}-(verdict|text)"), "The plan so far"),
    (re.compile(r"disclose-[A-Z]{3}-[0-9]{6,12}-(decision|why)"), "Disclose under the scheme"),
    (re.compile(r"telling-[a-z_]{1,30}"), "Who tells the victim"),
)
_TEXTS = (
    "notes",
    "plan_review",
    "group_reason",
    "not_referred",
    "-note",
    "-what",
    "-text",
    "-unsafe",
    "-instead_of_idva",
    "-why",
)
_MOST_COMPARED = 250_000  # pairs of words: some milliseconds
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


def label(field: str) -> str | None:
    """As the page calls the field, or the part of the page it is in; None where there is no such field."""
    if field in _NAMED:
        return _NAMED[field]
    return next((name for pattern, name in _PATTERNS if pattern.fullmatch(field)), None)


def is_text(field: str) -> bool:
    """Whether two people's edits of it can stand beside each other."""
    return field.endswith(_TEXTS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands in a field; version 0 where nobody has typed in it."""

    value: str
    version: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What one person typed: from which version they started, and what it said (`base`)."""

    field: str
    value: str
    version: int
    base: str
    page: str = ""  # the page that sent it

    @property
    def token(self) -> str:
        """Of this save, to know it again when it is sent again: its answer may have been lost."""
        return sha256(f"{self.version}/{self.value}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: what stands in the field now. Where it has not landed, that is another person's, and
    nothing of it was changed."""

    field: str
    value: str
    version: int
    landed: bool


def met(kept: Kept, typed: Typed) -> Answer:
    """A save lands on the version it saw; sent again, it lands once; on another person's text only where the
    two edited different places. Otherwise theirs stands, and the person is shown both."""
    if typed.value == kept.value:
        return Answer(typed.field, kept.value, kept.version, landed=True)
    if typed.version == kept.version:
        return Answer(typed.field, typed.value, kept.version + 1, landed=True)
    merged = merge(typed.base, typed.value, kept.value) if is_text(typed.field) else None
    if merged is None or len(merged) > VALUE_LENGTH:
        return Answer(typed.field, kept.value, kept.version, landed=False)
    return Answer(typed.field, merged, kept.version + (merged != kept.value), landed=True)


Hunk = tuple[int, int, tuple[str, ...]]  # from, to, and what stands there instead


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both edits of `base` in one text, where they do not touch; None where they do.

    The same edit made by both counts once, so what was sent twice is not there twice.
    """
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    words = _TOKEN.findall(base)
    one, other = _hunks(words, mine), _hunks(words, theirs)
    hunks = None if one is None or other is None else _together(one, other)
    if hunks is None:
        return None
    at, made = 0, list[str]()
    for start, end, instead in hunks:
        made += [*words[at:start], *instead]
        at = end
    return "".join([*made, *words[at:]])


def _hunks(words: list[str], text: str) -> list[Hunk] | None:
    """What an edit changed; None where it is so much that comparing would take long."""
    other = _TOKEN.findall(text)
    head = _alike(words, other)
    tail = _alike(words[head:][::-1], other[head:][::-1])
    here, there = words[head : len(words) - tail], other[head : len(other) - tail]
    if len(here) * len(there) > _MOST_COMPARED:
        return None
    codes = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    found: list[Hunk] = []
    for tag, i, j, k, m in codes:
        if tag != "equal":
            after = found[-1][1] if found else 0
            found.append(_leftmost(words, (i + head, j + head, tuple(there[k:m])), after))
    return found


def _leftmost(words: Sequence[str], hunk: Hunk, after: int) -> Hunk:
    """The same words put in, or taken out, are the same edit wherever the comparison began to see it."""
    start, end, instead = hunk
    if start == end:
        while start > after and instead and words[start - 1] == instead[-1]:
            start, instead = start - 1, (instead[-1], *instead[:-1])
        return start, start, instead
    while not instead and start > after and words[start - 1] == words[end - 1]:
        start, end = start - 1, end - 1
    return start, end, instead


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)))  # fmt: skip


def _together(mine: Sequence[Hunk], theirs: Sequence[Hunk]) -> list[Hunk] | None:
    made: list[Hunk] = []
    for hunk in sorted({*mine, *theirs}, key=lambda one: (one[0], one[1], len("".join(one[2])))):
        if made and hunk[0] <= made[-1][1]:
            longer = _goes_on(made[-1], hunk)
            if longer is None:
                return None
            made[-1] = longer
        else:
            made.append(hunk)
    return made


def _goes_on(one: Hunk, other: Hunk) -> Hunk | None:
    """Where one person saw the other's words arrive and typed on, the longer has both."""
    same = one[:2] == other[:2] and "".join(other[2]).startswith("".join(one[2]))
    return other if same else None


def drafted(base: Mapping[str, str], unsaved: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The fields of the page as a form would send them: the saved outcome with what was typed since.

    A row is there as soon as one of its fields is, in the order in which they came; one that was taken away
    says so where it had been saved, and is not there otherwise.
    """
    told = {**base, **unsaved}
    for kind in ("action", "note", "clarification", "crime"):
        keys = dict.fromkeys(key for name in told if (key := row_key(kind, name)))
        for key in keys:
            saved = f"{kind}-{key}-row" in base
            if told.get(f"{kind}-{key}-removed"):
                yield from [(f"{kind}-removed", key)] if saved else ()
                continue
            yield kind, key
            if saved:
                yield f"{kind}-known", key
    yield from ((name, value) for name, value in told.items() if value)


def row_key(kind: str, field: str) -> str | None:
    """The key of the row that a field is in."""
    head = f"{kind}-"
    return field[len(head) : len(head) + 36] if field.startswith(head) and label(field) else None


def row_of(field: str) -> str | None:
    """The row that a field is in, as its fields begin; None where it is in none."""
    kinds = ("action", "note", "clarification", "crime")
    return next((f"{kind}-{key}" for kind in kinds if (key := row_key(kind, field))), None)


def removed_action(field: str) -> UUID | None:
    """The action that a field takes away."""
    key = row_key("action", field)
    return UUID(key) if key and field.endswith("-removed") else None
