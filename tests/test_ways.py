"""Every door that lets something out says by which way; what is for the screen goes by none (Rulebook E4)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from meetingsvc.ways import DOORS
from minutes.screen_only import Way

HOUSE = Path(__file__).parent.parent
ROOMS = ("meetingsvc", "agenda", "minutes", "notifications")
#: What makes an answer that is no page, a file, a letter or an entry of a calendar.
ANSWERS = {"Response", "make_response", "jsonify", "send_file", "send_from_directory", "stream_with_context"}
LIBRARIES = {"csv", "smtplib", "email", "reportlab", "pikepdf", "icalendar", "zipfile", "tarfile", "openpyxl"}
#: What draws what somebody takes away: the core's drawing, and the packs' stamping and sealing.
MAKERS = {"agenda.pdf", "meetingsvc.packs", "meetingsvc.pack_files"}
WRITES = {"write_bytes", "write_text"}
#: These let nothing of a case out, whatever they import.
NO_DOOR = {
    "agenda.feed_table": "reads what a force sends",
    "meetingsvc.invented.incidents": "writes invented incidents",
    "meetingsvc.demo.story": "writes invented incidents",
    "meetingsvc.usecases.invitation_replies": "reads answers to invitations",
    "meetingsvc.usecases.uploads": "writes how far it has read",
    "meetingsvc.assets": "builds the style sheets",
    "meetingsvc.web.headers": "refuses answers that no door names",
    "meetingsvc.cli.packs": "says whose copy a file is",
    "meetingsvc.usecases.pack_tracing": "reads whose copy a file is",
    "meetingsvc.pack_apart": "draws a pack's pages in a process of its own",
}
#: The only ones that may name the documents; the last, who holds them, and no document.
ROWS = {"meetingsvc.models", "meetingsvc.models.exploitation", "meetingsvc.store.scope_documents",
        "meetingsvc.store.care_documents", "meetingsvc.usecases.care_documents"}  # fmt: skip
READERS = {"meetingsvc.usecases.care_documents", "meetingsvc.web.care_documents",
           "meetingsvc.web.disclosure_parts"}  # fmt: skip


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the service, read once."""
    return tuple(_modules())


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((HOUSE / room).rglob("*.py")):
            if not {"migrations", "node_modules", "static"} & set(path.parts):
                name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
                yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> set[str]:
    """Every module and name that a module imports, in full."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def called(tree: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {getattr(one, "attr", getattr(one, "id", "")) for one in calls}


def lets_out(name: str, tree: ast.Module) -> bool:
    names, calls = imported(tree), called(tree)
    library = {one.partition(".")[0] for one in names} & LIBRARIES
    return bool(library or names & MAKERS or calls & (ANSWERS | WRITES))


def test_E4_every_door_that_lets_something_out_says_by_which_way() -> None:
    found = {name for name, tree in modules() if lets_out(name, tree)}
    assert len(found) > 30
    assert sorted(found - DOORS.keys() - NO_DOOR.keys()) == []


def test_E4_each_door_that_is_named_is_there_and_every_way_has_one() -> None:
    there = {name for name, _ in modules()}
    assert sorted((DOORS.keys() | NO_DOOR.keys()) - there) == []
    assert not DOORS.keys() & NO_DOOR.keys()
    assert set(DOORS.values()) == set(Way)


def test_E4_a_new_door_without_a_way_is_noticed() -> None:
    """Or the first of these tests would prove nothing."""
    for code in ("import csv", "from flask import Response\ndef a(): return Response('x')",
                 "from agenda import pdf", "def a(path): path.write_bytes(b'')"):  # fmt: skip
        assert lets_out("meetingsvc.web.new", ast.parse(code)), code


@pytest.mark.parametrize("way", Way)
def test_E4_no_door_of_any_way_knows_of_social_care_documents(way: Way) -> None:
    doors = {name for name, its in DOORS.items() if its is way}
    assert doors
    trees = {name: tree for name, tree in modules() if name in doors}
    for name, tree in trees.items():
        assert not {one for one in imported(tree) if "care_document" in one or "CareDocument" in one}, name


def test_E4_nothing_else_in_the_service_names_them() -> None:
    for name, tree in modules():
        known = imported(tree)
        words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        if {"CareDocumentRow"} & words or "care_document" in texts:
            assert name in ROWS, name
        if "meetingsvc.store.care_documents" in known:
            assert name in READERS, name
        if "meetingsvc.store.scope_documents" in known:
            assert name == "meetingsvc.store.care_documents"


def test_E4_a_request_for_what_is_held_learns_who_holds_them_and_no_document() -> None:
    (tree,) = (tree for name, tree in modules() if name == "meetingsvc.web.disclosure_parts")
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "care_documents"
    }
    assert used == {"holders"}


def test_E4_T7_whoever_hands_on_what_a_door_answers_is_named_too() -> None:
    """What is typed is saved as it is typed by a module that calls the one which answers."""
    savers = {"referral_pages.save", "referral_risk_pages.save"}
    found = {name for name, tree in modules() if savers & {ast.unparse(node.func) for node in ast.walk(tree)
                                                           if isinstance(node, ast.Call)}}  # fmt: skip
    assert len(found) == 3 and found <= DOORS.keys()
