"""Which tests are asked on both databases."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.servers import twice


class Item:
    """A test, as pytest has collected it."""

    def __init__(self, path: str, database: str = "", mark: str = "", name: str = "test_M6_of_all") -> None:
        self.path, self.mark, self.name = Path(path), mark, name
        if database:
            self.callspec = SimpleNamespace(params={"copies": database})

    def get_closest_marker(self, name: str) -> bool:
        return name == self.mark


ONCE = [
    Item("tests/web/test_layout.py", "postgresql"),
    Item("tests/browser/test_journey.py", "postgresql", "browser"),
    Item("tests/proofs/test_headers.py", "postgresql", "one_database"),
]
ALWAYS = [
    Item("tests/web/test_layout.py", "sqlite"),
    Item("tests/web/test_walls.py", "postgresql"),
    Item("tests/usecases/test_walls.py", "postgresql"),
    Item("tests/browser/test_page_checks.py", mark="browser"),
]


@pytest.mark.parametrize("long", [False, True])
def test_what_is_not_about_the_database_is_asked_on_one_but_in_the_long_form(
    monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    monkeypatch.setattr(twice, "LONG", long)
    asked, left = twice.once(cast(Any, [*ONCE, *ALWAYS]))
    assert left == ([] if long else ONCE)
    assert asked == ([*ONCE, *ALWAYS] if long else ALWAYS)


def test_of_the_use_cases_every_twelfth_is_asked_on_postgresql_with_all_its_parameters() -> None:
    names = [f"test_A{number}_of_a_rule[{told}]" for number in range(100) for told in "xy"]
    found, left = twice.once(cast(Any, [Item("tests/usecases/test_lists.py", "postgresql", name=one)
                                        for one in names]))  # fmt: skip
    assert 8 <= len(found) <= 34 and len(found) + len(left) == 200
    assert not {one.name.partition("[")[0] for one in found} & {one.name.partition("[")[0] for one in left}


def test_every_page_that_is_named_is_there() -> None:
    there = {path.stem for path in (Path(__file__).parent.parent / "web").glob("test_*.py")}
    assert there >= twice.PAGES
