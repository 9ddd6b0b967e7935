"""Mini-program codes for posters and doors: asked of the platform once, kept for good."""

from __future__ import annotations

import hashlib
from typing import Protocol

from backend.core.storage import Storage
from backend.wechat.rules import fit_page_of_code, fit_scene


class CodeMaker(Protocol):
    """What ``Wechat`` offers for this; here begins the network."""

    def unlimited_code(self, scene: str, page: str) -> bytes: ...


def mini_program_code(client: CodeMaker, storage: Storage, scene: str, page: str) -> bytes:
    """The image (PNG or JPEG) of the code that opens ``page`` with ``scene``; a code never changes.

    Only an image is ever kept: whatever else the platform answers is raised. Raises WechatError, UnfitValue.
    """
    named = f"{fit_page_of_code(page)}\n{fit_scene(scene)}"
    key = hashlib.sha256(f"mini-program-code\n{named}".encode()).hexdigest()
    try:
        return storage.get(key)
    except FileNotFoundError:
        image = client.unlimited_code(scene, page)
    storage.put(key, image)
    return image
