"""Long tables, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for


def page_asked() -> int:
    """The page the address names: 1 where it names none that could be."""
    told = request.args.get("page", "1")
    return int(told) if told.isascii() and told.isdigit() and 0 < len(told) < 7 and int(told) else 1


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page this is, of how many."""

    page: int
    rows: int
    size: int
    keep: Mapping[str, str] = field(default_factory=dict)  # what else the address says

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.rows // self.size))

    @property
    def before(self) -> str | None:
        """The address of the page before."""
        return self._address(min(self.page - 1, self.last)) if self.page > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the next page."""
        return self._address(self.page + 1) if self.page < self.last else None

    def _address(self, page: int) -> str:
        kept: dict[str, Any] = {**(request.view_args or {}), **self.keep}
        return url_for(str(request.endpoint), **kept, page=page)
