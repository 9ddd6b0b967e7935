"""What fuel says to people."""

from __future__ import annotations

from backend.core.law import day_in_words
from backend.fuel.queries import DeliveryView, OrderView
from backend.messaging import Notice, Topic

DELIVERED = Topic("fuel.delivered", "燃料送达，请确认", "fuel")
CANCELLED = Topic("fuel.cancelled", "燃料申领结束", "fuel")
AFTER_ORDER = (DELIVERED, CANCELLED)  # what a household is told later
TOPICS = (
    Topic("fuel.ordered", "燃料申领", "fuel"),
    DELIVERED,
    CANCELLED,
    Topic("fuel.undelivered", "燃料未送达", None),
    Topic("fuel.disputed", "燃料交付有异议", None),
    Topic("fuel.corrected", "燃料数量更正", "fuel"),
    Topic("fuel.recalled", "燃料批次封存", "fuel", safety=True),
    Topic("fuel.closed", "燃料额度变动", "fuel"),
    Topic("fuel.cold_house", "有户申领燃料受阻", None, safety=True),
)


def _about(topic: str, title: str, body: str, about: tuple[str, str], household_id: str) -> Notice:
    return Notice(
        topic=topic,
        title=title,
        body=body,
        about=about,
        household_id=household_id,
        page=f"pages/fuel/index?household={household_id}",
        values={"subject": title, "remark": body},
    )


def _of_order(order: OrderView, topic: str, title: str, body: str) -> Notice:
    return _about(topic, title, body, ("fuel_order", order.id), order.household_id)


def _of_delivery(delivery: DeliveryView, topic: str, title: str, body: str) -> Notice:
    return _about(topic, title, body, ("fuel_delivery", delivery.id), delivery.household_id)


def ordered_notice(order: OrderView, by: str | None) -> Notice:
    who = f"村干部{by or ''}替您申领了" if order.on_behalf else "已申领"
    title = "村干部替您申领了燃料" if order.on_behalf else "燃料已申领"
    window = f"希望{day_in_words(order.wanted_from)}至{day_in_words(order.wanted_until)}送到"
    return _of_order(
        order,
        "fuel.ordered",
        title,
        f"{who} {order.kilograms} 公斤燃料，{window}。不是您的意思，请马上取消。",
    )


def replacement_notice(order: OrderView) -> Notice:
    body = f"已自动为您安排补送 {order.kilograms} 公斤合格燃料，不占用您别的额度。"
    return _of_order(order, "fuel.ordered", "补送燃料已安排", body)


def cancelled_notice(order: OrderView, released_kg: int, reason: str) -> Notice:
    body = f"{order.kilograms} 公斤的申领已取消，{released_kg} 公斤退回额度。原因：{reason}"
    return _of_order(order, "fuel.cancelled", "燃料申领已取消", body)


def failed_notice(order: OrderView, released_kg: int, cause: str) -> Notice:
    body = f"{released_kg} 公斤燃料没有送到（{cause}），已全部退回，跨年也不作废，请重新申领。如与实情不符，请告诉村干部。"
    return _of_order(order, "fuel.cancelled", "燃料没有送到", body)


def undelivered_notice(order: OrderView, address: str, released_kg: int, cause: str) -> Notice:
    body = f"{address}的 {released_kg} 公斤燃料没有送到（{cause}），额度已退回。请了解情况，道路或供应有困难的请协调。"
    return _of_order(order, "fuel.undelivered", "有燃料没有送到", body)


def delivered_notice(delivery: DeliveryView, released_kg: int, to_come_kg: int) -> Notice:
    rest = f"少送的 {released_kg} 公斤已退回额度。" if released_kg else ""
    more = f"还有 {to_come_kg} 公斤待送。" if to_come_kg else ""
    body = f"登记送到 {delivery.bags} 袋、过秤 {delivery.kilograms} 公斤。{rest}{more}请在手机上确认数量，不对请选“有异议”。"
    return _of_delivery(delivery, "fuel.delivered", "燃料送到了，请您确认", body)


def witnessed_notice(delivery: DeliveryView, cadre: str | None) -> Notice:
    body = f"村干部{cadre or ''}在{delivery.witness_name}见证下登记：实收 {delivery.received_kg} 公斤。如不属实，请告诉乡镇（街道）。"
    return _of_delivery(delivery, "fuel.delivered", "村干部替您确认了收货", body)


def disputed_notice(delivery: DeliveryView, address: str) -> Notice:
    said = (
        f"{address}对燃料交付有异议：登记 {delivery.kilograms} 公斤，住户说实收 {delivery.received_kg} 公斤。"
    )
    return _of_delivery(
        delivery, "fuel.disputed", "燃料交付有异议", f"{said}{delivery.note or ''}请核实并更正。"
    )


def corrected_notice(delivery: DeliveryView, before_kg: int, reason: str) -> Notice:
    body = f"交付数量由 {before_kg} 公斤更正为 {delivery.kilograms} 公斤，额度同时更正。原因：{reason}请再次确认。"
    return _of_delivery(delivery, "fuel.corrected", "燃料数量已更正，请您确认", body)


def recalled_notice(delivery: DeliveryView, reason: str) -> Notice:
    body = f"送到您家的这批燃料已封存（{reason}）。请不要再烧，等供应商拉回；{delivery.kilograms} 公斤已退回额度。"
    return _of_delivery(delivery, "fuel.recalled", "请停用这批燃料", body)


def recall_for_supplier(number: str, households: int, reason: str, batch_id: str) -> Notice:
    body = f"批次 {number} 已封存（{reason}），涉及 {households} 户。请停止交付、拉回已送燃料，并按补送单尽快换送。"
    return Notice("fuel.recalled", "燃料批次已封存", body, ("fuel_batch", batch_id))


def closed_notice(household_id: str, body: str) -> Notice:
    return _about("fuel.closed", "燃料额度有变动", body, ("household", household_id), household_id)


def cold_house_notice(household_id: str, address: str, why: str) -> Notice:
    body = f"采暖期内，{address}申领燃料受阻：{why}请今天落实：上门补齐，或借电暖器、送应急清洁煤、接到暖房。"
    return _about("fuel.cold_house", "有户可能受冻", body, ("household", household_id), household_id)
