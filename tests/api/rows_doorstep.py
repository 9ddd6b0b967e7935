from __future__ import annotations

from tests.api.scene import Scene, photo_bytes
from tests.api.table import ANYBODY, NOBODY, Asked, row


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


@row("GET", "/q/<string:code>", by=NOBODY)
def sticker_page(scene: Scene) -> Asked:
    return Asked(path={"code": scene.code(scene.home())})


@row("GET", "/", by=NOBODY)
def landing_page(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/favicon.ico", by=NOBODY, status=302)
def favicon(scene: Scene) -> Asked:
    return Asked()


@row("GET", "/static/<path:filename>", by=NOBODY)
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
