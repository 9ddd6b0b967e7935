/** The desk of a cadre or a township officer: what waits in their area, house by house. */
import { api, type Schemas } from "./request";

export type DeskHouse = Schemas["DeskHousehold"];
export type DeskReason = Schemas["DeskReason"];
export type DeskRow = Schemas["DeskRow"];
export type Walk = Schemas["Walk"];
export type DeskKind = "to_confirm" | "sent_back" | "to_lock" | "locked" | "to_call" | "cold" | "unreachable";

export const deskOf = (area_code?: string) => api.get("/api/desk", { query: { area_code } });

export const housesTo = (kind: DeskKind, area_code: string | undefined, cursor: string | null) =>
  api.get("/api/desk/households", { query: { kind, area_code, cursor, limit: 30 } });

/** Every house of a village in walking order, short enough to be kept for where there is no signal. */
export const walkOf = (area_code: string) => api.get("/api/desk/walk", { query: { area_code } });

/** Telephone numbers in full: kept on record with the reason, and shown to the household. */
export const revealPhones = (household_id: string, reason: string) =>
  api.post("/api/households/{household_id}/phone-reveal", { path: { household_id }, body: { reason } });

export const lockHouse = (household_id: string) =>
  api.post("/api/households/{household_id}/lock", { path: { household_id } });

export const sendBack = (household_id: string, reason: string) =>
  api.post("/api/households/{household_id}/send-back", { path: { household_id }, body: { reason } });

export const confirmFor = (household_id: string, witness_name: string) =>
  api.post("/api/households/{household_id}/confirmation-on-behalf", {
    path: { household_id },
    body: { witness_name },
  });

export const tieResident = (household_id: string, phone: string) =>
  api.post("/api/households/{household_id}/residents", { path: { household_id }, body: { phone } });

export const completeEntry = (household_id: string, body: Schemas["Completion"]) =>
  api.patch("/api/households/{household_id}", { path: { household_id }, body });

export const replaceSticker = (household_id: string, reason: string) =>
  api.post("/api/households/{household_id}/stickers", { path: { household_id }, body: { reason } });
