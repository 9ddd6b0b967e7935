/** Oneself: name, phone, ties, roles. */
import { api, type Schemas } from "./request";

export type Person = Schemas["Person"];
export type Role = Schemas["Role"];
export type TiedPerson = Schemas["TiedPerson"];

/** What WeChat put into the login page's address, for a session and the page to go on with. */
export const finishPageLogin = (code: string, state: string) =>
  api.post("/api/sessions/official-account", { body: { code, state }, anonymous: true });

export const changeMyName = (name: string) => api.patch("/api/me", { body: { name } });

/** `code`: what WeChat gave for the phone number; the number itself never passes through here. */
export const verifyMyPhone = (code: string) => api.post("/api/me/phone", { body: { code } });

export const acceptInvitation = (code: string) => api.post("/api/invitations/acceptance", { body: { code } });

export const peopleOf = (household: string) =>
  api.get("/api/households/{household_id}/people", { path: { household_id: household } });

export const endTie = (tie: string, reason: string) =>
  api.post("/api/ties/{tie_id}/end", { path: { tie_id: tie }, body: { reason } });

const areaNames = new Map<string, string>();
let companyNames: Promise<Map<string, string>> | null = null;

/** The code of the area above: 12 digits a village, 9 its township, 6 its district. */
const above = (code: string) =>
  code.length > 9 ? code.slice(0, 9) : code.length > 6 ? code.slice(0, 6) : "";

/** What an area is called; its code where the list does not have it. Asked once for all areas beside it. */
async function areaName(code: string): Promise<string> {
  let cursor: string | null = null;
  while (!areaNames.has(code)) {
    const page: Schemas["AreaPage"] = await api.get("/api/areas", {
      query: { parent: above(code) || undefined, cursor: cursor ?? undefined, limit: 100 },
    });
    for (const area of page.items) areaNames.set(area.code, area.name);
    cursor = page.next ?? null;
    if (!cursor) break;
  }
  return areaNames.get(code) ?? code;
}

async function companyName(id: string): Promise<string> {
  companyNames ??= (async () => {
    const page = await api.get("/api/companies", { query: { limit: 100 } });
    return new Map(page.items.map((company) => [company.id, company.name]));
  })().catch((error: unknown) => {
    companyNames = null;
    throw error;
  });
  return (await companyNames).get(id) ?? "";
}

/** Where a role holds: the name of its area or company. */
export async function whereOf(role: Role): Promise<string> {
  if (role.area_code) return areaName(role.area_code);
  return role.company_id ? companyName(role.company_id) : "";
}
