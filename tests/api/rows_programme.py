from __future__ import annotations

from tests.api.scene import Scene
from tests.api.table import NOBODY, Asked, row


@row("GET", "/api/programme", by=NOBODY)
def show_programme(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/api/areas", by=NOBODY)
def list_areas(scene: Scene) -> Asked:
    return Asked(query={"parent": scene.county.district, "limit": 200})
