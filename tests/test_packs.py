import re
from dataclasses import fields
from functools import cache
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import LargeBinary

from agenda.pack import PackCase
from agenda.pdf import draw
from meetingsvc.models import Base
from meetingsvc.packs import Stamp, passphrase, stamp, stamp_many, typeface
from tests.a_pack import WHEN, a_full_pack, built_fonts, small_fonts

PLAIN = pikepdf.StreamDecodeLevel.all
ZOE = Stamp("Zoë O'Hara", "Fellside Housing", 7, WHEN, UUID(int=7))
SAM = Stamp("Sam Teller", "Northmoor Police", 8, WHEN, UUID(int=8))


@cache
def base() -> bytes:
    return draw(a_full_pack(5), small_fonts())


@cache
def copy() -> bytes:
    return stamp(base(), ZOE, "the-phrase", small_fonts())


def opened(encrypted: bytes, phrase: str) -> PdfReader:
    return PdfReader(BytesIO(decrypted(encrypted, phrase)))


def decrypted(encrypted: bytes, phrase: str) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(encrypted), password=phrase) as pdf:
        pdf.save(out, encryption=False, compress_streams=False, stream_decode_level=PLAIN)
    return out.getvalue()


def test_M1_a_copy_is_encrypted_with_aes_256_in_its_undeprecated_form():
    with pikepdf.open(BytesIO(copy()), password="the-phrase") as pdf:
        assert (pdf.encryption.R, pdf.encryption.V, pdf.encryption.bits) == (6, 5, 256)
        assert (
            pdf.encryption.stream_method
            == pdf.encryption.string_method
            == pikepdf.models.EncryptionMethod.aesv3
        )
        assert pdf.allow.accessibility and pdf.allow.extract and not pdf.allow.modify_other
        assert pdf.user_password_matched and not pdf.owner_password_matched


@pytest.mark.parametrize("phrase", ["", "the-phrase ", "THE-PHRASE", "Zoë O'Hara"])
def test_M1_a_copy_opens_with_nothing_but_its_passphrase(phrase: str):
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(copy()), password=phrase)


def test_M1_nothing_of_the_pack_can_be_read_in_an_encrypted_copy():
    for told in (b"C-000123", b"MARAC", b"Fellside", b"Northmoor", b"Copy 7", str(ZOE.copy_id).encode()):
        assert told not in copy()


def test_M1_every_page_names_the_recipient_agency_copy_and_time():
    pages = opened(copy(), "the-phrase").pages
    assert len(pages) == len(PdfReader(BytesIO(base())).pages)
    for page in pages:
        text = page.extract_text()
        assert "Copy 7 · Zoë O'Hara · Fellside Housing · 14 January 2027, 09:30" in text
        assert text.count("Zoë O'Hara") > 10


def test_M1_one_page_taken_out_alone_still_names_the_recipient():
    out = BytesIO()
    with pikepdf.open(BytesIO(copy()), password="the-phrase") as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[-1])
        single.save(out)
    assert "Copy 7 · Zoë O'Hara" in PdfReader(BytesIO(out.getvalue())).pages[0].extract_text()


@pytest.mark.parametrize("across", range(2))
@pytest.mark.parametrize("up", range(4))
def test_M1_a_piece_cut_from_a_page_still_names_the_recipient(across: int, up: int):
    """Half the width and a quarter of the height: a name begins inside each such piece."""
    places: list[tuple[float, float]] = []

    def visit(text: str, _cm: object, matrix: list[float], *_: object) -> None:
        if "Zoë" in text:
            places.append((matrix[4], matrix[5]))

    page = opened(copy(), "the-phrase").pages[-1]
    page.extract_text(visitor_text=lambda text, cm, tm, *_: visit(text, cm, _placed(cm, tm)))
    assert any(across * 298 <= x <= across * 298 + 298 and up * 210 <= y <= up * 210 + 210 for x, y in places)


def _placed(cm: list[float], tm: list[float]) -> list[float]:
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return [1, 0, 0, 1, x, y]


def test_M1_each_recipient_gets_their_own_copy_and_no_trace_of_another():
    copies = list(stamp_many(base(), [(ZOE, "one"), (SAM, "two")], small_fonts()))
    plain = [decrypted(each, phrase) for each, phrase in zip(copies, ("one", "two"), strict=True)]
    assert b"Sam Teller" in plain[1] and b"Sam Teller" not in plain[0]
    assert b"Copy 7" in plain[0] and b"Copy 7" not in plain[1]
    assert str(ZOE.copy_id).encode() in plain[0] and str(ZOE.copy_id).encode() not in plain[1]


def test_M1_metadata_names_no_one_and_carries_the_copy_only_as_a_number():
    with pikepdf.open(BytesIO(copy()), password="the-phrase") as pdf:
        told = {key: str(value) for key, value in pdf.docinfo.items()}
    assert told["/CopyId"] == str(ZOE.copy_id)
    assert not any(name in str(told) for name in ("Zoë", "Fellside", "Niamh", "Gareth"))


def test_M1_a_copy_keeps_outline_language_and_text():
    reader = opened(copy(), "the-phrase")
    assert len(reader.outline) == len(PdfReader(BytesIO(base())).outline)
    assert reader.root_object["/Lang"] == "en-GB"
    assert "Niamh Ó Braonáin" in reader.pages[0].extract_text()


def test_the_base_is_the_same_after_stamping():
    before = bytes(base())
    list(stamp_many(base(), [(ZOE, "one")], small_fonts()))
    assert base() == before == draw(a_full_pack(5), small_fonts())


def test_a_name_as_long_as_a_page_or_full_of_control_characters_is_stamped():
    odd = Stamp("N\u202eame\x00\n" * 200, "A" * 900, 1, WHEN, UUID(int=1))
    reader = opened(stamp(base(), odd, "x", small_fonts()), "x")
    assert "Copy 1 · Name" in reader.pages[0].extract_text()


def test_a_passphrase_can_be_read_aloud_and_is_never_the_same():
    made = {passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-hjkmnp-z]{3}(-[a-hjkmnp-z]{3}){5}", each) for each in made)
    assert 23**18 > 2**75


def test_the_service_stamps_with_the_typeface_it_ships():
    assert typeface() == built_fonts()


def test_E4_every_file_the_service_keeps_is_one_it_drew_itself() -> None:
    """No room for a document somebody sent: a new one here has to say how social care's stay out of packs."""
    files = {table.name for table in Base.metadata.tables.values() if "content" in table.columns
             and isinstance(table.columns["content"].type, LargeBinary)}  # fmt: skip
    assert files == {"pack", "pack_copy", "minutes_copy", "offline_pack", "transfer", "disclosure_release"}


def test_E4_a_pack_says_what_was_told_to_the_daily_meeting_and_no_research_or_document() -> None:
    told = {field.name for field in fields(PackCase)}
    assert told == {
        "reference", "group", "purpose", "risk", "repeat", "incidents", "daily_meeting_on",
        "judgement",
        "safeguards", "shared", "actions", "clarified", "number", "consent", "increases", "contact",
        "starts_at",
    }  # fmt: skip
    with pikepdf.open(BytesIO(copy()), password="the-phrase") as pdf:
        assert not pdf.attachments and not any(page.get_images() for page in pdf.pages)
