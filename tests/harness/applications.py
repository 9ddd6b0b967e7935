"""One application for many tests, one after the other: making its routes takes longer than most tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:  # most tests need no application
    from flask import Flask

IDLE: list[Flask] = []
LENT: list[Flask] = []  # in the hands of the running test
OWN: WeakSet[Flask] = WeakSet()  # made for one test, or for a module's


def play_no_more() -> None:
    """Before the database goes: nothing that an application kept is played on it any more."""
    for app in LENT:
        app.extensions["backend.kept_requests"].close()


def take_back() -> None:
    """The test is over."""
    while LENT:
        app = LENT.pop()
        app.extensions["backend.pushes"].close()
        app.extensions["backend.kept_requests"].close()
        app.extensions["backend.spool"].close()
        app.extensions["backend.database"].close()  # as opened for the test; the next one may open it again
        app.extensions["backend.wechat"].close()
        IDLE.append(app)
    for app in list(OWN):
        app.extensions["backend.database"].close()  # opens again by itself for a module's next test
