"""What a spreadsheet must not take for a formula."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def neutralise(cell: str) -> str:
    """A cell as it may leave in a CSV: one that a spreadsheet would run gets an apostrophe in front."""
    return "'" + cell if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """The cell that `neutralise` was given: rows downloaded, mended and sent again come back as they were."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell
