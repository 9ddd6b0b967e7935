/** From contract to warmth: one function an endpoint. */
import { everyPage, WHOLE } from "./lists";
import { api, type Schemas } from "./request";

export type Installation = Schemas["Installation"];
export type Standing = Schemas["InstallationStanding"];
export type Contract = Schemas["Contract"];
export type Slot = Schemas["Slot"];
export type Stage = Schemas["NetworkStage"];
export type RoundStop = Schemas["RoundStop"];

export const installationOf = (household_id: string) =>
  api.get("/api/households/{household_id}/installation", { path: { household_id } });

/** Every half-day of a contractor in a village from today on, full ones included. */
export const slotsOf = (area_code: string, contractor_id: string) =>
  everyPage<Slot>((cursor) =>
    api.get("/api/slots", { query: { area_code, contractor_id, cursor, limit: WHOLE } }),
  );

export const book = (household_id: string, slot_id: string) =>
  api.post("/api/bookings", { body: { household_id, slot_id } });

export const moveBooking = (booking_id: string, slot_id: string) =>
  api.post("/api/bookings/{booking_id}/move", { path: { booking_id }, body: { slot_id } });

export const cancelBooking = (booking_id: string, reason: string) =>
  api.post("/api/bookings/{booking_id}/cancel", { path: { booking_id }, body: { reason } });

/** The owner's second word on a loan or lease; with a witness where another says it for the owner. */
export const confirmAsOwner = (household_id: string, witness: string | null) =>
  api.post("/api/households/{household_id}/contract/owner-confirmation", {
    path: { household_id },
    body: { witness },
  });

export const sayHowWarm = (household_id: string, warm: boolean, indoor_temperature_c: number | null) =>
  api.post("/api/households/{household_id}/heat-confirmation", {
    path: { household_id },
    body: { warm, indoor_temperature_c, made_at: null },
  });

/** A day's houses within one's company or area. */
export const roundOn = (day: string) =>
  everyPage<RoundStop>((cursor) => api.get("/api/bookings", { query: { day, cursor, limit: WHOLE } }));
