"""Proof: hostile strings into mail, calendar, CSV and PDF: none breaks out (security.md A15; ASVS 1.2.10)."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.message import Message as Parsed
from email.policy import compat32
from email.utils import getaddresses
from io import BytesIO, StringIO
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest

from agenda import exports
from agenda.calendar import LONDON
from agenda.emergency_pack import Coming, EmergencyPack, emergency_worded
from agenda.incidents import Party
from agenda.meetings import MeetingKind
from agenda.pack import PackIncident
from agenda.panels import Works
from agenda.pdf import draw_worded
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.packs import Stamp, stamp
from meetingsvc.store.outbox import Message
from notifications import invites, recipients
from notifications.invites import Entry, Series
from notifications.messages import Notice, Waiting
from tests.a_pack import a_case, a_note, a_pack, an_action, an_incident, small_fonts
from tests.hostile import strings
from tests.proofs import LONG, figure

HOW_MANY = 100_000 if LONG else 10_000
SAID = "{strings} strings, {refused} refused, {injected} injected"
NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
STARTS = datetime(2026, 12, 3, 9, 30, tzinfo=LONDON)
PLAIN = "wren@homes.gov.example"
WAITING = Waiting(MeetingKind.MARAC, date(2026, 12, 3), "/packs")
#: What a door says of a string it does not take: never anything else.
CLEAN = (ValueError, MessageError)


def tried(sink: str, ways: dict[str, Callable[[str], bool]]) -> None:
    """Every string, in one way after another: each is refused in words, or nothing of it breaks out."""
    refused, bad = 0, list[tuple[str, str]]()
    for place, text in enumerate(strings(HOW_MANY)):
        way = list(ways)[place % len(ways)]
        try:
            if not ways[way](text):
                bad.append((way, text[:200]))
        except CLEAN:
            refused += 1
    figure(f"hostile strings, {sink}", SAID, strings=HOW_MANY, refused=refused, injected=len(bad))
    assert not bad, bad[:5]


# -- mail: all that leaves goes through `mail.letter` --


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., EmailMessage]:
    """A notice of each kind in turn, as it leaves."""
    where = tmp_path_factory.mktemp("mail")
    settings = Settings("sqlite://", where, mail_from="m@panel.example", public_url="https://m.example")
    kinds, taken = list(Notice), 0

    def made(to: str, sender: str = PLAIN, reply_to: str = PLAIN, kind: Notice | None = None) -> EmailMessage:
        nonlocal taken
        taken += 1
        notice = kind or kinds[taken % len(kinds)]
        about = Message(
            UUID(int=1), UUID(int=2), UUID(int=3), notice, WAITING, 1, sender=sender, reply_to=reply_to
        )
        return mail.letter(about, to, settings, NOW)

    return made


def test_S2_no_string_adds_a_header_a_recipient_or_a_word_to_a_mail(
    letters: Callable[..., EmailMessage],
) -> None:
    usual = {kind: parts_of(letters(PLAIN, kind=kind)) for kind in Notice}

    def addresses(*told: str) -> bool:
        made = letters(*told)
        each = [made[name] for name in ("To", "From", "Reply-To")]
        one = all(len(got.addresses) == len(getaddresses([got])) == 1 for got in each)
        return one and parts_of(made) in usual.values()

    def path(text: str) -> bool:
        return not Waiting(MeetingKind.MARAC, date(2026, 12, 3), text)

    ways = {
        "the address": lambda text: addresses(text, text, text),
        "its local part": lambda text: addresses(f"{text}@homes.gov.example"),
        "the page": path,
    }
    tried("mail", ways)


def test_S2_an_encoded_word_brings_no_header_past_the_door() -> None:
    """Python before 3.11.10 decodes it as it folds the header, line break and all (CVE-2024-6923)."""
    word = "=?utf-8?b?eA0KQmNjOiB0QGUuZXhhbXBsZQ==?=@homes.gov.example"
    assert recipients.domain_of(word) is None
    assert recipients.domain_of("a=b?c@homes.gov.example") == "homes.gov.example"


def parts_of(made: EmailMessage) -> tuple[list[str], list[str]]:
    """The names of the headers, and what each part says, as another program reads them."""
    raw = made.as_bytes()
    parsed: Parsed = message_from_bytes(raw, policy=compat32)
    head = raw.partition(b"\r\n\r\n")[0]
    lines = [
        line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")
    ]
    assert not {10, 13} & {*head.replace(b"\r\n", b"")}, "a line break that is none"
    return lines, [
        str(parsed["Subject"]),
        *(str(part.get_payload()) for part in parsed.walk() if not part.is_multipart()),
    ]


# -- calendar --


def test_F3_no_string_adds_a_line_or_a_person_to_a_calendar() -> None:
    entry = Entry("meeting-1@m.example", 0, NOW, STARTS, 60)
    until = STARTS.replace(year=2027)
    usual = {
        "recipient": lines_of(invites.invitation(entry, PLAIN, PLAIN)),
        "feed": lines_of(invites.feed([Series("x@m.example", NOW, STARTS, until, 60, 14)], [entry])),
    }

    def invitation(text: str) -> bool:
        return lines_of(invites.invitation(replace(entry, uid=text), PLAIN, PLAIN)) == usual["recipient"]

    def feed(text: str) -> bool:
        made = invites.feed([Series(text, NOW, STARTS, until, 60, 14)], [entry])
        return lines_of(made) == usual["feed"]

    ways = {
        "its recipient": lambda text: lines_of(invites.invitation(entry, PLAIN, text)) == usual["recipient"],
        "its organiser": lambda text: lines_of(invites.invitation(entry, text, PLAIN)) == usual["recipient"],
        "its identifier": invitation,
        "the identifier of a series": feed,
        "a reply that is read": lambda text: not invites.read_reply(text.encode()),
    }
    tried("calendar", ways)


def lines_of(calendar: bytes) -> list[str]:
    """The names of its properties in their order, as a program reads them: folded lines put together."""
    text = calendar.decode().replace("\r\n ", "")
    return [re.split("[:;]", line, maxsplit=1)[0] for line in text.splitlines()]


# -- CSV --


def test_1_2_10_no_string_becomes_a_formula_or_a_cell_of_its_own() -> None:
    def row(text: str) -> bool:
        text.encode()
        out = StringIO()
        csv.writer(out).writerow(map(exports.neutralise, ["C-000001", text, text, "end"]))
        (back,) = csv.reader(StringIO(out.getvalue(), newline=""))
        return len(back) == 4 and not RUN.match(back[1]) and exports.restore(back[1]) == text

    tried("CSV", {"a cell": row})


#: What a spreadsheet may run where it stands first (ASVS 1.2.10, and its full-width forms).
RUN = re.compile("[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


def test_1_2_10_everything_that_writes_a_csv_for_people_neutralises_its_cells() -> None:
    house = Path(mail.__file__).parents[1]
    writers = {
        path.relative_to(house).as_posix(): path.read_text(encoding="utf-8")
        for room in ("agenda", "minutes", "notifications", "meetingsvc")
        for path in (house / room).rglob("*.py")
        if "csv.writer(" in path.read_text(encoding="utf-8")
    }
    assert writers.keys() == {
        "agenda/rejects.py",
        *(f"meetingsvc/web/{name}.py" for name in ("actions", "flags", "statistics")),
    }
    assert all("neutralise" in text for text in writers.values())


# -- PDF --

#: What a reader would open, run, fetch or fill in.
ALIVE = frozenset(
    "/URI /JS /JavaScript /Launch /EmbeddedFiles /EmbeddedFile /EF /AA /OpenAction /Annots /AcroForm /GoToR "
    "/GoToE /SubmitForm /ImportData /RichMedia /XFA /Image /Movie /Sound".split()
)
A_FILE = 500


def test_A15_no_string_brings_a_link_a_script_or_a_file_into_a_pdf() -> None:
    fonts, injected = small_fonts(), 0
    usual = shapes(drawn(["harmless"] * 12))
    for some in _batches():
        found = shapes(drawn(some))
        injected += len(found & ALIVE)
        assert found <= usual, found - usual
    harmless = drawn(["harmless"])
    for text in strings(60):
        who = Stamp(text, text, 1, NOW, UUID(int=1))
        with pikepdf.open(BytesIO(stamp(harmless, who, "x", fonts)), password="x") as pdf:
            injected += len(_shapes(pdf) & ALIVE)
    figure("hostile strings, PDF", SAID, strings=HOW_MANY, refused=0, injected=injected)
    assert not injected


def _batches() -> Iterator[list[str]]:
    found = list(strings(HOW_MANY))
    for at in range(0, len(found), A_FILE):
        yield found[at : at + A_FILE]


def drawn(some: list[str]) -> bytes:
    """An offline pack that says every one of them, in each place where a text can stand."""
    one = (some * 12)[: max(len(some), 12)]
    incident = an_incident(
        occurrence_number=one[6], victim=Party(one[0], one[1]), perpetrator=Party(one[2], one[3]),
        summary="\n".join(some), offence=one[4], relationship=one[5],
    )  # fmt: skip
    case = a_case(
        reference=one[7],
        incidents=(PackIncident.of(incident, some[:9]),),
        shared=tuple(
            a_note(text=text, agency=text[:80], author=text[:80], source=text[:80]) for text in some[::5]
        ),
        actions=tuple(an_action(what=text, owner=text[:80]) for text in some[1::5]),
        judgement=tuple(some[2::5]),
        contact=tuple(some[3::5]),
        safeguards=tuple((text, True, text) for text in some[4::5]),
    )
    pack = a_pack(case, area=one[8], agency=one[9])
    told = EmergencyPack(
        pack, Works.AGENDA, (Coming(one[10], one[11], one[0], one[1]),), ((one[2], one[3] or "-"),), one[4]
    )
    return draw_worded(emergency_worded(told), "MARAC offline pack", small_fonts())


def shapes(made: bytes) -> set[str]:
    """Every key and every name in a file, but for what its fonts are called."""
    with pikepdf.open(BytesIO(made)) as pdf:
        return _shapes(pdf)


def _shapes(pdf: pikepdf.Pdf) -> set[str]:
    return {name for found in pdf.objects for name in _names(found)}


def _names(found: object) -> Iterator[str]:
    if isinstance(found, pikepdf.Name):
        yield from () if "+" in str(found) else (str(found),)
    elif isinstance(found, pikepdf.Array):
        for one in found:
            yield from () if getattr(one, "is_indirect", False) else _names(one)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        for key, one in found.items():
            if not re.match(r"/(F\d|\d)", key):
                yield key
                yield from () if getattr(one, "is_indirect", False) else _names(one)
