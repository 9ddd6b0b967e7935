from __future__ import annotations

from backend.identity.roles import CADRE
from tests.api.scene import Scene
from tests.api.table import Asked, row


@row("POST", "/api/eligibility/questions", by=CADRE, changes=False)
def ask_standing(scene: Scene) -> Asked:
    return Asked(json={"household_id": scene.home(), "takes_part": True, "relationship": "child"})
