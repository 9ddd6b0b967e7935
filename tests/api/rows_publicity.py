from __future__ import annotations

from backend.identity.roles import EDITOR, RELEASER
from tests.api.scene import Scene
from tests.api.table import SEES_NOTHING, Asked, row


def _body(scene: Scene) -> dict[str, str]:
    return {"area_code": scene.village(), "title": f"讲座 {scene.number()}", "body": "周六上午在村委会。"}


def _draft(scene: Scene) -> str:
    return str(scene.as_(EDITOR).post("/api/campaigns", _body(scene)).expect(201)["id"])


@row("POST", "/api/campaigns", by=EDITOR, status=201)
def write_campaign(scene: Scene) -> Asked:
    return Asked(json=_body(scene))


@row("GET", "/api/campaigns", by=EDITOR, elsewhere=SEES_NOTHING)
def list_campaigns(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=_draft(scene))


@row("GET", "/api/campaigns/<string:campaign_id>", by=EDITOR)
def show_campaign(scene: Scene) -> Asked:
    return Asked(path={"campaign_id": _draft(scene)})


@row("POST", "/api/campaigns/<string:campaign_id>/release", by=RELEASER)
def release_campaign(scene: Scene) -> Asked:
    return Asked(path={"campaign_id": _draft(scene)})


@row("POST", "/api/campaigns/<string:campaign_id>/stop", by=RELEASER)
def stop_campaign(scene: Scene) -> Asked:
    return Asked(path={"campaign_id": _draft(scene)}, json={"reason": "内容过时"})
