"""Text as it was typed into a box: made plain, and no longer than there is room for."""

from wtforms.validators import Length


def plain(text: str | None) -> str:
    """Without blanks at its ends, each line ended as it is kept."""
    return (text or "").strip().replace("\r\n", "\n")


def at_most(letters: int) -> Length:
    """As long as there is room for."""
    return Length(max=letters, message=f"Use {letters:,} characters or fewer")
