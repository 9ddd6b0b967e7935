from __future__ import annotations

from sqlalchemy import select

from backend.core import outbox
from backend.core.outbox import OutboxRow
from backend.identity.roles import ADMINISTRATOR, EDITOR, RESIDENT
from backend.messaging import Notice, ledger, notify, pause_template
from backend.messaging.ledger import Account
from backend.registry.notices import CONFIRM as TO_CONFIRM
from scripts.wechat_standin import DEMO_APPID
from tests.api.scene import Scene
from tests.api.table import ALL_ALIKE, ANYBODY, SEES_NOTHING, Asked, row

CONFIRM = "demo-tmpl-confirm"


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


@row("GET", "/api/me/messages", by=ANYBODY, elsewhere=SEES_NOTHING)
def list_my_messages(scene: Scene) -> Asked:
    return Asked(hidden=scene.notice(scene.anybody))


@row("GET", "/api/people/<string:person_id>/messages", by=ADMINISTRATOR)
def list_messages_of_person(scene: Scene) -> Asked:
    scene.home()  # the resident belongs to this county
    resident = scene.here[RESIDENT]
    return Asked(path={"person_id": resident.id}, hidden=scene.notice(resident))


def dead_message(scene: Scene) -> str:
    """A message to the resident that was given up; its id."""
    scene.home()
    resident = scene.here[RESIDENT]
    key = f"message:{scene.number()}"
    with scene.db.writing() as session:
        ledger.add_grant(session, Account(DEMO_APPID, resident.openid, CONFIRM), resident.id)
        notify(session, [resident.id], Notice(TO_CONFIRM.code, key, "请确认。"), key)
        row = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
        assert row is not None
        row.state = outbox.DEAD
        return row.id


@row("GET", "/api/messages", by=ADMINISTRATOR, elsewhere=SEES_NOTHING)
def list_messages(scene: Scene) -> Asked:
    return Asked(query={"state": "dead"}, hidden=dead_message(scene))


@row("POST", "/api/messages/<string:message_id>/retry", by=ADMINISTRATOR)
def retry_message(scene: Scene) -> Asked:
    return Asked(path={"message_id": dead_message(scene)})


def paused_template(scene: Scene) -> str:
    template_id = f"tmpl-{scene.number()}"
    with scene.db.writing() as session:
        pause_template(session, template_id, 43107, "banned")
    return template_id


@row("GET", "/api/paused-templates", by=ADMINISTRATOR, elsewhere=ALL_ALIKE)
def list_paused_templates(scene: Scene) -> Asked:
    paused_template(scene)
    return Asked()


@row("POST", "/api/paused-templates/<string:template_id>/resumption", by=ADMINISTRATOR, elsewhere=ALL_ALIKE)
def resume_template(scene: Scene) -> Asked:
    return Asked(path={"template_id": paused_template(scene)})


@row("GET", "/api/mini-program-codes", by=EDITOR, elsewhere=ALL_ALIKE)
def mini_program_code(scene: Scene) -> Asked:
    scene.app.extensions["backend.wechat"].warm()  # else the first one to ask stores the token
    return Asked(query={"page": "pages/door/index", "scene": scene.code(scene.home())})
