"""Whether a file is text that can be read at all, and in which encoding (contract: incident feed)."""

import codecs
from typing import BinaryIO, NamedTuple

BLOCK = 64 * 1024
LONGEST_LINE = 1024 * 1024
_CONTROLS = tuple({*range(32), 127} - set(b"\0\t\r\n"))
_UNDEFINED = tuple(b"\x81\x8d\x8f\x90\x9d")  # the bytes that Windows-1252 gives no meaning
_UTF16 = "The file is in UTF-16 ('Unicode text'). Save it as 'CSV UTF-8' and send it again."
_KINDS = {
    codecs.BOM_UTF16_LE: _UTF16,
    codecs.BOM_UTF16_BE: _UTF16,
    b"PK\x03\x04": "The file is a workbook or an archive, not CSV. Save it as 'CSV UTF-8' and send that.",
    b"\xd0\xcf\x11\xe0": "The file is a workbook, not CSV. Save it as 'CSV UTF-8' and send that.",
    b"%PDF": "The file is a PDF, not CSV.",
}


class Refused(ValueError):
    """A whole file turned away, with one clear line for whoever sent it. Nothing of it is stored."""


class TextFile(NamedTuple):
    """What a first look at a file found."""

    encoding: str  # "utf-8-sig" or "cp1252"
    size: int  # bytes
    plain: bool  # no control characters but tabs and line breaks


def check_file(stream: BinaryIO, limit: int) -> TextFile:
    """Read the file once in blocks: size, binary content, encoding; then go back to its start.

    CSV is UTF-8, with or without a byte-order mark, or else Windows-1252. Anything else is refused.
    """
    stream.seek(0)
    look = _Look(limit)
    while block := stream.read(BLOCK):
        look.at(block)
    stream.seek(0)
    return look.verdict()


class _Look:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = self._lines = self._run = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._utf8, self._marked, self._cp1252, self._plain = True, False, True, True

    def at(self, block: bytes) -> None:
        if not self._size:
            _refuse_kind(block)
            self._marked = block.startswith(codecs.BOM_UTF8)
        self._size += len(block)
        if self._size > self._limit:
            raise Refused(too_large(self._limit))
        if b"\0" in block:
            raise Refused("The file is not text: it holds bytes that no CSV has. Send CSV in UTF-8.")
        self._measure(block)
        self._utf8 = self._utf8 and self._decodes(block)
        self._plain = self._plain and not _holds(block, _CONTROLS)
        self._cp1252 = self._cp1252 and not _holds(block, _UNDEFINED)

    def _measure(self, block: bytes) -> None:
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._run = len(block) - last - 1 if last >= 0 else self._run + len(block)
        if self._run > LONGEST_LINE:
            line = self._lines + 1 + max(block.count(b"\n"), block.count(b"\r"))
            raise Refused(
                f"Line {line} is longer than {LONGEST_LINE:,} bytes: this is not a CSV of one row a line."
            )
        self._lines += max(block.count(b"\n"), block.count(b"\r"))

    def _decodes(self, block: bytes, final: bool = False) -> bool:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError:
            return False
        return True

    def verdict(self) -> TextFile:
        if not self._size:
            raise Refused("The file is empty.")
        if self._utf8 and self._decodes(b"", final=True):
            return TextFile("utf-8-sig", self._size, self._plain)
        if self._marked:
            raise Refused(
                "The file is marked as UTF-8 but is not UTF-8 throughout. Save it as 'CSV UTF-8' again."
            )
        if not self._cp1252:
            raise Refused(
                "The file is neither UTF-8 nor Windows-1252. Save it as 'CSV UTF-8' and send it again."
            )
        return TextFile("cp1252", self._size, self._plain)


def _holds(block: bytes, bytes_: tuple[int, ...]) -> bool:
    return any(map(block.__contains__, bytes_))  # several times as fast as a pattern


def _refuse_kind(block: bytes) -> None:
    for start, message in _KINDS.items():
        if block.startswith(start):
            raise Refused(message)
    # UTF-16 without its mark: of plain Latin text every other byte is NUL.
    if max(block[::2].count(0), block[1::2].count(0)) > len(block) // 4:
        raise Refused(_UTF16)


def too_large(limit: int) -> str:
    """What is said of a file over the limit."""
    return f"The file is larger than {_human(limit)}, the most that is taken at once. Split it."


def _human(size: int) -> str:
    return f"{size // 1024**2} MB" if size >= 1024**2 else f"{size:,} bytes"
