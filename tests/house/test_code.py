"""DESIGN's rules of style, as far as a machine can check them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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
    lists = {"tables.py"}  # one long list of every table and column, nothing else to split it by
    python = [path for path in project_files if path.suffix == ".py" and path.name not in lists]
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
    inherited = {"scan", "keep", "map_batches", "gather", "write", "close"}  # said once, in the Engine protocol
    silent = [str(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    silent += [
        f"{path.name}: {node.name}"
        for path in modules
        for node in public(path)
        if not ast.get_docstring(node) and not (path.name == "engine.py" and node.name in inherited)
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
    """A test holds an assert, a raises, or calls a function that does (named check... or assert...)."""
    checks = ("raises", "warns", "check", "assert")
    empty = [
        f"{path.name}: {node.name}"
        for path in project_files
        if path.name.startswith("test_") and path.suffix == ".py"
        for node in definitions(path)
        if node.name.startswith("test_") and not any(is_check(inner, checks) for inner in ast.walk(node))
    ]
    assert not empty


def is_check(node: ast.AST, names: tuple[str, ...]) -> bool:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return called.startswith(names)
    return isinstance(node, ast.Assert)
