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
#: What is called for nothing but that it may refuse.
_REFUSES = ("refuse", "second_person")


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


def mutants(module: str, functions: Iterable[str] = (), but: Iterable[str] = ()) -> list[Mutant]:
    """All of a module, or of some of its functions: each clause, negation and condition removed once.

    A method is called `Class.method`.
    """
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    wanted, unwanted = frozenset(functions), frozenset(but)
    found = dict(_functions(tree))
    assert wanted | unwanted <= found.keys(), module
    return [
        mutant
        for name, node in found.items()
        if name not in unwanted and (not wanted or name in wanted)
        for mutant in _of(module, name, node)
    ]


def _functions(within: ast.Module | ast.ClassDef, of: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in within.body:
        if isinstance(node, ast.FunctionDef):
            yield f"{of}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{node.name}.")


def _of(module: str, name: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    for place, node in enumerate(ast.walk(function)):
        for what, change in _changes(node):
            undecorated = deepcopy(function)
            target = list(ast.walk(undecorated))[place]
            change(target)
            undecorated.decorator_list = []
            yield Mutant(module, name, getattr(node, "lineno", 0), what, _code(undecorated))


def _code(function: ast.FunctionDef) -> CodeType:
    """In a class, or `super()` would be nobody's."""
    within = ast.ClassDef(name="_", bases=[], keywords=[], body=[function], decorator_list=[])
    whole = compile(ast.fix_missing_locations(ast.Module([within], [])), "<mutant>", "exec")
    return _inside(_inside(whole, "_"), function.name)


def _inside(whole: CodeType, name: str) -> CodeType:
    return next(one for one in whole.co_consts if isinstance(one, CodeType) and one.co_name == name)


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """What can be taken away here, and how."""
    for found in (_clauses, _negations, _conditions, _filters, _facts, _cases):
        yield from found(node)


def _negations(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield f"without the negation of {_short(node.operand)}", _unnegated
    if isinstance(node, ast.BoolOp) and not _only_types(node):
        for place, value in enumerate(node.values):
            yield f"without {_short(value)}", _dropped(place)


def _conditions(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if not isinstance(node, ast.If | ast.IfExp) or _is_type_test(node.test):
        return
    yield f"never {_short(node.test)}", _always(False)
    if isinstance(node, ast.IfExp):
        yield f"always {_short(node.test)}", _always(True)


def _filters(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.comprehension):
        for place, condition in enumerate(node.ifs):
            yield f"without if {_short(condition)}", _removed("ifs", place)
    if isinstance(node, ast.Expr) and _refuses(node.value):
        yield f"without {_short(node)}", _unsaid


def _facts(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """What a rule is told in a word, and what it looks up by one."""
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Compare):
        yield f"without {_short(node)}", _untold
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Attribute) for key in node.keys):
        for place, key in enumerate(node.keys):
            yield f"without {_short(key or node)}", _without_entry(place)


def _cases(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Match):
        for place, case in enumerate(node.cases):
            if len(node.cases) > 1 and not _is_assert(case):
                yield f"without case {_short(case.pattern)}", _removed("cases", place)


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


def _always(answer: bool) -> Any:
    def change(node: Any) -> None:
        node.test = ast.Constant(answer)

    return change


def _refuses(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node).startswith(_REFUSES)


def _unsaid(node: Any) -> None:
    _become(node, ast.Pass())


def _untold(node: Any) -> None:
    node.value = ast.Constant(False)


def _removed(field: str, place: int) -> Any:
    def change(node: Any) -> None:
        del getattr(node, field)[place]

    return change


def _without_entry(place: int) -> Any:
    def change(node: Any) -> None:
        del node.keys[place], node.values[place]

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
    found: Any = importlib.import_module(mutant.module)
    for name in mutant.function.split("."):
        found = inspect.getattr_static(found, name)
    found = inspect.unwrap(getattr(found, "fget", None) or getattr(found, "func", found))
    assert isinstance(found, FunctionType)
    return found
