from __future__ import annotations

from typing import Any

from backend.identity.roles import CADRE, RESIDENT, TOWNSHIP
from backend.programme import area
from backend.registry.models import Household
from tests.api.scene import Scene
from tests.api.table import ALL_ALIKE, ANYBODY, SEES_NOTHING, Asked, row
from tests.builders.township_lists import csv_file, id_number, typed
from tests.builders.township_lists import row as list_row


def list_of(scene: Scene, **cells: Any) -> bytes:
    """A list of one new household of the biomass village."""
    number = 300 + scene.number()
    with scene.db.reading() as session:
        village = area(session, scene.village())
        township = area(session, scene.village()[:9])
    assert village and township
    usual = {
        "township": township.name,
        "village": village.name,
        "id_number": id_number(order=number),
        "phone": f"1380000{number:04d}",
        "address": f"{village.name}新{number}号",
    }
    return csv_file(typed(list_row(number, **{**usual, **cells})))


def sent(scene: Scene, **cells: Any) -> str:
    """A list that was checked, not taken in; its id."""
    answer = scene.as_(TOWNSHIP).upload(
        "/api/imports", {"file": ("list.csv", list_of(scene, **cells))}, {"area_code": scene.village()[:9]}
    )
    return str(answer.expect(201)["id"])


def held(scene: Scene) -> str:
    """A row that is not counted: its head's ID number was mistyped; its id."""
    import_id = sent(scene, id_number="140699196503090000")
    scene.as_(TOWNSHIP).post(f"/api/imports/{import_id}/commit").expect(200)
    items = scene.as_(TOWNSHIP).get("/api/held-rows", settled="false", limit=200).expect(200)["items"]
    return str(next(each["id"] for each in items if each["import_id"] == import_id))


@row("GET", "/api/households", by=CADRE, elsewhere=SEES_NOTHING)
def list_households(scene: Scene) -> Asked:
    home = scene.home("heat_pump")
    return Asked(query={"area_code": scene.village("heat_pump"), "limit": 200}, hidden=home)


@row("GET", "/api/households/<string:household_id>", by=CADRE)
def show_household(scene: Scene) -> Asked:
    home = scene.contracted()
    return Asked(path={"household_id": home})


@row("PATCH", "/api/households/<string:household_id>", by=CADRE)
def complete_household(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"people": 4})


@row("POST", "/api/households/<string:household_id>/confirmation", by=RESIDENT)
def confirm_own(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()})


@row("POST", "/api/households/<string:household_id>/confirmation-on-behalf", by=CADRE)
def confirm_for(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"witness_name": "邻居老李"})


@row("POST", "/api/households/<string:household_id>/village-confirmation", by=CADRE)
def confirm_on_site(scene: Scene) -> Asked:
    home = scene.home()
    return Asked(path={"household_id": home}, json={"household_code": scene.code(home), "latitude": 39.3})


@row("POST", "/api/households/<string:household_id>/send-back", by=TOWNSHIP)
def send_back(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"reason": "人口数不对"})


@row("POST", "/api/households/<string:household_id>/lock", by=TOWNSHIP)
def lock_household(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.confirmed()})


@row("POST", "/api/households/<string:household_id>/stickers", by=CADRE, status=201)
def replace_sticker(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"reason": "破损"})


@row("GET", "/api/households/<string:household_id>/scans", by=CADRE)
def list_scans(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.confirmed()})


@row("POST", "/api/households/<string:household_id>/phone-reveal", by=CADRE, status=201, repeats=False)
def reveal_numbers(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"reason": "约不上人，打电话问"})


@row("GET", "/api/households/<string:household_id>/reveals", by=RESIDENT)
def list_reveals(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()})


@row("GET", "/api/areas/<string:area_code>/stickers.pdf", by=CADRE)
def print_stickers(scene: Scene) -> Asked:
    return Asked(path={"area_code": scene.village("district_heat")})


@row("POST", "/api/areas/<string:area_code>/stickers", by=CADRE, status=202)
def ask_for_stickers(scene: Scene) -> Asked:
    return Asked(path={"area_code": scene.village("district_heat")})


@row("POST", "/api/bindings", by=ANYBODY, status=201, elsewhere=ALL_ALIKE)
def bind(scene: Scene) -> Asked:
    home = scene.home()
    with scene.db.reading() as session:
        found = session.get_one(Household, home)
        name, id_last_six = found.head_name, str(found.id_number)[-6:]
    body = {"household_code": scene.code(home), "proof": "identity", "name": name, "id_last_six": id_last_six}
    return Asked(token=scene.stranger().token, json=body)


@row("GET", "/api/households/<string:household_id>/people", by=CADRE)
def list_people(scene: Scene) -> Asked:
    home = scene.contracted()
    return Asked(path={"household_id": home})


@row("POST", "/api/households/<string:household_id>/residents", by=CADRE, status=201)
def vouch_for_resident(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.home()}, json={"phone": scene.known_by_phone()})


@row("POST", "/api/households/<string:household_id>/proxies", by=RESIDENT, status=201)
def name_proxy(scene: Scene) -> Asked:
    body = {"phone": scene.known_by_phone(), "relation": "女儿"}
    return Asked(path={"household_id": scene.home()}, json=body)


@row("POST", "/api/ties/<string:tie_id>/end", by=RESIDENT, status=204)
def end_tie(scene: Scene) -> Asked:
    return Asked(path={"tie_id": scene.tie(scene.home())}, json={"reason": "已搬走"})


@row("POST", "/api/imports", by=TOWNSHIP, status=201)
def check_list(scene: Scene) -> Asked:
    return Asked(files={"file": ("list.csv", list_of(scene))}, fields={"area_code": scene.village()[:9]})


@row("GET", "/api/imports", by=TOWNSHIP, elsewhere=SEES_NOTHING)
def list_imports(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=sent(scene))


@row("GET", "/api/imports/<string:import_id>", by=TOWNSHIP)
def show_import(scene: Scene) -> Asked:
    return Asked(path={"import_id": sent(scene)})


@row("GET", "/api/imports/<string:import_id>/findings", by=TOWNSHIP)
def show_findings(scene: Scene) -> Asked:
    return Asked(path={"import_id": sent(scene, id_number="140699196503090000")})


@row("GET", "/api/imports/<string:import_id>/workbook", by=TOWNSHIP)
def error_workbook(scene: Scene) -> Asked:
    return Asked(path={"import_id": sent(scene, id_number="140699196503090000")})


@row("POST", "/api/imports/<string:import_id>/commit", by=TOWNSHIP)
def commit_list(scene: Scene) -> Asked:
    return Asked(path={"import_id": sent(scene)})


@row("GET", "/api/held-rows", by=CADRE, elsewhere=SEES_NOTHING)
def list_held_rows(scene: Scene) -> Asked:
    return Asked(query={"settled": "false", "limit": 200}, hidden=held(scene))


@row("POST", "/api/held-rows/<string:held_row_id>/settlement", by=CADRE)
def settle_held_row(scene: Scene) -> Asked:
    body = {"outcome": "withdrawn", "reason": "重复填报"}
    return Asked(path={"held_row_id": held(scene)}, json=body)
