/** Which home a person sees: by what they are, the work first, their own house beside it. */
import type { Person, Role } from "@/services/identity";

export type View = "visitor" | "claim" | "office" | "work" | "house";

const OFFICES = ["village_cadre", "township_officer", "district_officer"];
const OFFICE_WORDS: Record<string, string> = {
  village_cadre: "我的村",
  township_officer: "我的乡镇",
  district_officer: "我的区",
};

export const isOffice = (role: Role) => OFFICES.includes(role.role);

/** Roles whose work has a card of its own: not those of an area's desk, and not the ties to a house. */
export function workOf(person: Person): Role[] {
  return person.roles.filter((role) => !isOffice(role));
}

/** The views of a person, the first one shown first. Nobody is left without one. */
export function viewsOf(person: Person | null): View[] {
  if (!person) return ["visitor"];
  const views: View[] = [];
  if (person.roles.some(isOffice)) views.push("office");
  if (workOf(person).length) views.push("work");
  if (person.households.length) views.push("house");
  return views.length ? views : ["claim"];
}

/** What a view is called where there are several. */
export function viewInWords(view: View, person: Person): string {
  if (view === "house") return "我家";
  if (view === "work") return "我的工作";
  const offices = new Set(person.roles.filter(isOffice).map((role) => role.role));
  const [only, another] = [...offices];
  return only && !another ? (OFFICE_WORDS[only] ?? "我的辖区") : "我的辖区";
}

/** Where the work of a role is done: the round of visits on this phone, or the office's system. */
export function hasRound(role: Role): boolean {
  return role.role === "installer" || role.role === "contractor_manager";
}
