"""`meetingsvc pack trace`: a file names its holder, and each look leaves its trace (security.md A12, V5)."""

from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from agenda.pdf import draw
from meetingsvc.cli import commands
from meetingsvc.models import AuditRow, db
from meetingsvc.pack_files import Unreadable
from meetingsvc.packs import Stamp, stamp
from meetingsvc.store import acting
from meetingsvc.usecases import pack_recalls, pack_tracing
from meetingsvc.usecases import packs as usecase
from tests.a_pack import a_pack, small_fonts
from tests.a_recalled_pack import LATER, NOW, Out
from tests.servers.remembered import remembered


@pytest.fixture
@remembered
def leaked(area_id: UUID) -> tuple[Out, UUID, bytes]:
    """One page of Joan's copy, unlocked; the pack has been recalled since."""
    out = Out(area_id).publish()
    usecase.make_copy(out.tomasz, out.pack_id, 0, NOW)
    made = usecase.make_copy(out.joan, out.pack_id, 0, NOW)
    assert made is not None
    page = BytesIO()
    content = usecase.fetch(out.joan, made.copy_id, NOW)
    with pikepdf.open(BytesIO(content), password=made.passphrase) as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[-1])
        single.save(page)
    pack_recalls.recall(out.coordinator, out.pack_id, "It leaked.", LATER)
    return out, made.copy_id, page.getvalue()


def traced() -> list[tuple[str, str]]:
    rows = select(AuditRow).where(AuditRow.action == "pack.traced").order_by(AuditRow.id)
    return [(row.actor, row.subject) for row in db.session.scalars(rows)]


def test_A12_a_page_names_its_copy_though_its_content_is_gone_here(leaked: tuple[Out, UUID, bytes]) -> None:
    _, copy_id, page = leaked
    with acting.service():
        found = pack_tracing.trace(page, "", LATER)
    ((whose, _),) = found.copies
    assert (whose.number, whose.person, whose.agency) == (2, "Joan Akande", "Fellside Homes")
    assert whose.of == "pack, agenda" and whose.made_at == NOW and f"{whose.sits_on}" == "2026-12-03"
    assert traced() == [("command line", f"copy/{copy_id}")]


def test_A12_a_mark_no_register_knows_names_nobody(leaked: tuple[Out, UUID, bytes]) -> None:
    who = Stamp("Zoë O'Hara", "Elsewhere", 7, NOW, UUID("6f1c2d3e-0000-4000-8000-000000000007"))
    from_elsewhere = stamp(draw(a_pack(), small_fonts()), who, "p", small_fonts())
    with acting.service():
        found = pack_tracing.trace(from_elsewhere, "p", LATER)
    assert (found.copies, found.unknown) == ((), 1)
    assert traced()[-1][1].startswith("file/")


def test_V5_a_look_at_what_cannot_be_read_leaves_its_trace_too(area_id: UUID) -> None:
    with acting.service(), pytest.raises(Unreadable):
        pack_tracing.trace(b"no pdf", "", LATER)
    assert len(traced()) == 1


def test_A12_the_command_names_the_holder_and_says_plainly_where_it_cannot(
    leaked: tuple[Out, UUID, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, page = leaked
    monkeypatch.setattr("meetingsvc.cli.packs.opened", nullcontext)
    (tmp_path / "page.pdf").write_bytes(page)
    (tmp_path / "no.pdf").write_bytes(b"no pdf")
    with acting.service():
        named = CliRunner().invoke(commands, ["pack", "trace", str(tmp_path / "page.pdf")])
        refused = CliRunner().invoke(commands, ["pack", "trace", str(tmp_path / "no.pdf")])
    assert named.exit_code == 0, named.output
    assert "Copy 2 of the pack, agenda, meeting of 3 December 2026" in named.stdout
    assert "Joan Akande, Fellside Homes, on 23 November 2026, 08:30" in named.stdout
    assert refused.exit_code == 1 and "cannot be read as a PDF" in refused.stderr
