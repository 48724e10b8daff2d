"""Serving the pages with waitress: one process, several threads."""

import gc
import gzip
import signal
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from waitress import create_server

from meetingsvc.config import Settings
from meetingsvc.models import db

THREADS = 8
#: Objects made before the collector looks again: with the usual 700 it stops a page for 10 ms.
GC_THRESHOLD = 50_000
_TEXT = ("text/", "application/javascript", "image/svg+xml")


def serve(app: Flask, settings: Settings) -> None:
    """Answers until told to stop. The application has refused unsafe settings already."""
    compress_static(app)
    warm_up(app)
    server = create_server(app, **options(settings))
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()  # ends at SystemExit and KeyboardInterrupt, when what runs has been answered
    finally:
        server.close()
        with app.app_context():
            db.engine.dispose()


def options(settings: Settings) -> dict[str, Any]:
    """Waitress's settings.

    It drops the headers of proxies; where there are proxies of ours, ProxyFix reads exactly their number.
    """
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": THREADS,
        "ident": None,  # says nothing of the program
        "url_scheme": "https" if settings.secure_cookies else "http",
        "clear_untrusted_proxy_headers": not settings.proxy_hops,
        "max_request_body_size": 4 * settings.feed_limit,  # the application refuses earlier, in words
    }


def warm_up(app: Flask) -> None:
    """Draws up every template, then sets what is loaded aside, so that collecting garbage passes it by."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        if not name.startswith(("govuk_", "email/")):
            app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 10, 10)


def compress_static(app: Flask) -> None:
    """Static text travels compressed. A personal page never does: its length would tell (BREACH)."""

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or not (response.mimetype or "").startswith(_TEXT):
            return response
        response.vary.add("Accept-Encoding")
        path = Path(app.static_folder or "", (request.view_args or {}).get("filename", ""))
        if response.status_code == 200 and request.accept_encodings.quality("gzip") and path.is_file():
            response.direct_passthrough = False
            _let_go(response.response)
            response.set_data(_compressed(path, path.stat().st_mtime_ns))
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(f"{response.get_etag()[0]}-gzip")
        return response


def _let_go(body: Any) -> None:
    """Closes the file that would have been sent as it is."""
    if hasattr(body, "close"):
        body.close()


@lru_cache(maxsize=64)
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _stop(*_: object) -> None:
    raise SystemExit(0)
