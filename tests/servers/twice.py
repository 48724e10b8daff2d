"""Which tests are asked on both databases: all that take one, but for those named here.

What a browser shows, a page says or a door refuses before it reads anything is asked on SQLite; on PostgreSQL
the proofs knock at every door, and `make prove` asks these too.
"""

import pytest

from tests.proofs import LONG

#: Marks of tests that are not about the database.
ALONE = ("browser", "one_database")
#: Of the pages' tests, those of who may open what, of what is counted, and of what happens at once.
PAGES = frozenset(
    {"test_access", "test_cases", "test_closed_cases", "test_kept_registers", "test_live",
     "test_need_to_know", "test_refusals", "test_rehearsals", "test_search", "test_sign_in", "test_walls"}
)  # fmt: skip


def once(items: list[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Those to ask, and those that are left to the long form."""
    left = [] if LONG else [item for item in items if _on_postgresql(item) and _is_alone(item)]
    gone = set(left)
    return [item for item in items if item not in gone], left


def _on_postgresql(item: pytest.Item) -> bool:
    made = getattr(item, "callspec", None)
    return made is not None and made.params.get("copies") == "postgresql"


def _is_alone(item: pytest.Item) -> bool:
    page = item.path.parent.name == "web" and item.path.stem not in PAGES
    return page or any(item.get_closest_marker(name) for name in ALONE)
