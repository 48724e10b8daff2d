"""Long tables, a page at a time."""

from dataclasses import dataclass

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
        return url_for(str(request.endpoint), **(request.view_args or {}), page=page)
