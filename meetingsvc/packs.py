"""Makes each recipient's own copy of a pack: stamped with their name on every page, then encrypted; and reads
from a file that turned up whose copy it is."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf

from agenda.pack_mark import drawing
from agenda.pack_words import moment
from agenda.pdf import Fonts, draw_stamp

_PIECE, _COPY = "/MeetingService", "/Copy"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz"  # without i, l and o, which are taken for one another and for digits
_GROUPS, _LETTERS = 6, 3  # 23 to the power of 18: 81 bits

# Reading aloud needs extraction, and a panel prints. The rest deters: who holds the passphrase can undo it.
_ALLOWED = pikepdf.Permissions(
    accessibility=True,
    extract=True,
    print_lowres=True,
    print_highres=True,
    modify_annotation=False,
    modify_assembly=False,
    modify_form=False,
    modify_other=False,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose copy it is. `copy_id` says nothing by itself: kept in the file out of sight, it traces a leak."""

    name: str
    agency: str
    copy_number: int
    at: datetime
    copy_id: UUID


@cache
def typeface() -> Fonts:
    """The embedded typeface, from the assets that the service is installed with."""
    folder = files("meetingsvc") / "static" / "vendor" / "fonts"
    return Fonts(
        (folder / "DejaVuSans.ttf").read_bytes(),
        (folder / "DejaVuSans-Bold.ttf").read_bytes(),
    )


def passphrase() -> str:
    """A passphrase to read out over the telephone: `khr-vmw-axe-tgd-sqn-ubz`, over 75 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


def stamp(base: bytes, recipient: Stamp, phrase: str, fonts: Fonts) -> bytes:
    """One recipient's copy of `base`, named on every page and encrypted with AES-256 (R6)."""
    return next(stamp_many(base, [(recipient, phrase)], fonts))


def stamp_many(base: bytes, recipients: Iterable[tuple[Stamp, str]], fonts: Fonts) -> Iterator[bytes]:
    """A copy for each recipient with their passphrase. The base is read once; only the stamp is exchanged."""
    with Pdf.open(BytesIO(base)) as pdf:
        shared = _lay_over_every_page(pdf)
        for recipient, phrase in recipients:
            _exchange(pdf, shared.stamp, recipient, fonts)
            _mark(pdf, shared, recipient.copy_id)
            yield _encrypted(pdf, phrase)


class _Shared(NamedTuple):
    """What every page has, once for all: for each recipient its content is exchanged, and no page touched."""

    stamp: Object
    before: Object
    after: Object
    told: Object


def _mark(pdf: Pdf, shared: _Shared, copy_id: UUID) -> None:
    """Says which copy it is apart from the stamp, so that it is told without it (security.md A12).

    In the drawing of each page, as a mark around its content, and in what each page says of itself.
    """
    pdf.docinfo["/CopyId"] = str(copy_id)
    shared.before.write(drawing(copy_id) + b"q\n")
    shared.after.write(b"\nQ /Artifact <</Copy <%s>>> BDC q /Stamp Do Q EMC\n" % copy_id.hex.encode())
    shared.told[_COPY] = copy_id.hex


def _lay_over_every_page(pdf: Pdf) -> _Shared:
    """One form that every page shows last, and what says whose it is."""
    shared = pdf.make_stream(b"")
    before, after = pdf.make_stream(b""), pdf.make_stream(b"")
    told = pdf.make_indirect(Dictionary())
    for page in pdf.pages:
        contents = page.obj.Contents
        inside = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        page.obj.Contents = pikepdf.Array([before, *inside, after])
        page.obj.PieceInfo = Dictionary({_PIECE: told})
        if "/XObject" not in page.resources:
            page.resources.XObject = Dictionary()
        page.resources.XObject["/Stamp"] = shared
    return _Shared(shared, before, after, told)


def _exchange(pdf: Pdf, shared: Object, recipient: Stamp, fonts: Fonts) -> None:
    whose = f"Copy {recipient.copy_number} · {recipient.name} · {recipient.agency}"
    drawn = draw_stamp(f"{whose} · {moment(recipient.at)}", whose, fonts)
    with Pdf.open(BytesIO(drawn)) as overlay:
        form = pdf.copy_foreign(overlay.pages[0].as_form_xobject())
        shared.write(form.read_bytes())
        for key in ("/Type", "/Subtype", "/BBox", "/Resources"):
            shared[key] = form[key]
        shared[Name.CopyId] = str(recipient.copy_id)


def _encrypted(pdf: Pdf, phrase: str) -> bytes:
    out = BytesIO()
    owner = secrets.token_urlsafe(32)
    pdf.save(out, encryption=pikepdf.Encryption(owner=owner, user=phrase, R=6, allow=_ALLOWED))
    return out.getvalue()
