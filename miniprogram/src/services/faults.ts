/** Faults: reports, one fault's file, the household's word on a repair, village outages. */
import { api, type Schemas } from "./request";

export type Fault = Schemas["Fault"];
export type FaultFile = Schemas["FaultFile"];
export type Category = Schemas["FaultRequest"]["category"];
export type Outage = Schemas["Outage"];

/**
 * A report of danger whose server had no database at that moment (202): kept, and told to a person as soon as there is one. What to do
 * first is the same; there is no file to look at yet.
 */
export type KeptReport = Partial<
  Pick<Schemas["ReportAnswer"], "advice" | "tonight" | "hotline" | "photos_left_out" | "templates_to_ask">
> & { kept?: boolean; message?: string; next?: string };

export const REPORT_PATH = "/api/faults";

/** `key`: the report's own, so that a second try is the same report. */
export const reportFault = (body: Schemas["FaultRequest"], key: string) =>
  api.post(REPORT_PATH, { body, key });

/** Of one household; where none is named, what is open among all that the person may see. */
export const faultsOf = (household: string | undefined, cursor: string | null) =>
  api.get("/api/faults", {
    query: household ? { household_id: household, cursor, limit: 20 } : { open: true, cursor, limit: 20 },
  });

export const faultFile = (fault: string) => api.get("/api/faults/{fault_id}", { path: { fault_id: fault } });

export const confirmRepair = (fault: string, body: Schemas["Confirmation"]) =>
  api.post("/api/faults/{fault_id}/confirmation", { path: { fault_id: fault }, body });

export const reopenFault = (fault: string, body: Schemas["Reopening"]) =>
  api.post("/api/faults/{fault_id}/reopening", { path: { fault_id: fault }, body });

export const closeFault = (fault: string, reason: string) =>
  api.post("/api/faults/{fault_id}/closure", { path: { fault_id: fault }, body: { reason } });

/** What only passers-by reported and was looked into, at the door or by telephone: nothing is wrong there. */
export const callFalse = (fault: string, body: Schemas["FalseReport"]) =>
  api.post("/api/faults/{fault_id}/false-report", { path: { fault_id: fault }, body });

/** One village outage, found among those that the person may see; null where it is none of them. */
export async function outageById(id: string): Promise<Outage | null> {
  let cursor: string | null = null;
  do {
    const page: Schemas["OutagePage"] = await api.get("/api/outages", { query: { cursor, limit: 100 } });
    const found = page.items.find((outage) => outage.id === id);
    // The newest come first and ids grow with time: behind an older one it cannot stand.
    if (found || page.items.some((outage) => outage.id < id)) return found ?? null;
    cursor = page.next ?? null;
  } while (cursor);
  return null;
}

/** The faults of a village that an outage is made of. */
export async function faultsOfOutage(outage: Outage): Promise<Fault[]> {
  const query = { area_code: outage.area_code, category: outage.category as Category, limit: 100 };
  const page = await api.get("/api/faults", { query });
  return page.items.filter((fault) => fault.outage_id === outage.id);
}
