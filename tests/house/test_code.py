"""DESIGN's rules of style, as far as a machine can check them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from countylines.engine import Engine

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(path: Path) -> Iterator[Definition]:
    """Every function and class of a file, methods and inner ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Definition):
            yield node


def public(path: Path) -> Iterator[Definition]:
    """The functions, classes and methods that others may use."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    outer = [node for node in tree.body if isinstance(node, Definition) and not node.name.startswith("_")]
    for node in outer:
        yield node
        if isinstance(node, ast.ClassDef):
            yield from (m for m in node.body if isinstance(m, ast.FunctionDef) and not m.name.startswith("_"))


def test_no_file_has_more_than_400_lines(project_files: list[Path]) -> None:
    python = [path for path in project_files if path.suffix == ".py"]
    long = [f"{path.name}: {n}" for path in python if (n := len(path.read_text(encoding="utf-8").splitlines())) > 400]
    assert not long


def test_no_function_has_more_than_60_lines(modules: list[Path]) -> None:
    long = [
        f"{path.name}: {node.name}"
        for path in modules
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef) and node.end_lineno - node.lineno + 1 > 60
    ]
    assert not long


def test_everything_public_says_what_it_is(modules: list[Path]) -> None:
    verbs = {
        name for name, verb in vars(Engine).items() if getattr(verb, "__doc__", None)
    }  # said once, in the protocol
    silent = [str(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    silent += [
        f"{path.name}: {node.name}"
        for path in modules
        for node in public(path)
        if not ast.get_docstring(node) and not (path.name == "engine.py" and node.name in verbs)
    ]
    assert not silent


def test_no_test_is_skipped(project_files: list[Path]) -> None:
    mark = re.compile(
        r"mark\.(skip|skipif|xfail)\b|pytest\.(skip|xfail|importorskip)\b|unittest\.skip|# doctest: \+SKIP"
    )
    this = Path(__file__)
    tests = [path for path in project_files if path.suffix == ".py" and path != this]
    assert not [str(path) for path in tests if mark.search(path.read_text(encoding="utf-8"))]


def test_every_test_can_fail(project_files: list[Path]) -> None:
    """A test asserts, expects an error or a warning, or calls a function beside it that does."""
    unable = []
    for path in project_files:
        if path.name.startswith("test_") and path.suffix == ".py":
            functions = {node.name: node for node in definitions(path) if not isinstance(node, ast.ClassDef)}
            able = {name for name, node in functions.items() if checks(node, set())}
            unable += [f"{path.name}: {name}" for name, node in functions.items() if not checks(node, able)]
    assert not [name for name in unable if ": test_" in name]


def checks(function: ast.AST, helpers: set[str]) -> bool:
    """Whether a function holds an assert, pytest.raises or pytest.warns, or calls one of the helpers."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    called = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    return bool(called & ({"raises", "warns"} | helpers)) or any(isinstance(n, ast.Assert) for n in ast.walk(function))
