from __future__ import annotations

from backend.fuel.actions.orders import CAUSES
from backend.identity.roles import CADRE, DISTRICT, DRIVER, INSPECTOR, RESIDENT, SUPPLIER, TOWNSHIP
from tests.api.scene import GRADE, HERE, Scene
from tests.api.table import SEES_NOTHING, Asked, row


@row("GET", "/api/households/<string:household_id>/entitlement", by=RESIDENT)
def see_entitlement(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.warm_stove()})


@row("GET", "/api/households/<string:household_id>/fuel-ledger", by=RESIDENT)
def see_ledger(scene: Scene) -> Asked:
    return Asked(path={"household_id": scene.order()[0]})


@row("POST", "/api/fuel-orders", by=RESIDENT, status=201)
def place_order(scene: Scene) -> Asked:
    scene.supplied()
    return Asked(json=scene.order_body(scene.warm_stove()))


@row("GET", "/api/fuel-orders", by=SUPPLIER, elsewhere=SEES_NOTHING)
def list_orders(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=scene.order()[1])


@row("GET", "/api/fuel-orders/<string:fuel_order_id>", by=RESIDENT)
def see_order(scene: Scene) -> Asked:
    return Asked(path={"fuel_order_id": scene.order()[1]})


@row("POST", "/api/fuel-orders/<string:fuel_order_id>/cancel", by=RESIDENT)
def cancel_order(scene: Scene) -> Asked:
    return Asked(path={"fuel_order_id": scene.order()[1]}, json={"reason": "家里还有"})


@row("POST", "/api/fuel-orders/<string:fuel_order_id>/failure", by=CADRE)
def report_failure(scene: Scene) -> Asked:
    return Asked(path={"fuel_order_id": scene.order()[1]}, json={"cause": next(iter(CAUSES))})


@row("POST", "/api/fuel-orders/<string:fuel_order_id>/deliveries", by=DRIVER, status=201)
def record_delivery(scene: Scene) -> Asked:
    home, order = scene.order()
    return Asked(path={"fuel_order_id": order}, json=scene.delivery_body(home))


@row("POST", "/api/fuel-deliveries/<string:fuel_delivery_id>/confirmation", by=RESIDENT)
def confirm_delivery(scene: Scene) -> Asked:
    body = {"answer": "agrees", "received_kg": 1000}
    return Asked(path={"fuel_delivery_id": scene.delivery()[1]}, json=body)


@row("POST", "/api/fuel-deliveries/<string:fuel_delivery_id>/correction", by=TOWNSHIP)
def correct_delivery(scene: Scene) -> Asked:
    body = {"kilograms": 975, "reason": "磅单抄错"}
    return Asked(path={"fuel_delivery_id": scene.delivery()[1]}, json=body)


@row("POST", "/api/fuel-batches", by=SUPPLIER, status=201, elsewhere="fuel.no_supplier")
def register_batch(scene: Scene) -> Asked:
    scene.supplied()
    return Asked(json=scene.batch_body())


@row("GET", "/api/fuel-batches", by=SUPPLIER, elsewhere=SEES_NOTHING)
def list_batches(scene: Scene) -> Asked:
    return Asked(query={"limit": 200}, hidden=scene.batch())


@row("GET", "/api/fuel-batches/<string:fuel_batch_id>", by=SUPPLIER)
def see_batch(scene: Scene) -> Asked:
    return Asked(path={"fuel_batch_id": scene.batch()})


@row("POST", "/api/fuel-batches/<string:fuel_batch_id>/test-report", by=SUPPLIER)
def report_test(scene: Scene) -> Asked:
    return Asked(path={"fuel_batch_id": scene.batch()}, json=scene.report_body())


@row("POST", "/api/fuel-batches/<string:fuel_batch_id>/test-report/decision", by=INSPECTOR)
def decide_report(scene: Scene) -> Asked:
    return Asked(path={"fuel_batch_id": scene.reported_batch()}, json={"accepted": True})


@row("POST", "/api/fuel-batches/<string:fuel_batch_id>/quarantine", by=INSPECTOR)
def quarantine(scene: Scene) -> Asked:
    return Asked(path={"fuel_batch_id": scene.passed_batch()}, json={"reason": "抽检灰分超标"})


@row("POST", "/api/fuel-supply-areas", by=DISTRICT, status=201)
def assign_supplier(scene: Scene) -> Asked:
    return Asked(json={"company_id": HERE, "area_code": scene.village("heat_pump"), "grade": GRADE})


@row("GET", "/api/fuel-supply-areas", by=SUPPLIER, elsewhere=SEES_NOTHING)
def list_supply_areas(scene: Scene) -> Asked:
    scene.supplied()
    return Asked(query={"limit": 200}, hidden=scene.village())
