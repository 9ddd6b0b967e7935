"""One valid request for every route, and who may not make it.

A row is a function that prepares what the request needs and returns it as ``Asked``; its decorator says the route, the
role that asks, the status of the answer, and what the right role of another area, company or household is told.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from werkzeug.routing import Rule

import tests.api
from backend.identity.roles import ACTS
from tests.api.scene import Scene

NOBODY: Final = "nobody"  # no session
ANYBODY: Final = "anybody"  # a session, no role

# What somebody with the right role elsewhere is told, besides a problem's code.
SEES_NOTHING: Final = "sees nothing"  # a list, without what the row made
ALL_ALIKE: Final = "all alike"  # the act is everybody's, and about oneself or nothing in particular


@dataclass(frozen=True)
class Asked:
    """One request. ``hidden``: what a list must show to whoever reaches it, and to nobody else."""

    path: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    hidden: str | None = None
    token: str | None = None  # of a session made for this request alone
    raw: tuple[str, bytes] | None = None  # content type and body, as a platform sends them


@dataclass(frozen=True)
class Row:
    """One route: ``by`` the role that asks, ``elsewhere`` a problem code, SEES_NOTHING or ALL_ALIKE."""

    method: str
    rule: str
    by: str
    status: int
    elsewhere: str
    changes: bool
    repeats: bool
    prepare: Callable[[Scene], Asked]

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    def view(self, app: Flask) -> Callable[..., Any]:
        for rule in app.url_map.iter_rules():
            if rule.rule == self.rule and self.method in (rule.methods or ()):
                return app.view_functions[rule.endpoint]
        raise LookupError(f"{self.name} is no route")

    def act(self, app: Flask) -> str | None:
        return getattr(self.view(app), "act", None)

    def manner(self, app: Flask) -> str | None:
        return getattr(self.view(app), "manner", None)

    def may(self, app: Flask) -> frozenset[str]:
        """Roles that the table of acts allows; with ANYBODY where everybody is."""
        act = self.act(app)
        return ACTS[act] if act else frozenset()


TABLE: Final[dict[tuple[str, str], Row]] = {}


def row(
    method: str,
    rule: str,
    *,
    by: str,
    status: int = 200,
    elsewhere: str = "not_found",
    changes: bool | None = None,
    repeats: bool = True,
) -> Callable[[Callable[[Scene], Asked]], Callable[[Scene], Asked]]:
    """Enter a route into the table. ``changes``: whether the request writes (default: all but GET).

    ``repeats``: whether the repeated request is answered from memory (not where the answer is a secret).
    """

    def enter(prepare: Callable[[Scene], Asked]) -> Callable[[Scene], Asked]:
        assert (method, rule) not in TABLE, f"{method} {rule} stands twice"
        writes = method != "GET" if changes is None else changes
        TABLE[method, rule] = Row(method, rule, by, status, elsewhere, writes, repeats, prepare)
        return prepare

    return enter


def load_rows() -> None:
    """Import every ``rows_*`` module, which fill the table."""
    for module in pkgutil.iter_modules(tests.api.__path__):
        if module.name.startswith("rows_"):
            importlib.import_module(f"tests.api.{module.name}")


def routes_of(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every (method, rule) that the application answers, but for what Flask adds by itself."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule
