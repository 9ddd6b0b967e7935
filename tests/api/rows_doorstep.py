from __future__ import annotations

from backend.identity.roles import CADRE, RESIDENT
from tests.api.scene import Scene, photo_bytes
from tests.api.table import ANYBODY, NOBODY, SEES_NOTHING, Asked, row
from tests.builders.h5 import PICTURE, SCRIPT


@row("GET", "/api/households/<string:household_id>/home", by=RESIDENT)
def show_home(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.contracted()})


@row("GET", "/api/me/homes", by=RESIDENT, elsewhere=SEES_NOTHING)
def list_my_homes(scene: Scene) -> Asked:
    return Asked(hidden=scene.home())


@row("GET", "/api/desk", by=CADRE)
def show_desk(scene: Scene) -> Asked:
    return Asked(query={"area_code": scene.village()})


@row("GET", "/api/desk/households", by=CADRE)
def list_desk_households(scene: Scene) -> Asked:
    query = {"area_code": scene.village("heat_pump"), "kind": "to_confirm", "limit": 200}
    return Asked(query=query, hidden=scene.home("heat_pump"))


@row("GET", "/api/desk/walk", by=CADRE)
def walk_a_village(scene: Scene) -> Asked:
    return Asked(query={"area_code": scene.village("heat_pump")}, hidden=scene.home("heat_pump"))


@row("POST", "/api/scans", by=NOBODY, status=201)
def scan(scene: Scene) -> Asked:
    return Asked(json={"household_code": scene.code(scene.home())})


@row("GET", "/api/client-settings", by=NOBODY)
def client_settings(scene: Scene) -> Asked:
    return Asked()


@row("POST", "/api/photos", by=NOBODY, status=201)
def send_photo(scene: Scene) -> Asked:
    return Asked(files={"file": ("a.jpg", photo_bytes(scene.number()))})


@row("GET", "/api/photos/<string:photo_id>", by=ANYBODY)
def show_photo(scene: Scene) -> Asked:
    picture = photo_bytes(scene.number())
    sent = scene.client(scene.anybody).upload("/api/photos", {"file": ("a.jpg", picture)}).expect(201)
    return Asked(path={"photo_id": sent["id"]})


@row("GET", "/q/<string:code>", by=NOBODY, status=302)
def sticker_opened(scene: Scene) -> Asked:
    return Asked(path={"code": scene.code(scene.home())})


@row("GET", "/q/<string:code>/plain", by=NOBODY)
def plain_sticker_page(scene: Scene) -> Asked:
    return Asked(path={"code": scene.code(scene.home())})


@row("GET", "/q/<string:name>.txt", by=NOBODY, status=404)
def verification_file_of_stickers(scene: Scene) -> Asked:
    return Asked(path={"name": "MP_verify_none"})


@row("GET", "/<string:name>.txt", by=NOBODY, status=404)
def verification_file(scene: Scene) -> Asked:
    return Asked(path={"name": "MP_verify_none"})


@row("GET", "/", by=NOBODY)
def front_page(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/plain", by=NOBODY)
def landing_page(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/pages/<path:page>", by=NOBODY)
def a_page(scene: Scene) -> Asked:
    return Asked(path={"page": "home/index"})


@row("GET", "/packages/<path:page>", by=NOBODY)
def a_page_of_a_package(scene: Scene) -> Asked:
    return Asked(path={"page": "cadre/confirm/index"})


@row("GET", "/assets/<path:name>", by=NOBODY)
def asset(scene: Scene) -> Asked:
    return Asked(path={"name": SCRIPT.removeprefix("assets/")})


@row("GET", "/static/<path:name>", by=NOBODY)
def static_file_of_the_build(scene: Scene) -> Asked:
    return Asked(path={"name": PICTURE.removeprefix("static/")})


@row("GET", "/favicon.ico", by=NOBODY, status=302)
def favicon(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/door-static/<path:filename>", by=NOBODY)
def static_file(scene: Scene) -> Asked:
    return Asked(path={"filename": "icon.svg"})


@row("GET", "/healthz", by=NOBODY)
def healthz(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/readyz", by=NOBODY)
def readyz(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/api/openapi.json", by=NOBODY)
def openapi_document(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/api/docs", by=NOBODY)
def docs(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/api/docs/<path:name>", by=NOBODY)
def docs_file(scene: Scene) -> Asked:
    return Asked(path={"name": "swagger-ui.css"})
