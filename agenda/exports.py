"""What a spreadsheet must not take for a formula."""

import re

_RUN = "[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]"  # ASVS 1.2.10; the last four are their full-width forms
_FORMULA = re.compile(f"'*{_RUN}")
_NEUTRALISED = re.compile(f"'+{_RUN}")


def neutralise(cell: str) -> str:
    """A cell as it may leave in a CSV: one that a spreadsheet would run gets an apostrophe in front."""
    return "'" + cell if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """The cell that `neutralise` was given: rows downloaded, mended and sent again come back as they were."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell
