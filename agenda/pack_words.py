"""How a meeting pack is worded. The PDF and the page in the browser both show it: nothing is worded twice."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from agenda.calendar import LONDON, day_words
from agenda.circulation import Group, purpose
from agenda.incidents import Child, Linked
from agenda.pack import (
    CaseSheet,
    Facts,
    GroupSheet,
    Pack,
    PackAction,
    PackCase,
    PackIncident,
    PackNote,
    PackPerson,
    Prose,
    Remark,
    Section,
    Table,
    Worded,
)
from agenda.references import Prefix, prefix_of
from agenda.referral_entry import tells_time

DISCUSSED = purpose(True)

LEFT_OUT = "Addresses and telephone numbers are left out on purpose."
HANDLING = (
    "This copy is for {agency}. Only people who attend this meeting, or research for it, may read it.",
    "Each piece of information belongs to the agency that supplied it. Ask it before you use it elsewhere.",
    "The perpetrator must never learn of this meeting, from you or through anyone else.",
    LEFT_OUT,
)

#: It speaks of no other supplementary list: there may be one that its reader has no part of (Rulebook M6).
_ADDS = "Every case here was added after the agenda was shared. The pack of the agenda still stands."
ADDS = (Section("What changed since the last one", (Prose(_ADDS),)),)

_LINKED = {
    Linked.VICTIM: "the victim",
    Linked.PERPETRATOR: "the perpetrator",
    Linked.BOTH: "the victim and the perpetrator",
}
_ASSESSED = {
    None: "the police assessed it",
    Prefix.REFERRAL: "it was referred",
    Prefix.TRANSFER: "the area it came from judged it",
    Prefix.APPLICATION: "the application gives it",
    Prefix.ORDER: "its breach was recorded",
}
_NEW_LINE = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HIDDEN = re.compile(  # soft hyphens, zero widths, and marks that turn the direction of what follows
    r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Text as it may be shown: no control characters, none that hide or turn round what is written."""
    text = _NEW_LINE.sub("\n", text).replace("\t", " ")
    return unicodedata.normalize("NFC", _HIDDEN.sub("", _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)))


def moment(value: datetime) -> str:
    """A time as the panel reads it, on the wall clock: `14 January 2027, 09:30`."""
    local = value.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def about(starts_at: datetime | None) -> str:
    """When a case is reached, as planned: `about 10:15`; nothing where it has no time (Rulebook M1, M6)."""
    return f"about {starts_at.astimezone(LONDON):%H:%M}" if starts_at else ""


def _happened(incident: PackIncident) -> str:
    """With the time only where it was told."""
    said = moment(incident.incident_at)
    return said if tells_time(incident.reference) else said.partition(",")[0]


def worded(pack: Pack) -> Worded:
    """The whole pack in words, its cases in group order (Rulebook M1)."""
    sits = pack.starts_at.astimezone(LONDON)
    title = f"{pack.kind} supplementary pack" if pack.supplementary else f"{pack.kind} pack"
    words = Worded(
        title=title,
        subtitle=f"{pack.area} · {day_words(sits)} · {sits:%H:%M}",
        running=f"{title} · {pack.area} · {sits.day} {sits:%B %Y}",
        marking=pack.marking,
        about=_about(pack),
        handling=tuple(line.format(agency=pack.agency) for line in HANDLING),
        groups=tuple(_groups(pack.cases)),
        opening=ADDS if pack.supplementary else (),
    )
    return cleaned(words)


def cleaned(words: Worded) -> Worded:
    """The same words with every text made plain: nothing reaches a page or a PDF that has not passed here."""
    made: Worded = _cleaned(words)
    return made


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(*(_cleaned(getattr(value, f.name)) for f in fields(value)))
    raise TypeError(value)


def _about(pack: Pack) -> Facts:
    discussed = sum(case.purpose == DISCUSSED for case in pack.cases)
    return Facts(
        (
            ("Prepared for", pack.agency),
            ("Cases", str(len(pack.cases))),
            ("For discussion", str(discussed)),
            ("Update only", str(len(pack.cases) - discussed)),
        )
    )


def _groups(cases: Iterable[PackCase]) -> Iterator[GroupSheet]:
    """Groups 1 to 5 in order, each with its cases as the agenda has them; one without a group comes last."""
    last = len(Group) + 1
    ordered = sorted(cases, key=lambda case: case.group or last)
    for group, held in groupby(ordered, key=lambda case: case.group):
        title = "No group recorded" if group is None else f"Group {group.value}: {group.title}"
        yield GroupSheet(title, tuple(map(_case, held)))


