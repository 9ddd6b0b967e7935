"""Places for expensive work: what takes seconds of a thread takes one of few places at once, or is told to come back.

A process has four threads. Expensive work of all kinds together holds at most ``PLACES`` of them, so that the others
answer whoever reports danger. Nobody waits for a place: who waits holds a thread as well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, NamedTuple, TypeVar

from backend.core.errors import Unavailable
from backend.core.http.api import refuses

View = TypeVar("View", bound=Callable[..., Any])

PLACES: Final = 2
"""Of a process's four threads, all kinds together; of one kind one, so that no kind keeps all others out."""


class Expensive(NamedTuple):
    """A kind of expensive work: its name on screen, and the seconds after which another try has a chance."""

    label: str
    seconds: int


KINDS: Final = {
    "photos": Expensive("照片", 3),
    "lists": Expensive("名单", 15),
    "stickers": Expensive("户码牌", 15),
    "workbooks": Expensive("表格", 15),
    "codes": Expensive("小程序码", 5),
}


class NoPlace(Unavailable):
    code = "http.no_place"
    title = "正在处理的太多"
    next = "这次没有办理，请过一会儿再试；有危险请直接报告，不必等候。"


class Places:
    """The places of one process."""

    def __init__(self, places: int = PLACES) -> None:
        self._all = threading.BoundedSemaphore(places)
        self._of_kind = {kind: threading.BoundedSemaphore(1) for kind in KINDS}

    @contextmanager
    def one(self, kind: str) -> Iterator[None]:
        """Hold a place for ``kind`` until the end of the block, whatever happens in it; raises NoPlace at once."""
        label, seconds = KINDS[kind]
        refusal = NoPlace(
            f"现在办理{label}的人多，暂时排不上。",
            next=f"这次没有办理，请 {seconds} 秒后再试；有危险请直接报告，不必等候。",
            retry_after=seconds,
        )
        if not self._of_kind[kind].acquire(blocking=False):
            raise refusal
        try:
            if not self._all.acquire(blocking=False):
                raise refusal
            try:
                yield
            finally:
                self._all.release()
        finally:
            self._of_kind[kind].release()


_places = Places()


def takes_a_place(kind: str) -> Callable[[View], View]:
    """Let a route run only on a place for ``kind`` (one of KINDS), else 503 with ``Retry-After``.

    Stands outermost: the place is taken before the body is parsed, a try counted or a transaction begun.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not in the table of expensive work")

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with _places.one(kind):
                return view(*args, **kwargs)

        return refuses(NoPlace)(wrapper)  # type: ignore[return-value]  # wraps keeps the signature

    return decorate
