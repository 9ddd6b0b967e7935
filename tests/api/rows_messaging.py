from __future__ import annotations

from tests.api.scene import Scene
from tests.api.table import ALL_ALIKE, ANYBODY, SEES_NOTHING, Asked, row


@row("GET", "/api/inbox", by=ANYBODY, elsewhere=SEES_NOTHING)
def list_inbox(scene: Scene) -> Asked:
    return Asked(hidden=scene.notice(scene.anybody))


@row("GET", "/api/inbox/<string:notice_id>", by=ANYBODY)
def see_notice(scene: Scene) -> Asked:
    return Asked(path={"notice_id": scene.notice(scene.anybody)})


@row("POST", "/api/inbox/<string:notice_id>/read", by=ANYBODY)
def read_notice(scene: Scene) -> Asked:
    return Asked(path={"notice_id": scene.notice(scene.anybody)})


@row("POST", "/api/subscription-grants", by=ANYBODY, elsewhere=ALL_ALIKE)
def report_consents(scene: Scene) -> Asked:
    return Asked(json={"reports": [{"template": "demo-tmpl-notice", "outcome": "accept"}]})
