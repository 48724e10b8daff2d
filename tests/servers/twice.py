"""Which tests are asked on both databases: all that take one, but for these.

What a browser shows, a page says or a door refuses before it reads anything is asked on SQLite; on PostgreSQL
the proofs knock at every door. Of use cases and those pages named here, what is kept from whom and what
happens at once is asked on both, of the rest every twelfth test, drawn by its name. `make prove` asks all.
"""

import pytest

from tests.proofs import LONG, drawn

#: Marks of tests that are not about the database.
ALONE = ("browser", "one_database")
#: Of the pages' tests, those of who may open what, of what is counted, and of what happens at once.
PAGES = frozenset(
    {"test_access", "test_cases", "test_closed_cases", "test_kept_registers", "test_live",
     "test_need_to_know", "test_refusals", "test_rehearsals", "test_search", "test_sign_in", "test_walls"}
)  # fmt: skip
#: In the names of tests about who sees what, and about two at one moment: there the databases differ most.
APART = ("M6", "S3", "at_once", "at_one_moment", "same_time")


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
    return page or _is_left_out(item) or any(item.get_closest_marker(name) for name in ALONE)


def _is_left_out(item: pytest.Item) -> bool:
    """With all its parameters, as each test stands for one rule."""
    name = item.name.partition("[")[0]
    apart = any(word in name for word in APART)
    return item.path.parent.name in ("usecases", "web") and not apart and drawn(name, 12) != 0
