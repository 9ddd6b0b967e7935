from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from backend.core import clock
from backend.identity.roles import ACCEPTOR, CADRE, CONTRACTOR, DISTRICT, INSTALLER, RESIDENT, TOWNSHIP
from backend.installation.models import Contract
from tests.api.scene import HERE, SIGNED_ON, Scene, all_in_order
from tests.api.table import ALL_ALIKE, ANYBODY, SEES_NOTHING, Asked, row


@row("POST", "/api/households/<string:household_id>/contract", by=CONTRACTOR, status=201)
def record_contract(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.confirmed()}, json=scene.contract_body())


@row("POST", "/api/households/<string:household_id>/contract/owner-confirmation", by=RESIDENT)
def confirm_as_owner(scene: Scene) -> Asked:
    home = scene.contracted(financing="loan")
    with scene.db.writing() as session:  # the cooling days have gone by
        cooled = update(Contract).where(Contract.household_id == home)
        session.execute(cooled.values(confirmable_from=clock.today() - timedelta(days=1)))
    return Asked(path={"household_id": home}, json={})


@row("POST", "/api/contracts/<string:contract_id>/end", by=TOWNSHIP)
def end_contract(scene: Scene) -> Asked:
    home = scene.contracted()
    standing = scene.as_(DISTRICT).get(f"/api/households/{home}/installation").expect(200)
    return Asked(path={"contract_id": standing["contract"]["id"]}, json={"reason": "另选企业"})


@row("POST", "/api/slots", by=CONTRACTOR, status=201, elsewhere="contract.not_your_company")
def open_slot(scene: Scene) -> Asked:
    day = clock.today().replace(month=11).isoformat()
    body = {
        "contractor_id": HERE,
        "area_code": scene.village(),
        "day": day,
        "half_day": "morning",
        "capacity": 3,
    }
    return Asked(json=body)


@row("POST", "/api/slots/<string:slot_id>/capacity", by=CONTRACTOR)
def change_capacity(scene: Scene) -> Asked:
    return Asked(path={"slot_id": scene.slot(days=40)}, json={"capacity": 7})


@row("GET", "/api/slots", by=ANYBODY, elsewhere=ALL_ALIKE)
def list_slots(scene: Scene) -> Asked:
    return Asked(query={"area_code": scene.village()})


@row("POST", "/api/bookings", by=RESIDENT, status=201)
def book(scene: Scene) -> Asked:
    home = scene.contracted()
    return Asked(json={"household_id": home, "slot_id": scene.slot()})


@row("POST", "/api/bookings/<string:booking_id>/move", by=RESIDENT)
def move_booking(scene: Scene) -> Asked:
    _home, booking = scene.booking(days=3)
    return Asked(path={"booking_id": booking}, json={"slot_id": scene.slot(days=3)})


@row("POST", "/api/bookings/<string:booking_id>/cancel", by=RESIDENT)
def cancel_booking(scene: Scene) -> Asked:
    _home, booking = scene.booking(days=3)
    return Asked(path={"booking_id": booking}, json={"reason": "当天不在家"})


@row("GET", "/api/bookings", by=CONTRACTOR, elsewhere=SEES_NOTHING)
def list_bookings(scene: Scene) -> Asked:
    _home, booking = scene.booking()
    return Asked(query={"limit": 200}, hidden=booking)


@row("POST", "/api/visits", by=INSTALLER, status=201)
def begin_visit(scene: Scene) -> Asked:
    home, booking = scene.booking()
    return Asked(json={"booking_id": booking, "household_code": scene.code(home)})


@row("POST", "/api/visits/<string:visit_id>/items", by=INSTALLER, status=201)
def add_item(scene: Scene) -> Asked:
    body = {"kind": "biomass_stove", "serial": scene.serial()}
    return Asked(path={"visit_id": scene.visit()[1]}, json=body)


@row("POST", "/api/installed-items/<string:installed_item_id>/removal", by=INSTALLER)
def remove_item(scene: Scene) -> Asked:
    return Asked(path={"installed_item_id": scene.item(scene.visit()[1])}, json={"reason": "装错了"})


@row("POST", "/api/visits/<string:visit_id>/co-alarm", by=INSTALLER, status=201)
def fit_alarm_at_visit(scene: Scene) -> Asked:
    return Asked(path={"visit_id": scene.visit()[1]}, json=scene.alarm())


@row("POST", "/api/households/<string:household_id>/co-alarm", by=CADRE, status=201)
def fit_co_alarm(scene: Scene) -> Asked:
    home = scene.home()
    return Asked(path={"household_id": home}, json=scene.alarm() | {"household_code": scene.code(home)})


@row("POST", "/api/visits/<string:visit_id>/briefing", by=INSTALLER, status=201)
def brief_at_visit(scene: Scene) -> Asked:
    return Asked(path={"visit_id": scene.visit()[1]}, json={"given_to": "户主"})


@row("POST", "/api/households/<string:household_id>/briefing", by=CADRE, status=201)
def brief_household(scene: Scene) -> Asked:
    home = scene.home()
    return Asked(path={"household_id": home}, json={"given_to": "户主", "household_code": scene.code(home)})


@row("POST", "/api/visits/<string:visit_id>/finish", by=INSTALLER)
def finish_visit(scene: Scene) -> Asked:
    return Asked(path={"visit_id": scene.visit()[1]}, json={"remark": "改日再装"})


@row("POST", "/api/households/<string:household_id>/energised", by=INSTALLER)
def mark_energised(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.installed()}, json={})


@row("POST", "/api/households/<string:household_id>/acceptance", by=ACCEPTOR, status=201)
def record_acceptance(scene: Scene) -> Asked:
    body = {"outcome": "passed", "checklist": all_in_order()}
    return Asked(path={"household_id": scene.installed()}, json=body)


@row("POST", "/api/households/<string:household_id>/heat-confirmation", by=RESIDENT, status=201)
def say_how_warm(scene: Scene) -> Asked:
    body = {"warm": True, "indoor_temperature_c": 19.5}
    return Asked(path={"household_id": scene.accepted()}, json=body)


@row("GET", "/api/households/<string:household_id>/installation", by=RESIDENT)
def show_installation(scene: Scene) -> Asked:
    home = scene.installed()
    return Asked(path={"household_id": home})


@row("POST", "/api/network-stages", by=DISTRICT, status=201)
def plan_stage(scene: Scene) -> Asked:
    return Asked(json=_stage(scene, "primary_network"))


@row("POST", "/api/network-stages/<string:network_stage_id>/done", by=DISTRICT)
def finish_stage(scene: Scene) -> Asked:
    planned = scene.as_(DISTRICT).post("/api/network-stages", _stage(scene, "exchange_station")).expect(201)
    return Asked(path={"network_stage_id": planned["id"]}, json={"done_on": SIGNED_ON})


@row("GET", "/api/network-stages", by=ANYBODY, elsewhere=ALL_ALIKE)
def list_stages(scene: Scene) -> Asked:
    return Asked(query={"area_code": scene.village("district_heat")})


def _stage(scene: Scene, stage: str) -> dict[str, str]:
    return {
        "area_code": scene.village("district_heat"),
        "path": "district_heat",
        "stage": stage,
        "owner": "housing",
        "planned_on": "2022-10-01",
    }
