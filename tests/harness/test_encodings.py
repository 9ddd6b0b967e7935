"""What is read and written is UTF-8 whatever the locale: no call leaves the encoding to the machine."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.harness import ROOT

pytestmark = pytest.mark.only_on("sqlite", "no database is asked")

FOLDERS = ("backend", "migrations", "scripts")  # the tests run in UTF-8 mode (tests.harness.both)
MODES = {"r", "w", "a", "x", "r+", "w+", "a+"}


def left_to_the_machine(tree: ast.AST) -> Iterator[int]:
    """Lines of calls that open a file or a pipe as text and do not say how it is encoded."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        named = {word.arg for word in call.keywords}
        if "encoding" in named:
            continue
        if named & {"text", "universal_newlines"} and _name(call) in ("run", "Popen", "check_output"):
            yield call.lineno
        elif _name(call) in ("read_text", "write_text"):
            if len(call.args) <= (_name(call) == "write_text"):
                yield call.lineno
        elif _name(call) in ("open", "fdopen") and _opens_text(call):
            yield call.lineno


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _opens_text(call: ast.Call) -> bool:
    """By a literal mode; other libraries' ``open`` (pictures, archives, descriptors) takes none."""
    modes = [
        argument.value
        for argument in (*call.args, *(word.value for word in call.keywords if word.arg == "mode"))
        if isinstance(argument, ast.Constant)
    ]
    built_in = isinstance(call.func, ast.Name)
    bare_path = isinstance(call.func, ast.Attribute) and not call.args and not call.keywords
    return any(mode in MODES for mode in modes) or ((built_in or bare_path) and not modes)


def test_finds_what_it_looks_for() -> None:
    calls = (
        "open(path)",
        "open(path, 'w')",
        "path.open()",
        "path.open('a')",
        "os.fdopen(handle, 'w')",
        "path.read_text()",
        "path.write_text(words)",
        "subprocess.run(['x'], text=True)",
    )
    assert [call for call in calls if not list(left_to_the_machine(ast.parse(call)))] == []
    good = (
        "open(path, 'rb')",
        "path.open('wb')",
        "Image.open(path)",
        "path.read_text('utf-8')",
        "path.write_text(words, 'utf-8')",
        "subprocess.run(['x'], text=True, encoding='utf-8')",
        "fields.read_text(node)",
    )
    assert [call for call in good if list(left_to_the_machine(ast.parse(call)))] == []


def test_no_call_leaves_the_encoding_to_the_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in left_to_the_machine(ast.parse(path.read_bytes()))
    ]
    assert found == []
