"""Builds the application from settings: wiring, nothing else."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from meetingsvc import api, assets, web
from meetingsvc.config import MEGABYTE, Settings, Unsafe
from meetingsvc.models import db
from meetingsvc.seal import Seal, keys_in, made
from meetingsvc.store.schema import migrate


def create_core(settings: Settings) -> Flask:
    """The database and nothing that listens: what commands need."""
    app = Flask("meetingsvc", static_folder=str(assets.STATIC), static_url_path="/static")
    app.config["SETTINGS"] = settings
    app.config["SEAL"] = Seal(lambda: _seal_keys(settings))
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    # Each role asks by statements of its own: of fewer, many would be put into words anew for each page.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "query_cache_size": 1500}
    if make_url(settings.database_url).get_backend_name() == "postgresql":
        # Policies look costly to the planner, and compiling a page's small queries took a second.
        app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"] = {"options": "-c jit=off"}
    if settings.database_url.startswith("sqlite"):
        _keep_private(settings)
    db.init_app(app)
    migrate.init_app(app, db)
    return app


def _seal_keys(settings: Settings) -> list[bytes]:
    """The key file's where one is named, then the secret key, which may have sealed before there was a file.

    The demonstration, which has neither, makes a file of its own.
    """
    secret = [settings.secret_key.encode()] if settings.secret_key else []
    if settings.seal_key_file:
        return keys_in(settings.seal_key_file) + secret
    if secret:
        return secret
    if settings.demo:
        return keys_in(made(settings.data_dir / "seal.key"))
    raise Unsafe("There is no key to seal with. Set MEETINGSVC_SECRET_KEY, or MEETINGSVC_SEAL_KEY_FILE.")


def _keep_private(settings: Settings) -> None:
    """Only the service's own account may read the database's file; SQLite gives its logs the same mode."""
    named = make_url(settings.database_url).database
    if not named:
        return  # in memory
    path = Path(named)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Unsafe(
            f"The database {path} cannot be written: {error.strerror}. "
            "Set MEETINGSVC_DATA_DIR, or MEETINGSVC_DATABASE_URL."
        ) from None


def create_app(settings: Settings) -> Flask:
    """The whole service. Raises `Unsafe` where the settings are, or where the assets have not been built."""
    settings.refuse_unsafe()
    if absent := assets.missing():
        raise Unsafe(
            f"The front-end assets are not built ({', '.join(absent)}). Run: python -m meetingsvc.assets"
        )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = create_core(settings)
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.feed_limit + MEGABYTE,
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer; SameSite and the token do this
        TRUSTED_HOSTS=[urlsplit(settings.public_url).hostname, "localhost", "127.0.0.1"],
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    api.set_up(app)
    web.set_up(app, settings)
    api.need_no_form(CSRFProtect(app))
    return app
