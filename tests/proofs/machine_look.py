"""What somebody comes across at the pages, held against the rules: the small sweep of proof 3.

Each case has a token as its victim's surname, each incident one in its summary, each note one in its text.
"""

from collections.abc import Iterator, Sequence
from contextvars import Context
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select

from meetingsvc.models import DisclosureRow, EntryRow, IncidentRow, ItemRow, PackCopyRow, PackRow, db
from meetingsvc.store import acting, disclosure_items
from tests.proofs.canaries import found_in
from tests.proofs.machine_ground import Copy
from tests.proofs.machine_packs import Packs
from tests.proofs.machine_words import may_read, must_read, registered
from tests.proofs.model_governed import heads
from tests.proofs.model_reader import RUNS, SITS, Reader
from tests.second_factor import open_session

#: Whose work it is to read cases at all; the others' pages say nothing of any (security.md B).
READS = (*RUNS, *SITS, "information governance")
SOMEWHERE = ("/", "/packs")
EVERYWHERE = (*SOMEWHERE, "/lists", "/actions", "/actions/twice", "/feedback", "/flags", "/crimes",
              "/emergencies", "/research", "/need-to-know", "/openings", "/tickets", "/decisions", "/audit",
              "/accounts", "/corrections", "/refusals", "/alarms", "/me/details", "/breaches",
              "/breaches/mine", "/complaints", "/complaints/mine", "/disagreements", "/requests")  # fmt: skip
CASE_PAGES = ("", "/in-full", "/shared", "/plan", "/timeline")
ITEM_PAGES, MEETING_PAGES = ("outcome", "feedback"), ("record", "research")
ITEMS = 6  # of so many, the newest, their own pages are opened
NEWEST = 3  # so many incidents stand in full on a case's page
PACKED = ("outcome", "action")  # what a pack says of a daily meeting
SEARCH = "/search"  # of all surnames at once, by the beginning of every token
Answer = tuple[str, int, str]


def visit(app: Flask, account_id: UUID, machine: Packs, paths: Sequence[str]) -> list[Answer]:
    """What somebody is answered, signed in as after both steps; apart from what the proof itself is doing."""
    db.session.rollback()
    return Context().run(_visit, app, account_id, machine, paths)


def _visit(app: Flask, account_id: UUID, machine: Packs, paths: Sequence[str]) -> list[Answer]:
    client = open_session(app, account_id, machine.now)
    asked = [(path, client.get(path, buffered=True)) for path in paths if path != SEARCH]
    asked += [(path, client.post(path, data={"words": "qz"})) for path in paths if path == SEARCH]
    return [
        (path, one.status_code, str(one.headers) + one.get_data().decode("latin-1")) for path, one in asked
    ]


