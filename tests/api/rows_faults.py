from __future__ import annotations

from datetime import timedelta

from backend.core import clock
from backend.core.http import instant_text
from backend.identity.roles import CADRE, CONTRACTOR, REPAIRER, RESIDENT
from tests.api.scene import Scene
from tests.api.table import NOBODY, SEES_NOTHING, Asked, row


def _reported(scene: Scene, category: str = "noise") -> tuple[str, str]:
    """A household under contract with an open fault, and the fault."""
    home = scene.contracted()
    told = scene.as_(RESIDENT).post("/api/faults", {"household_id": home, "category": category}).expect(201)
    return home, told["fault"]["id"]


def _dispatched(scene: Scene) -> tuple[str, str]:
    home, fault = _reported(scene)
    body = {"person_id": scene.here[REPAIRER].id}
    scene.as_(CONTRACTOR).post(f"/api/faults/{fault}/dispatch", body).expect(201)
    return home, fault


def _arrived(scene: Scene) -> str:
    home, fault = _dispatched(scene)
    body = {"household_code": scene.code(home)}
    scene.as_(REPAIRER).post(f"/api/faults/{fault}/arrival", body).expect(201)
    return fault


def _done(scene: Scene) -> str:
    fault = _arrived(scene)
    scene.as_(REPAIRER).post(f"/api/faults/{fault}/done", {"work": "紧固风机螺丝"}).expect(201)
    return fault


def _outage(scene: Scene) -> str:
    """The same fault in one house after another, until the village is flagged; the outage's id."""
    for _ in range(10):
        body = {"household_id": scene.home(), "category": "leaking"}
        scene.as_(RESIDENT).post("/api/faults", body).expect(201)
        for each in scene.as_(CADRE).get("/api/outages").expect(200)["items"]:
            return str(each["id"])
    raise AssertionError("ten leaking houses are no outage")


@row("POST", "/api/faults", by=RESIDENT, status=201)
def report(scene: Scene) -> Asked:
    return Asked(json={"household_id": scene.home(), "category": "noise", "description": "夜里响"})


@row("POST", "/api/fault-reports", by=NOBODY, status=201)
def report_at_the_door(scene: Scene) -> Asked:
    return Asked(json={"household_code": scene.code(scene.home()), "category": "co", "phone": "13900001234"})


@row("GET", "/api/faults", by=CONTRACTOR, elsewhere=SEES_NOTHING)
def list_faults(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=_dispatched(scene)[1])


@row("GET", "/api/faults/<string:fault_id>", by=RESIDENT)
def show_fault(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _dispatched(scene)[1]})


@row("POST", "/api/faults/<string:fault_id>/dispatch", by=CONTRACTOR, status=201)
def dispatch(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _reported(scene)[1]}, json={"person_id": scene.here[REPAIRER].id})


@row("POST", "/api/faults/<string:fault_id>/arrival", by=REPAIRER, status=201)
def arrive(scene: Scene) -> Asked:
    home, fault = _dispatched(scene)
    return Asked(path={"fault_id": fault}, json={"household_code": scene.code(home)})


@row("POST", "/api/faults/<string:fault_id>/done", by=REPAIRER, status=201)
def finish(scene: Scene) -> Asked:
    parts = [{"kind": "fan", "serial": scene.serial()}]
    return Asked(path={"fault_id": _arrived(scene)}, json={"work": "更换风机", "parts": parts})


@row("POST", "/api/faults/<string:fault_id>/confirmation", by=RESIDENT, status=201)
def confirm(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _done(scene)}, json={"rating": 5, "warm": True})


@row("POST", "/api/faults/<string:fault_id>/reopening", by=RESIDENT, status=201)
def reopen(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _done(scene)}, json={"reason": "又响了"})


@row("POST", "/api/faults/<string:fault_id>/closure", by=RESIDENT, status=201)
def close(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _reported(scene)[1]}, json={"reason": "自己好了"})


@row("POST", "/api/faults/<string:fault_id>/pause", by=CONTRACTOR, status=201)
def pause(scene: Scene) -> Asked:
    until = instant_text(clock.now() + timedelta(hours=4))
    return Asked(path={"fault_id": _dispatched(scene)[1]}, json={"until": until, "reason": "等配件"})


@row("POST", "/api/faults/<string:fault_id>/heaters", by=CADRE, status=201)
def lend_heater(scene: Scene) -> Asked:
    return Asked(path={"fault_id": _reported(scene)[1]}, json={"serial": scene.serial()})


@row("POST", "/api/faults/<string:fault_id>/heater-returns", by=CADRE, status=201)
def take_heater_back(scene: Scene) -> Asked:
    fault, serial = _reported(scene)[1], scene.serial()
    scene.as_(CADRE).post(f"/api/faults/{fault}/heaters", {"serial": serial}).expect(201)
    return Asked(path={"fault_id": fault}, json={"serial": serial})


@row("POST", "/api/faults/<string:fault_id>/phone-reveal", by=CADRE, status=201, repeats=False)
def reveal_phones(scene: Scene) -> Asked:
    home = scene.contracted()
    body = {"household_code": scene.code(home), "category": "co", "phone": "13900001234"}
    scene.client(None).post("/api/fault-reports", body).expect(201)
    faults = scene.as_(CADRE).get("/api/faults", household_id=home).expect(200)["items"]
    return Asked(path={"fault_id": faults[0]["id"]}, json={"reason": "电话核实"})


@row("POST", "/api/faults/<string:fault_id>/false-report", by=CADRE, status=201)
def call_false(scene: Scene) -> Asked:
    home = scene.contracted()
    body = {"household_code": scene.code(home), "category": "co"}
    scene.client(None).post("/api/fault-reports", body).expect(201)
    faults = scene.as_(CADRE).get("/api/faults", household_id=home).expect(200)["items"]
    return Asked(
        path={"fault_id": faults[0]["id"]},
        json={"checked": "on_site", "household_code": scene.code(home), "reason": "到门口看过，家里没事"},
    )


@row("GET", "/api/outages", by=CADRE, elsewhere=SEES_NOTHING)
def list_outages(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=_outage(scene))
