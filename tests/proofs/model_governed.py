"""Who may read which row of what is decided about information, in plain Python over everything that stands.

Third parties' requests, breaches, complaints, disagreements, decisions to share, parts in named cases; what
is kept and destroyed in `model_retention.py`, disclosure schemes and orders in `model_schemes.py`. From the
rulebook (K4, V1 to V4, X2, X5, X6) and security.md B.
"""

from collections.abc import Callable
from typing import Any

from agenda.calendar import local_day
from meetingsvc.models import (
    Base,
    BreachEntryRow,
    BreachRow,
    ComplaintEntryRow,
    ComplaintRow,
    DisagreementAgencyRow,
    DisagreementEntryRow,
    DisagreementRow,
    DisclosureAnswerRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DisclosureStepRow,
    NamedCaseEntryRow,
    NamedCaseHeldRow,
    NamedCasePartRow,
    SharingReviewRow,
    SharingRow,
)
from meetingsvc.store import (
    scope_disclosures,
    scope_governance,
    scope_named_cases,
    scope_sharing,
)
from tests.proofs import model_retention, model_schemes
from tests.proofs.model_reader import SITS, Reader

Rule = Callable[[Reader], set[Any]]
DECIDED = ("to be shared", "not to be shared")


def disagreements(reader: Reader) -> set[Any]:
    """For who runs the meetings, and the two sides (V4)."""
    of, agency = reader.tables.of, reader.agency.id
    answers = {one.disagreement_id for one in of(DisagreementAgencyRow) if one.agency_id == agency}
    return {
        one.id for one in reader._mine(of(DisagreementRow))
        if one.case_id not in reader.closed
        and (reader.runs or (reader.sits and (one.agency_id == agency or one.id in answers)))
    }  # fmt: skip


def requests(reader: Reader) -> set[Any]:
    """On cases one may open: what goes to the chair, for the chair and who logged it (X5); to an agency what
    it was asked (X2)."""
    of, role = reader.tables.of, reader.account.role
    rows = [one for one in reader._mine(of(DisclosureRow)) if one.case_id in reader.cases]
    if role in SITS:
        asked = {one.request_id for one in of(DisclosureAskedRow) if one.agency_id == reader.agency.id}
        return {one.id for one in rows if one.id in asked}
    if not (reader.runs or reader.governs):
        return set()
    mine = reader.account.id
    return {one.id for one in rows if reader.chairs or not one.to_chair or one.logged_by == mine}


def heads(reader: Reader) -> set[Any]:
    """Whoever governs keeps the clock of what they have logged themselves and that has not ended, though its
    case is not open to them now; of a case that is kept from them nothing (X2, M6)."""
    return {
        one.id for one in reader._mine(reader.tables.of(DisclosureRow))
        if reader.governs and one.logged_by == reader.account.id and not one.ended_at
        and one.case_id not in reader.closed | reader.cases
    }  # fmt: skip


def _said_to(reader: Reader, row: Any) -> bool:
    """Whoever runs the meetings hears every agency; an agency itself alone."""
    return reader.runs or (reader.account.role in SITS and row.agency_id == reader.agency.id)


def _asked(reader: Reader) -> set[Any]:
    seen = requests(reader)
    return {one.request_id for one in reader.tables.of(DisclosureAskedRow)
            if one.request_id in seen and _said_to(reader, one)}  # fmt: skip


def _answers(reader: Reader) -> set[Any]:
    seen = requests(reader)
    return {one.id for one in reader.tables.of(DisclosureAnswerRow)
            if one.request_id in seen and _said_to(reader, one)}  # fmt: skip


def _releases(reader: Reader) -> set[Any]:
    seen = requests(reader) if reader.runs else set()
    return {one.id for one in reader.tables.of(DisclosureReleaseRow) if one.request_id in seen}


def _sharing(reader: Reader) -> set[Any]:
    """One's own; of what is decided on a case, the area's for who runs its meetings (K4)."""
    return {
        one.id for one in reader._mine(reader.tables.of(SharingRow))
        if (one.case_id is None or one.case_id in reader.cases)
        and (one.made_by == reader.account.id or (reader.runs and one.case_id and one.state in DECIDED))
    }  # fmt: skip


def _is_guest(reader: Reader) -> bool:
    return reader.account.role in SITS and reader.agency.signed_on is None


