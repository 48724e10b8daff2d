"""What is hidden from a person is missing for them: the same 404, before anything else is looked at."""

from typing import TypeVar

from flask import abort

Found = TypeVar("Found")


def or_404(value: Found | None) -> Found:
    """The value, or the answer of an unknown address."""
    if value is None:
        abort(404)
    return value
