"""An event loop of a test's own: the browser's library keeps one running in the main thread for as long as it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def played(scene: Coroutine[Any, Any, Result]) -> Result:
    """What comes of it, or raises; within a minute."""

    async def within_a_minute() -> Result:
        async with asyncio.timeout(60):
            return await scene

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, within_a_minute()).result()
