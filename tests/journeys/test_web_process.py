"""A web process dies: the others answer, and it is replaced."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import pytest

from scripts.children import wait_until
from tests.harness.served import Served

pytestmark = pytest.mark.only_on("sqlite", "processes; the database is asked nothing")


def test_a_web_process_that_is_killed_ends_no_other_and_is_replaced(serve: Callable[..., Served]) -> None:
    served = serve(worker=False, stand_in=False)
    assert served.web is not None
    whole = psutil.Process(served.web.process.pid)

    def working() -> set[int]:
        return {child.pid for child in whole.children() if child.status() != psutil.STATUS_ZOMBIE}

    before = working()
    assert len(before) >= 2
    killed = min(before)
    psutil.Process(killed).kill()

    def replaced() -> bool:
        now = working()
        return killed not in now and len(now) == len(before)

    wait_until(replaced, [served.web], seconds=30, what="the process in its place")

    def answers() -> bool:
        try:
            return served.client().get("/healthz").status == 200
        except OSError:  # the other one may have been starting when this one was killed
            return False

    wait_until(answers, [served.web], seconds=30, what="an answer")
    assert not served.web.ended
