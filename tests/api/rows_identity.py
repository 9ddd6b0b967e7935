from __future__ import annotations

from backend.identity.roles import (
    CADRE,
    CONTRACTOR,
    DISTRICT,
    INSTALLER,
    TOWNSHIP,
)
from tests.api.scene import HERE, Scene
from tests.api.table import ALL_ALIKE, ANYBODY, NOBODY, SEES_NOTHING, Asked, row
from tests.builders.product import give_role_to


@row("POST", "/api/sessions", by=NOBODY, status=201)
def sign_in(scene: Scene) -> Asked:
    return Asked(json={"code": scene.standin.platform.login_code("p1")})


@row("GET", "/api/sessions/official-account", by=NOBODY, status=302)
def begin_login(scene: Scene) -> Asked:
    return Asked(query={"return": "/pages/fuel/index"})


@row("POST", "/api/sessions/official-account", by=NOBODY, status=401, changes=False)
def finish_login(scene: Scene) -> Asked:
    # What it takes to finish lies with the browser that began; tests/identity/test_official_account.py goes the whole way.
    return Asked(json={"code": scene.standin.platform.oauth_code("p1"), "state": "0" * 64})


@row("DELETE", "/api/sessions/current", by=ANYBODY, status=204, elsewhere=ALL_ALIKE)
def sign_out(scene: Scene) -> Asked:
    return Asked(token=scene.stranger().token)


@row("GET", "/api/me", by=ANYBODY, elsewhere=ALL_ALIKE)
def who_am_i(scene: Scene) -> Asked:
    return Asked()


@row("PATCH", "/api/me", by=ANYBODY, elsewhere=ALL_ALIKE)
def change_my_name(scene: Scene) -> Asked:
    return Asked(json={"name": f"改名{scene.number()}"})


@row("POST", "/api/me/phone", by=ANYBODY, elsewhere=ALL_ALIKE)
def verify_my_phone(scene: Scene) -> Asked:
    return Asked(token=scene.stranger().token, json={"code": scene.standin.platform.phone_code("p2")})


@row("POST", "/api/invitations", by=TOWNSHIP, status=201, elsewhere="role.not_yours_to_give", repeats=False)
def give_invitation(scene: Scene) -> Asked:
    return Asked(json={"role": CADRE, "name": "新干部", "area_code": scene.village()})


@row("POST", "/api/invitations/acceptance", by=ANYBODY, status=201, elsewhere=ALL_ALIKE)
def accept_invitation(scene: Scene) -> Asked:
    offer = {"role": INSTALLER, "name": "新师傅", "company_id": HERE}
    made = scene.as_(CONTRACTOR).post("/api/invitations", offer).expect(201)
    return Asked(token=scene.stranger().token, json={"code": made["code"]})


@row("GET", "/api/roles", by=DISTRICT, elsewhere=SEES_NOTHING)
def list_roles(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=scene.here[CADRE].id)


@row("POST", "/api/roles/<string:role_id>/end", by=DISTRICT, status=204, elsewhere="role.not_yours_to_give")
def end_role(scene: Scene) -> Asked:
    role_id = give_role_to(scene.db, scene.stranger(), TOWNSHIP, area_code=scene.village()[:9])
    return Asked(path={"role_id": role_id}, json={"reason": "调离"})