class Look:
    """One person's way through the pages, as things stand."""

    def __init__(self, machine: Packs, reader: Reader) -> None:
        self.machine, self.reader = machine, reader
        self.who = f"{reader.account.role} of {reader.agency.name}"
        self.cases = reader.cases if reader.account.role in READS else set()
        of = reader.tables.of
        numbers = {one.id: one.occurrence_number for one in of(IncidentRow)}
        told = {numbers[one.incident_id] for one in of(EntryRow) if one.item_id in reader.told}
        known = {numbers[one] for one in reader.incidents} if reader.runs else set()
        self.must, self.may = set[str](), set[str]()
        #: A pack says of an open case what was known when it was built, wherever its referral is now.
        self.packed = {said for said, item in machine.notes.items() if self._case_of(item) in self.cases}
        self.packed |= {said for said, words in machine.words.items()
                        if words.kind in PACKED and words.case in self.cases}  # fmt: skip
        for couple in machine.couples:
            if couple.case_id in self.cases:
                self.packed |= set(couple.told.values())
                self.must |= {couple.surname, *(couple.told[sent] for sent in couple.told.keys() & told)}
            if here := couple.told.keys() & known:
                self.may |= {couple.surname, *(couple.told[sent] for sent in here)}
        self.may |= self.must | self.notes()
        self.may |= {said for said, words in machine.words.items() if may_read(reader, said, words)}
        self.registered, self.heads = registered(reader), heads(reader)
        self.supplied = self._supplied()

    def _supplied(self) -> set[str]:
        """What is held of a case about which a third party asks: to an agency what it supplied itself, to who
        runs the meetings all of it (X2)."""
        reader, found = self.reader, set[str]()
        asked, area_id = self.registered["requests"], reader.agency.area_id
        for case_id in {one.case_id for one in reader.tables.of(DisclosureRow) if one.id in asked}:
            with acting.whole_area(area_id):
                items = disclosure_items.held(area_id, case_id)
            own = [one for one in items if reader.sits and one.agency == reader.agency.id]
            found |= {said for one in (items if reader.runs else own) for said in found_in(one.text)}
        return found

    def _case_of(self, item_id: UUID) -> UUID | None:
        rows = self.reader.tables.of(ItemRow)
        return next((one.case_id for one in rows if one.id == item_id), None)

    def notes(self) -> set[str]:
        """What agencies shared is for the panel, not for a ticket (security.md B, "add own item")."""
        panel = self.reader.runs or self.reader.account.role in SITS
        return {said for said, item in self.machine.notes.items() if panel and item in self.reader.told}

    def _minuted(self) -> set[str]:
        """What minutes say to the panel in their drafter's words."""
        panel = self.reader.runs or self.reader.sits
        return must_read(self.reader) if panel else set()

    def _recorded(self) -> set[str]:
        """What stands in the registers that they deal with, or take part in."""
        return {said for said, words in self.machine.words.items()
                if words.item in self.registered.get(words.kind, ())}  # fmt: skip

    def around(self, *, whole: bool) -> int:
        """Every token that is theirs and no other; how many answers were looked at."""
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        answers = visit(app, self.reader.account.id, self.machine, list(self._paths(whole)))
        found = set[str]()
        for path, status, text in answers:
            assert status < 500, path
            found |= (here := found_in(text))
            may = self.may | self.packed if path.startswith("/packs/") else self.may
            may = may | self.supplied if path.startswith("/requests/") else may
            more = {said: self.machine.words.get(said, said) for said in here - may}
            assert not more, f"{self.who} finds {more} on {path}"
            self._case_page(path, status)
            self._copy(path, status)
            self._register_page(path, status)
        due = self.must | (self.notes() | self._minuted() | self._recorded() if whole else set())
        less = {said: self.machine.words.get(said, said) for said in due - found}
        assert not less, f"{self.who} does not find {less}"
        return len(answers)

    def _paths(self, whole: bool) -> Iterator[str]:
        machine, rows = self.machine, select(PackRow.id)
        yield from EVERYWHERE if whole else SOMEWHERE
        yield SEARCH
        yield from (f"/lists/{day}" for day in (machine.days if whole else machine.days[-1:]))
        for couple in machine.couples:
            if couple.case_id:
                pages = CASE_PAGES if whole or len(couple.told) > NEWEST else CASE_PAGES[:1]
                yield from (f"/cases/{couple.case_id}{page}" for page in pages)
        for name in self.registered:
            ever = dict.fromkeys(one.item for one in machine.words.values() if one.kind == name)
            yield from (f"/{name}/{key}" for key in list(ever)[0 if whole else -1 :])
        yield from self._of_meetings(whole)
        for pack in db.session.scalars(rows.where(PackRow.area_id == machine.area_id)):
            yield f"/packs/{pack}/read"
        mine = [one for one in machine.copies if one.holder.account_id == self.reader.account.id]
        self.copies = {f"/packs/copies/{one.id}/pack.pdf": self._is_due(one) for one in mine}
        yield from self.copies

    def _of_meetings(self, whole: bool) -> Iterator[str]:
        marac = self.machine.meetings("MARAC")
        both = [*self.machine.meetings("DRAMM"), *marac]
        yield from (f"/marac/{meeting}" for meeting in marac)
        yield from (f"/minutes/{meeting}" for meeting in both if meeting in self.machine.ended)
        items = list(self.machine.case_of)[-ITEMS if whole else -1 :]
        yield from (f"/items/{item}/{page}" for item in items for page in ITEM_PAGES[: 2 if whole else 1])
        if whole:
            yield from (f"/meetings/{meeting}/{page}" for meeting in both for page in MEETING_PAGES)
            yield from (f"/marac/{meeting}/{page}" for meeting in marac
                        for page in ("confirmations", "confirmed"))  # fmt: skip

    def _case_page(self, path: str, status: int) -> None:
        """Hidden is missing, and destroyed is too; whose work it is not is told nothing else."""
        parts = path.split("/")
        if parts[1] == "cases" and not path.endswith("/shared"):
            is_theirs = UUID(parts[2]) in self.cases
            assert (status == 200) == is_theirs, f"{self.who} is answered {status} at {path}"
            assert is_theirs or status in (403, 404)

    def _register_page(self, path: str, status: int) -> None:
        """Hidden is missing; whose register it is not is told nothing else."""
        _, register, *key = path.split("/")
        if register in self.registered and key and key[0] != "mine":
            kept = self.heads if register == "requests" else set()  # its clock alone (X2)
            is_theirs = UUID(key[0]) in self.registered[register] | kept
            assert (status == 200) == is_theirs, f"{self.who} is answered {status} at {path}"
            assert is_theirs or status in (403, 404)

    def _copy(self, path: str, status: int) -> None:
        if path in self.copies:
            due = self.copies[path]
            assert (status == 200) == due, f"{self.who} is answered {status} for a copy, due: {due}"

    def _is_due(self, copy: Copy) -> bool:
        """A copy of before may still be had: every case in it is open to its holder now (F3, S3, V1, M6)."""
        rows = select(PackCopyRow.agency_id, PackRow.meeting_id, PackRow.expires_at).join(
            PackRow, PackRow.id == PackCopyRow.pack_id
        )
        kept = rows.where(PackCopyRow.id == copy.id, PackCopyRow.content.is_not(None))
        for agency_id, meeting_id, expires_at in db.session.execute(kept):
            return (
                agency_id == self.reader.agency.id
                and expires_at > self.machine.now
                and self.machine.may_have_packs(self.reader, meeting_id)
                and copy.cases <= self.reader.cases
                and not any(self.machine.collides(self.reader.account.id, one) for one in copy.cases)
            )
        return False
