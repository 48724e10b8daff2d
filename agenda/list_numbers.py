"""The numbers by which people call the cases of a list or an agenda: the same for every reader (M6)."""

from collections.abc import Iterable

KEPT = "R"
HINT = "Cases marked R are kept from somebody here: say their reference, not a number."


def numbers(kept: Iterable[bool]) -> tuple[str, ...]:
    """`1`, `2`, `3` for the cases of a list in its order; `R` for those that are kept from anybody at all.

    A case that some may not open takes no number from the others, and has none among its like: "case 7" is
    one case to everybody, and no gap tells of another (Rulebook M6).
    """
    plain, found = 0, []
    for is_kept in kept:
        plain += not is_kept
        found.append(KEPT if is_kept else str(plain))
    return tuple(found)


def called(number: str, reference: str) -> str:
    """Number and reference; of a case without a number the reference first, for that is what people say."""
    if number == KEPT:
        return f"{reference} ({KEPT})"
    return f"{number}. {reference}" if number else reference


def hint(numbers: Iterable[str]) -> str:
    """How those without a number are called, said once under a list; nothing where there is none."""
    return HINT if KEPT in numbers else ""
