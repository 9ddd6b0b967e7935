/** Subsidised fuel of one household: one function an endpoint. Kilograms are integers. */
import { everyPage, WHOLE } from "./lists";
import { api, type Schemas } from "./request";

export type Entitlement = Schemas["Entitlement"];
export type Order = Schemas["Order"];
export type Delivery = Schemas["Delivery"];
export type LedgerEntry = Schemas["LedgerEntry"];

export const entitlementOf = (household_id: string) =>
  api.get("/api/households/{household_id}/entitlement", { path: { household_id } });

/** All orders of a household with their deliveries, the latest first. */
export const ordersOf = async (household_id: string) =>
  (
    await everyPage<Order>((cursor) =>
      api.get("/api/fuel-orders", { query: { household_id, cursor, limit: WHOLE } }),
    )
  ).reverse();

/** Every movement of a household's kilograms, the latest first. */
export const ledgerOf = async (household_id: string) =>
  (
    await everyPage<LedgerEntry>((cursor) =>
      api.get("/api/households/{household_id}/fuel-ledger", {
        path: { household_id },
        query: { cursor, limit: WHOLE },
      }),
    )
  ).reverse();

export const orderFuel = (body: Schemas["OrderRequest"]) => api.post("/api/fuel-orders", { body });

export const cancelOrder = (fuel_order_id: string, reason: string) =>
  api.post("/api/fuel-orders/{fuel_order_id}/cancel", { path: { fuel_order_id }, body: { reason } });

/** The household's word on what it received; with a witness where a cadre says it for a house without a phone. */
export const confirmDelivery = (fuel_delivery_id: string, body: Schemas["DeliveryAnswer"]) =>
  api.post("/api/fuel-deliveries/{fuel_delivery_id}/confirmation", { path: { fuel_delivery_id }, body });
