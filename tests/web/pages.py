"""Reading answers in tests."""

import re

from werkzeug.test import TestResponse


def text(answer: TestResponse) -> str:
    """The words of a page."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", bare).split())
