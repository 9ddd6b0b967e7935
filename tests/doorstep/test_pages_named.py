"""Whatever the backend tells a phone to open is a page of the mini-program."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"^/?((?:pages|packages)/[\w/{}-]+)")


def pages_of_the_mini_program() -> set[str]:
    declared = json.loads((ROOT / "miniprogram/src/pages.json").read_text("utf-8"))
    main = {page["path"] for page in declared["pages"]}
    packaged = {
        f"{part['root']}/{page['path']}" for part in declared["subPackages"] for page in part["pages"]
    }
    return main | packaged


def texts_of(source: Path) -> Iterator[str]:
    """Every string of a module; what an f-string fills in stands as ``{}``."""
    whole = ast.walk(ast.parse(source.read_text("utf-8")))
    for node in whole:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
                for part in node.values
            )


def pages_named_by_the_backend() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for source in sorted((ROOT / "backend").rglob("*.py")):
        for text in texts_of(source):
            if (found := NAMED.match(text)) is not None:
                named.setdefault(found[1], set()).add(str(source.relative_to(ROOT)))
    return named


def test_every_page_that_a_notice_a_card_or_a_to_do_opens_exists() -> None:
    named = pages_named_by_the_backend()
    assert {"pages/fault/index", "pages/inbox/index", "pages/conversation/index"} <= set(named)
    missing = {page: where for page, where in named.items() if page not in pages_of_the_mini_program()}
    assert missing == {}, "no such page of the mini-program"


def test_every_declared_page_has_its_file() -> None:
    without = [
        page for page in pages_of_the_mini_program() if not (ROOT / f"miniprogram/src/{page}.vue").is_file()
    ]
    assert without == []
