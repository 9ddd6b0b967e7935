from __future__ import annotations

from backend.identity.roles import DISTRICT
from tests.api.scene import Scene
from tests.api.table import ALL_ALIKE, ANYBODY, Asked, row


@row("POST", "/api/companies", by=DISTRICT, status=201)
def register_company(scene: Scene) -> Asked:
    return Asked(
        json={
            "id": f"company-{scene.number()}",
            "name": "新企业",
            "area_code": scene.county.district,
            "kinds": ["contractor"],
        }
    )


@row("GET", "/api/companies", by=ANYBODY, elsewhere=ALL_ALIKE)
def list_companies(scene: Scene) -> Asked:
    return Asked()
