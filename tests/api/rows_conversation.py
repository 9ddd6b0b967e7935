from __future__ import annotations

from backend.identity.roles import CADRE, RESIDENT
from tests.api.scene import Scene
from tests.api.table import ANYBODY, NOBODY, SEES_NOTHING, Asked, row


@row("GET", "/api/conversation", by=RESIDENT, elsewhere=SEES_NOTHING)
def see_my_thread(scene: Scene) -> Asked:
    home = scene.home()
    text = f"第 {scene.number()} 次问好"
    scene.as_(RESIDENT).post("/api/conversation", {"text": text, "household_id": home}).expect(201)
    return Asked(query={"household_id": home}, hidden=text)


@row("POST", "/api/conversation", by=RESIDENT, status=201)
def say(scene: Scene) -> Asked:
    return Asked(json={"text": "还剩多少燃料", "household_id": scene.home()})


@row("POST", "/api/conversation/cards/<string:card_id>/confirmation", by=ANYBODY)
def confirm_card(scene: Scene) -> Asked:
    card, speaker = scene.card()
    return Asked(path={"card_id": card}, token=speaker.token)


@row("POST", "/api/conversation/cards/<string:card_id>/dismissal", by=ANYBODY)
def dismiss_card(scene: Scene) -> Asked:
    card, speaker = scene.card()
    return Asked(path={"card_id": card}, token=speaker.token)


@row("GET", "/api/households/<string:household_id>/conversation", by=CADRE)
def see_thread_of_household(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()})


@row("POST", "/api/households/<string:household_id>/conversation", by=CADRE, status=201)
def answer_household(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"text": "明天上午到您家。"})


@row("GET", "/api/wechat/callback", by=NOBODY)
def echo(scene: Scene) -> Asked:
    return Asked(query=scene.push("echo").query)


@row("POST", "/api/wechat/callback", by=NOBODY)
def pushed(scene: Scene) -> Asked:
    sent = scene.push("text", "你好")
    return Asked(query=sent.query, raw=(sent.content_type, sent.body))


@row("GET", "/api/wechat/callback/mini-program", by=NOBODY)
def echo_of_mini_program(scene: Scene) -> Asked:
    return Asked(query=scene.push("echo").query)


@row("POST", "/api/wechat/callback/mini-program", by=NOBODY)
def pushed_by_mini_program(scene: Scene) -> Asked:
    sent = scene.push("text", "你好")
    return Asked(query=sent.query, raw=(sent.content_type, sent.body))
