"""What every answer carries, whoever asks at whichever door."""

import re

from werkzeug.test import TestResponse

POLICY = {
    "default-src 'none'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip


def check(answer: TestResponse) -> None:
    """The headers, to the letter."""
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    parts = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    assert parts >= POLICY
    [script] = parts - POLICY
    assert re.fullmatch(r"script-src 'nonce-[\w-]{20,}'", script)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def check_page(answer: TestResponse) -> None:
    """No script without a nonce, and no style or handler of its own."""
    page = answer.get_data(as_text=True)
    for script in re.findall(r"<script\b[^>]*>", page):
        assert "nonce=" in script, script
    assert not re.search(r"<style\b|<[^>]*\s(?:style|on\w+)=", page)
