/** The register: an entry, whose it is, and the words that make it true. */
import { everyPage, WHOLE } from "./lists";
import { api, type Schemas } from "./request";

export type Household = Schemas["Household"];
export type HouseholdAnswer = Schemas["HouseholdAnswer"];
export type TiedPerson = Schemas["TiedPerson"];
export type ScanEntry = Schemas["ScanEntry"];

export const householdOf = (household_id: string) =>
  api.get("/api/households/{household_id}", { path: { household_id } });

/** The household's own word, or its proxy's: the entry is true. */
export const confirmOwn = (household_id: string) =>
  api.post("/api/households/{household_id}/confirmation", { path: { household_id } });

export const onSitePath = (household_id: string) => `/api/households/${household_id}/village-confirmation`;

/** The village's word at the door. `key`: its own, so that what is kept for later is the same word. */
export const confirmOnSite = (household_id: string, body: Schemas["OnSite"], key: string) =>
  api.post("/api/households/{household_id}/village-confirmation", { path: { household_id }, body, key });

/** Five a day: the phone of WeChat, or name and last six of the ID number. */
export const bind = (body: Schemas["Binding"]) => api.post("/api/bindings", { body });

export const nameProxy = (household_id: string, phone: string, relation: string) =>
  api.post("/api/households/{household_id}/proxies", { path: { household_id }, body: { phone, relation } });

/** Who read the code at this door, the latest first. */
export const scansOf = async (household_id: string) =>
  (
    await everyPage<ScanEntry>((cursor) =>
      api.get("/api/households/{household_id}/scans", {
        path: { household_id },
        query: { cursor, limit: WHOLE },
      }),
    )
  ).reverse();
