"""What a browser without JavaScript sends of a form on a page, as it stands."""

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict

Sent = MultiDict[str, str]
_SILENT = ("submit", "button", "image", "reset", "file")


def sent_by(page: str, form_id: str, **typed: str) -> Sent:
    """All of one form, with some fields typed anew; a template's fields are no part of it."""
    reader = _Reader(form_id)
    reader.feed(page)
    found = reader.found
    found.pop("csrf_token", None)
    for name, value in typed.items():
        found.setlist(name, [value])
    return found


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.found: Sent = MultiDict()
        self._id, self._inside, self._template, self._area, self._select = form_id, False, 0, "", ""
        self._choice: str | None = None

    def _is_ours(self, told: dict[str, str | None]) -> bool:
        owner = told.get("form")
        return not self._template and (owner == self._id if owner else self._inside)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "form":
            self._inside = told.get("id") == self._id
        elif tag == "template":
            self._template += 1
        elif tag == "option" and self._select and (self._choice is None or "selected" in told):
            self._choice = told.get("value") or ""
        elif name and self._is_ours(told):
            self._control(tag, name, told)

    def _control(self, tag: str, name: str, told: dict[str, str | None]) -> None:
        kind = told.get("type") or "text"
        if tag == "textarea":
            self._area = name
            self.found.add(name, "")
        elif tag == "select":
            self._select, self._choice = name, None
        elif tag == "input" and kind not in _SILENT:
            if kind not in ("radio", "checkbox") or "checked" in told:
                self.found.add(name, told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "template":
            self._template -= 1
        elif tag == "textarea":
            self._area = ""
        elif tag == "select" and self._select:
            self.found.add(self._select, self._choice or "")
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            *before, last = self.found.poplist(self._area)
            self.found.setlist(self._area, [*before, (last + data).removeprefix("\r\n").removeprefix("\n")])
