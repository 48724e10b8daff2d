"""How a release is worded, for the pages that packs are drawn on (Rulebook X6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.calendar import day_words
from agenda.pack import MARKING, Facts, Prose, Remark, Section, Worded
from agenda.pack_words import cleaned
from minutes.release import Piece, Recipient, Release

TITLE = "Release of information"
HANDLING = (
    "This copy is for the person named above, for the purpose named below, and for nothing else.",
    "Each piece belongs to the agency that supplied it. Pass nothing on without the chair’s consent.",
    "It was written anew for this release. What is left out of it was never in it.",
    "The perpetrator must not learn of it, from you or through anyone else.",
)


@dataclass(frozen=True, slots=True)
class About:
    """What a release says of itself."""

    area: str
    reference: str  # of the request: the case's own is the panel's
    kind: str
    to: Recipient
    made_on: date


def worded(release: Release, about: About, agencies: Mapping[UUID, str]) -> Worded:
    """The release in words: exactly its pieces, in its order, each under the document it stands in.

    It has no place for who wrote a piece or told it: they are others (X6).
    """
    purpose = Section("For what it is released", (Prose(about.to.purpose),))
    return cleaned(
        Worded(
            title=TITLE,
            subtitle=f"{about.area} · {about.kind} · {about.reference}",
            running=f"{TITLE} · {about.reference}",
            marking=MARKING,
            about=Facts(
                (
                    ("Prepared for", about.to.name),
                    ("Items", str(len(release.pieces))),
                    ("Request", about.reference),
                    ("Made", f"{about.made_on.day} {about.made_on:%b %Y}"),
                )
            ),
            handling=HANDLING,
            groups=(),
            opening=(purpose, *_first(release), *_pieces(release, agencies)),
        )
    )


def _first(release: Release) -> Iterator[Section]:
    if release.order:
        yield Section("Released as a court ordered", (Prose(release.order),))
    if release.concerns:
        yield Section("What concerns there are", (Prose(release.concerns),))


def _pieces(release: Release, agencies: Mapping[UUID, str]) -> Iterator[Section]:
    for document in dict.fromkeys(piece.document for piece in release.pieces):
        of_it = [piece for piece in release.pieces if piece.document is document]
        yield Section(document.value.capitalize(), tuple(_remark(piece, agencies) for piece in of_it))


def _remark(piece: Piece, agencies: Mapping[UUID, str]) -> Remark:
    supplied = agencies.get(piece.agency, "") if piece.agency else ""
    dated = day_words(piece.dated) if piece.dated else "not dated"
    return Remark(supplied or "The panel", "", dated, piece.sort.capitalize(), piece.over, piece.text)