def _case(case: PackCase) -> CaseSheet:
    sections = (
        *_consent(case.consent),
        *_said("What would increase the risk", case.increases),
        *_said("Before anyone makes contact", case.contact),
        *(_incident(incident) for incident in case.incidents),
        *_clarified(case.clarified),
        _shared(case.shared),
        _judgement(case),
        _actions(case.actions),
    )
    return CaseSheet(
        reference=case.reference,
        risk=f"{case.risk.value} risk",
        purpose=case.purpose,
        repeat="MARAC repeat" if case.repeat else "",
        people=_people(case.incidents),
        sections=sections,
        number=case.number,
        starts=about(case.starts_at),
    )


def _people(incidents: tuple[PackIncident, ...]) -> str:
    """Who the case is about, as its latest incident names them."""
    if not incidents:
        return ""
    latest = max(incidents, key=lambda incident: incident.recorded_at)
    perpetrator = latest.perpetrator.name if latest.perpetrator else "perpetrator not known"
    return f"{latest.victim.name} and {perpetrator}"


def _person(person: PackPerson | None) -> str:
    if person is None:
        return "Not known"
    born = f"born {_date(person.dob)}" if person.dob else "birth date not given"
    return ", ".join(filter(None, (person.name, born, person.gender)))


def _child(child: Child) -> str:
    return ", ".join(
        filter(
            None,
            (
                child.name,
                f"born {_date(child.dob)}" if child.dob else "",
                f"linked to {_LINKED[child.linked]}" if child.linked else "",
                {True: "present", False: "not present", None: ""}[child.present],
            ),
        )
    )


def _incident(incident: PackIncident) -> Section:
    dash = "Not given" if incident.dash_score is None else str(incident.dash_score)
    facts = Facts(
        (
            ("Victim", _person(incident.victim)),
            ("Perpetrator", _person(incident.perpetrator)),
            ("Relationship", incident.relationship or "Not given"),
            ("Children", "\n".join(map(_child, incident.children)) or "None named"),
            ("Happened", _happened(incident)),
            ("Recorded", moment(incident.recorded_at)),
            (f"Risk, as {_ASSESSED[prefix_of(incident.reference)]}", incident.risk.value.capitalize()),
            ("DASH score", dash),
            ("Offence", incident.offence or "None given"),
            ("Listed because", "\n".join(incident.reasons) or "No reason recorded"),
        )
    )
    return Section(
        f"Incident {incident.reference}", (facts, Prose(incident.summary or "No summary was given."))
    )


def _said(title: str, said: tuple[str, ...]) -> tuple[Section, ...]:
    """What a referrer warned of stands before everything that might be done (Rulebook T7, F4)."""
    return (Section(title, tuple(map(Prose, said))),) if said else ()


def _clarified(said: tuple[str, ...]) -> tuple[Section, ...]:
    """What the daily meeting added to what the police sent about who is who (Rulebook D2)."""
    return (Section("Clarified at the daily meeting", tuple(map(Prose, said))),) if said else ()


def _shared(notes: tuple[PackNote, ...]) -> Section:
    """What agencies shared, agency by agency, each marked fact or professional opinion (Rulebook R2)."""
    remarks = tuple(
        Remark(n.agency, n.author, moment(n.recorded_at), n.kind.value.capitalize(), n.source, n.text)
        for n in sorted(notes, key=lambda note: (note.agency, note.recorded_at))
    )
    return Section("Shared at the daily meeting", remarks or (Prose("No agency shared anything."),))


def _consent(said: tuple[str, ...]) -> tuple[Section, ...]:
    """Limits and conditions, before anything else is read (Rulebook K1)."""
    return (Section("The victim’s consent", tuple(map(Prose, said))),) if said else ()


def _judgement(case: PackCase) -> Section:
    """Safeguards one by one, beside what the meeting judged: the ticks are never counted (Rulebook C2)."""
    heard = (
        f"The daily meeting of {day_words(case.daily_meeting_on)} heard this case."
        if case.daily_meeting_on
        else ""
    )
    said = tuple(Prose(line) for line in (heard, *case.judgement) if line)
    rows = tuple((what, "Yes" if there else "Not ticked", note) for what, there, note in case.safeguards)
    table = (Table(("Safeguard", "In place", "Note"), rows),) if rows else ()
    return Section("What the daily meeting judged", (*said, *table) or (Prose("Nothing was recorded."),))


def _actions(actions: tuple[PackAction, ...]) -> Section:
    """The actions the daily meeting recommended (Rulebook M1, A1)."""
    rows = tuple(
        (a.what, a.owner, a.category, _date(a.due) if a.due else "No date", a.status.capitalize())
        for a in actions
    )
    heads = ("What is to be done", "Owner", "Category", "Due", "Status")
    return Section("Actions", (Table(heads, rows),) if rows else (Prose("No action was recorded."),))


def _date(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
