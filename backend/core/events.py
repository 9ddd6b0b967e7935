"""News inside the transaction: for what must be true at commit.

What may follow later (a message, a task) goes through core.outbox. Who listens is written in backend/wiring.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events: a frozen fact, named in the past tense."""


_listeners: dict[type[Event], list[Callable[[Session, Any], None]]] = defaultdict(list)


def subscribe(kind: type[Event], listener: Callable[[Session, Any], None]) -> None:
    """Have ``listener`` called for each event of ``kind``; a second subscription of the same changes nothing."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(session: Session, event: Event) -> None:
    """Call every listener in this transaction; one that raises takes the whole transaction with it."""
    session.flush()
    for listener in _listeners[type(event)]:
        listener(session, event)
