"""Which room may use what: arrows that point one way, by allow-list (architecture.md)."""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
CORE = {"agenda": set(), "minutes": {"agenda"}, "notifications": {"agenda", "minutes"}}  # type: dict[str, set[str]]
ROOMS = {*CORE, "meetingsvc", "templates"}

#: The only files of the core that may use a library.
LIBRARIES = {
    "agenda/pdf*.py": "reportlab",
    "minutes/pdf.py": "reportlab",
    "agenda/matching.py": "rapidfuzz",
    "notifications/invites.py": "icalendar",
}
#: Libraries that have one place in the service.
ONE_PLACE = {
    "pikepdf": {"meetingsvc/packs.py", "meetingsvc/pack_files.py"},
    "PIL": {"meetingsvc/pack_scans.py"},
    "govuk_bank_holidays": {"meetingsvc/holidays.py"},
}

#: Of the standard library, what reads files, the environment, the network or chance.
IMPURE = {
    "fileinput", "getpass", "glob", "http", "logging", "multiprocessing", "os", "pathlib", "platform",
    "random", "secrets", "shelve", "shutil", "signal", "smtplib", "socket", "sqlite3", "subprocess", "sys",
    "tempfile", "time", "urllib",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}

LEAVES = {
    "permissions", "config", "clock", "holidays", "assets", "packs", "pack_apart", "pack_files",
    "pack_scans", "seal", "invented", "mail_smtp", "backup", "ways",
}  # fmt: skip
STORE = {"models", *LEAVES}
USE_CASES = {"store", *STORE}
DOORS = {"usecases", "mail", *USE_CASES}
#: Inside the service: what each part may import. A part that is not here may not be there.
MAY_IMPORT = {
    "app": {"web", "api", "jobs", *DOORS},
    "cli": {"app", "demo", "doctor", "server", "web", "api", "jobs", "worker", *DOORS},
    "web": {"jobs", *DOORS},
    "api": DOORS,
    "jobs": {"job_turns", *DOORS},
    "job_turns": DOORS,
    "worker": {"jobs", *DOORS},
    "demo": DOORS,
    "doctor": DOORS,
    "server": STORE,
    "usecases": {"mail", *USE_CASES},
    "mail": USE_CASES,
    "store": STORE,
    "models": LEAVES,
    "migrations": set(),
    **{leaf: set() for leaf in LEAVES},
    "pack_apart": {"pack_files"},
    "pack_files": {"pack_scans"},
}  # type: dict[str, set[str]]

#: Imports inside a function, each with its reason.
LATE_IMPORTS: dict[str, str] = {}


def files(room: str) -> list[Path]:
    found = [path for path in (HOUSE / room).rglob("*.py") if "node_modules" not in path.parts]
    assert found, room
    return sorted(found)


def short(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(node: ast.AST, path: Path) -> Iterator[str]:
    """Every name imported anywhere, those for types alone included: `from a import b` is `a.b`."""
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            yield from (alias.name for alias in found.names)
        elif isinstance(found, ast.ImportFrom):
            assert found.level == 0, f"{short(path)}:{found.lineno}: imports name the room"
            yield from (f"{found.module}.{alias.name}" for alias in found.names)


def top(name: str) -> str:
    return name.split(".")[0]


def library_for(path: Path) -> set[str]:
    return {library for pattern, library in LIBRARIES.items() if fnmatch(short(path), pattern)}


@pytest.mark.parametrize("room", CORE)
def test_a_core_room_imports_only_what_it_may(room: str) -> None:
    for path in files(room):
        outside = {top(name) for name in imports(tree(path), path)} - sys.stdlib_module_names - {room}
        assert outside <= CORE[room] | library_for(path), short(path)


@pytest.mark.parametrize("room", CORE)
def test_a_core_room_reads_no_clock_file_or_environment(room: str) -> None:
    for path in files(room):
        assert not {top(name) for name in imports(tree(path), path)} & IMPURE, short(path)
        for node in ast.walk(tree(path)):
            assert not (isinstance(node, ast.Name) and node.id in {"open", "input", "print"}), short(path)


@pytest.mark.parametrize("room", [*CORE, "meetingsvc"])
def test_only_the_clock_asks_what_time_it_is(room: str) -> None:
    for path in files(room):
        if short(path) == "meetingsvc/clock.py":
            continue
        assert not list(asked_the_clock(tree(path))), short(path)


def asked_the_clock(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in {"datetime", "date"} and node.attr in CLOCKS:
                yield f"{node.value.id}.{node.attr}"
            if node.value.id == "time" and node.attr in {"time", "time_ns", "localtime", "gmtime"}:
                yield f"time.{node.attr}"


@pytest.mark.parametrize("call", ["datetime.now(UTC)", "date.today()", "time.time()"])
def test_the_clock_is_noticed(call: str) -> None:
    assert list(asked_the_clock(ast.parse(call)))


def part(name: str) -> str:
    """`meetingsvc.store.lists` belongs to `store`."""
    return name.split(".")[1] if "." in name else ""


def test_the_arrows_inside_the_service_point_one_way() -> None:
    for path in files("meetingsvc"):
        here = path.relative_to(HOUSE / "meetingsvc").parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        assert here in MAY_IMPORT, f"{short(path)}: say in MAY_IMPORT what it may use"
        used = {part(name) for name in imports(tree(path), path) if top(name) == "meetingsvc"} - {here}
        assert used <= MAY_IMPORT[here], short(path)


def test_the_arrows_of_the_service_make_no_circle() -> None:
    """The allow-list itself: following it never comes back."""
    done: set[str] = set()
    while ready := {name for name, uses in MAY_IMPORT.items() if name not in done and uses <= done}:
        done |= ready
    assert done == MAY_IMPORT.keys()


@pytest.mark.parametrize("library", ONE_PLACE)
def test_some_libraries_have_one_place(library: str) -> None:
    for room in ROOMS:
        for path in files(room):
            if short(path) not in ONE_PLACE[library]:
                assert library not in {top(name) for name in imports(tree(path), path)}, short(path)


def test_nothing_is_imported_inside_a_function() -> None:
    """Such an import hides an arrow; each that must be says why."""
    late = {
        short(path)
        for room in ROOMS
        for path in files(room)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and list(imports(function, path))
    }
    assert late == LATE_IMPORTS.keys()


def test_templates_hold_no_rules() -> None:
    """No query, no rule and nothing marked safe: a page shows what it is given."""
    for path in (HOUSE / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", ""), short(path)
        assert "autoescape false" not in text, short(path)


def test_the_top_level_is_the_agreed_one() -> None:
    agreed = {"meetingsvc", "agenda", "minutes", "notifications", "templates", "tests", "docs",
              "setup.cfg", "pyproject.toml", "README.md", "Makefile"}  # fmt: skip
    made = {"build", "dist", "var"}
    there = {p.name for p in HOUSE.iterdir() if not p.name.startswith(".") and p.suffix != ".egg-info"}
    assert there - made - agreed == set()
