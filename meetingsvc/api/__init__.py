"""The machine doors: the police feed, missing episodes, and what describes them (OpenAPI)."""

from flask import Flask
from flask_smorest import Api
from flask_wtf import CSRFProtect

from meetingsvc.api import document_episodes, document_incidents, door, episodes, incidents
from meetingsvc.api.document import ABOUT, PROBLEM, TOKEN, VERSION

#: Whose import has put their routes on the door.
_ROUTES = (incidents, episodes)
_SCHEMAS = document_incidents.SCHEMAS | document_episodes.SCHEMAS | PROBLEM


class _Described(Api):  # type: ignore[misc]
    """Describes the doors. What goes wrong at them is answered where the pages' errors are."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass


def set_up(app: Flask) -> None:
    """The doors, before the guard looks whether each says what it needs."""
    app.config |= {"API_TITLE": "Meeting service", "API_VERSION": VERSION, "OPENAPI_VERSION": "3.1.0"}
    described = _Described(app, spec_kwargs={"info": {"description": ABOUT}})
    for name, schema in _SCHEMAS.items():
        described.spec.components.schema(name, schema)
    described.spec.components.security_scheme("token", TOKEN)
    described.register_blueprint(door.bp)
    app.config["OPENAPI"] = described.spec.to_dict()


def need_no_form(csrf: CSRFProtect) -> None:
    """A token of one's own is asked for instead of a form's: no browser sends it by itself."""
    csrf.exempt(door.bp)
