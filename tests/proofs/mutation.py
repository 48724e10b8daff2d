"""What becomes of a policy when one clause of it is gone: every such mutant, made from the code itself.

A clause that somebody adds is mutated without being listed anywhere.
"""

import ast
import importlib
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

#: No clause of the policy: without it the fence refuses the statement.
_MARKS = ("MARKED",)
_NEUTRAL = {"and_": "true", "where": "true", "or_": "false"}


@dataclass(frozen=True)
class Mutant:
    """One function with one clause gone."""

    module: str
    function: str
    line: int
    what: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}: {self.what}"


def mutants(module: str, functions: Iterable[str] = ()) -> list[Mutant]:
    """All of a module, or of some of its functions: each clause, negation and condition removed once."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    wanted = frozenset(functions)
    return [
        mutant
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (not wanted or node.name in wanted)
        for mutant in _of(module, node)
    ]


def _of(module: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    for place, node in enumerate(ast.walk(function)):
        for what, change in _changes(node):
            undecorated = deepcopy(function)
            target = list(ast.walk(undecorated))[place]
            change(target)
            undecorated.decorator_list = []
            yield Mutant(module, function.name, getattr(node, "lineno", 0), what, _code(undecorated))


def _code(function: ast.FunctionDef) -> CodeType:
    whole = compile(ast.fix_missing_locations(ast.Module([function], [])), "<mutant>", "exec")
    return next(one for one in whole.co_consts if isinstance(one, CodeType) and one.co_name == function.name)


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """What can be taken away here, and how."""
    yield from _clauses(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield f"without the negation of {_short(node.operand)}", _unnegated
    if isinstance(node, ast.BoolOp) and not _only_types(node):
        for place, value in enumerate(node.values):
            yield f"without {_short(value)}", _dropped(place)
    if isinstance(node, ast.If) and not _is_type_test(node.test):
        yield f"never {_short(node.test)}", _never
    if isinstance(node, ast.Match):
        for place, case in enumerate(node.cases):
            if len(node.cases) > 1 and not _is_assert(case):
                yield f"without case {_short(case.pattern)}", _without_case(place)


def _clauses(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Call) and (name := _called(node)) in _NEUTRAL:
        for place, argument in enumerate(node.args):
            if ast.unparse(argument) not in _MARKS:
                yield f"without {_short(argument)}", _replaced("args", place, _NEUTRAL[name])


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:70]


def _is_type_test(node: ast.AST) -> bool:
    """Which kind of reader asks is no clause: without it the function breaks."""
    return isinstance(node, ast.Call) and _called(node) == "isinstance"


def _only_types(node: ast.BoolOp) -> bool:
    return any(_is_type_test(value) for value in node.values)


def _is_assert(case: ast.match_case) -> bool:
    return "assert_never" in ast.unparse(case)


def _replaced(field: str, place: int, neutral: str) -> Any:
    def change(node: Any) -> None:
        getattr(node, field)[place] = ast.parse(f"__import__('sqlalchemy').{neutral}()", mode="eval").body

    return change


def _unnegated(node: Any) -> None:
    node.op = ast.UAdd() if isinstance(node.op, ast.Not) else node.op
    if isinstance(node.op, ast.UAdd):
        _become(node, ast.Call(ast.Name("bool", ast.Load()), [node.operand], []))
    else:
        _become(node, node.operand)


def _become(node: Any, other: ast.AST) -> None:
    node.__class__ = other.__class__
    node.__dict__.clear()
    node.__dict__.update(other.__dict__)


def _dropped(place: int) -> Any:
    def change(node: Any) -> None:
        del node.values[place]
        if len(node.values) == 1:
            _become(node, node.values[0])

    return change


def _never(node: Any) -> None:
    node.test = ast.Constant(False)


def _without_case(place: int) -> Any:
    def change(node: Any) -> None:
        del node.cases[place]

    return change


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """While it is, everybody who holds the function runs the mutant."""
    function = function_of(mutant)
    whole = function.__code__
    function.__code__ = mutant.code
    try:
        yield
    finally:
        function.__code__ = whole


def function_of(mutant: Mutant) -> FunctionType:
    """The function itself, inside what decorates it."""
    found = inspect.unwrap(getattr(importlib.import_module(mutant.module), mutant.function))
    assert isinstance(found, FunctionType)
    return found
