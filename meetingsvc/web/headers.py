"""The headers every answer carries."""

import secrets

import structlog
from flask import Flask, Response, current_app, g, request

from meetingsvc.ways import DOORS

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
log = structlog.get_logger()
#: A page, and what it asks for while one types: `tests/test_ways.py` finds who answers so.
_PAGES = ("text/html", "application/json")
_A_YEAR = "public, max-age=31536000, immutable"


def set_up(app: Flask) -> None:
    """A fresh nonce for each request; nothing but the static files may be kept by a browser or a proxy."""

    @app.before_request
    def nonce() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.after_request
    def headers(response: Response) -> Response:
        if _is_of_no_door(response):
            log.error("answer refused", endpoint=request.endpoint, why="its module is no door of ways.py")
            response = Response("", 500)
        response.headers.update(_ALWAYS)
        response.headers["Content-Security-Policy"] = _POLICY.format(nonce=g.get("csp_nonce", ""))
        static = request.endpoint == "static" and response.status_code == 200
        response.headers["Cache-Control"] = _A_YEAR if static else "no-store"
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        return response


def _is_of_no_door(response: Response) -> bool:
    """A file leaves by a door that says by which way it goes, or not at all (Rulebook E4)."""
    if response.mimetype in _PAGES or request.endpoint is None or request.endpoint == "static":
        return False
    module = current_app.view_functions[request.endpoint].__module__
    return response.status_code < 400 and module.startswith("meetingsvc.") and module not in DOORS