def _parts(reader: Reader) -> set[Any]:
    """Of a case one may open; of an agency that has never signed its own, from its first to its last day,
    once the chair has allowed it (V1). None of a case that is kept from one (M6)."""
    rows, today = reader._mine(reader.tables.of(NamedCasePartRow)), local_day(reader.now)
    if not _is_guest(reader):
        return {one.id for one in rows if one.case_id in reader.cases}
    allowed = ("allowed, with the terms not accepted yet", "taking part")
    return {
        one.id for one in rows
        if one.agency_id == reader.agency.id and one.case_id not in reader.closed
        and one.state in allowed and one.since <= today <= one.until
    }  # fmt: skip


def _said_in_parts(reader: Reader) -> set[Any]:
    """Who runs the meetings; such an agency once it has accepted the terms (V1)."""
    seen, of = _parts(reader), reader.tables.of
    accepted = {one.id for one in of(NamedCasePartRow) if one.state == "taking part"}
    if _is_guest(reader):
        seen &= accepted
    elif not reader.runs:
        return set()
    return {one.id for one in of(NamedCaseEntryRow) if one.part_id in seen}


def _held_by_guests(reader: Reader) -> set[Any]:
    """What such an agency is asked once its part is over: who runs the meetings, of a case they may open; and
    the agency itself. None of a case that is kept from one (V1, M6)."""
    rows = reader._mine(reader.tables.of(NamedCaseHeldRow))
    if _is_guest(reader):
        own = [one for one in rows if one.agency_id == reader.agency.id]
        return {one.part_id for one in own if one.case_id not in reader.kept}
    return {one.part_id for one in rows if reader.runs and one.case_id in reader.cases}


def _of(table: Any, column: str, parents: Rule) -> Rule:
    def found(reader: Reader) -> set[Any]:
        seen = parents(reader)
        return {one.id for one in reader.tables.of(table) if getattr(one, column) in seen}

    return found


#: By name: the table and its key, how the scope narrows it, and what the rules say.
NARROWED: dict[str, tuple[type[Base], str, Callable[[Any], Any], Rule]] = {
    "breaches": (BreachRow, "id", lambda who: scope_governance.breaches_of(who), Reader.breaches),
    "done about breaches": (
        BreachEntryRow, "id", lambda who: scope_governance.told_of_breach(who, BreachEntryRow.breach_id),
        _of(BreachEntryRow, "breach_id", Reader.breaches),
    ),
    "complaints": (ComplaintRow, "id", lambda who: scope_governance.complaints_of(who), Reader.complaints),
    "done about complaints": (
        ComplaintEntryRow, "id",
        lambda who: scope_governance.told_of_complaint(who, ComplaintEntryRow.complaint_id),
        _of(ComplaintEntryRow, "complaint_id", Reader.complaints),
    ),
    "disagreements": (
        DisagreementRow, "id", lambda who: scope_governance.disagreements_of(who), disagreements
    ),
    "done about disagreements": (
        DisagreementEntryRow, "id",
        lambda who: scope_governance.told_of_disagreement(who, DisagreementEntryRow.disagreement_id),
        _of(DisagreementEntryRow, "disagreement_id", disagreements),
    ),
    "requests": (DisclosureRow, "id", lambda who: scope_disclosures.requests_of(who), requests),
    "steps of requests": (
        DisclosureStepRow, "id",
        lambda who: scope_disclosures.told_of_request(who, DisclosureStepRow.request_id),
        _of(DisclosureStepRow, "request_id", requests),
    ),
    "who was asked": (DisclosureAskedRow, "request_id", lambda who: scope_disclosures.asked_of(who), _asked),
    "answers": (DisclosureAnswerRow, "id", lambda who: scope_disclosures.answers_of(who), _answers),
    "releases": (DisclosureReleaseRow, "id", lambda who: scope_disclosures.releases_of(who), _releases),
    "clocks of requests": (DisclosureRow, "id", lambda who: scope_disclosures.heads_of(who), heads),
    **model_retention.NARROWED,
    "decisions to share": (SharingRow, "id", lambda who: scope_sharing.sharing_of(who), _sharing),
    "reviews of decisions to share": (
        SharingReviewRow, "id", lambda who: scope_sharing.steps_of_sharing(who),
        _of(SharingReviewRow, "sharing_id", _sharing),
    ),
    "parts in named cases": (NamedCasePartRow, "id", lambda who: scope_named_cases.parts_of(who), _parts),
    "said in named cases": (
        NamedCaseEntryRow, "id", lambda who: scope_named_cases.entries_of(who), _said_in_parts
    ),
    "asked after named cases": (
        NamedCaseHeldRow, "part_id", lambda who: scope_named_cases.held_of(who), _held_by_guests
    ),
    **model_schemes.NARROWED,
}  # fmt: skip
#: What the service reads for somebody, who is then shown a part of each alone.
READ_FOR = frozenset({"clocks of requests", model_schemes.TYPED})
