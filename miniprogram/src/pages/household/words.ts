/** What the page of a house says about its people, its visitors and its sticker. Pure. */
import { instantInWords } from "@/composables/days";
import type { ScanEntry, TiedPerson } from "@/services/registry";

const OFFICES = ["township_officer", "district_officer", "inspector", "auditor", "acceptor", "officer"];
const WORKERS = ["worker", "installer", "contractor_manager", "driver", "supplier_manager", "repairer"];
const PURPOSES: Record<string, string> = {
  confirmation: "确户",
  visit: "上门安装",
  delivery: "送燃料",
  repair: "维修",
  emergency: "报急事",
};

/** Who read the code, without a name: a passer-by has none, and nobody's neighbour is told on. */
export function whoScanned(entry: Pick<ScanEntry, "seen_as" | "person_id">, me: string): string {
  if (me && entry.person_id === me) return "您自己";
  if (entry.seen_as === "resident") return "家里人";
  if (entry.seen_as === "household_proxy") return "替您家办事的人";
  if (entry.seen_as === "village_cadre") return "村干部";
  if (OFFICES.includes(entry.seen_as)) return "乡镇、区里的工作人员";
  if (WORKERS.includes(entry.seen_as)) return "安装、配送或维修人员";
  return "别的人";
}

export function scanInWords(
  entry: ScanEntry,
  me: string,
  today: string,
): { who: string; what: string; at: string } {
  return {
    who: whoScanned(entry, me),
    what: PURPOSES[entry.purpose] ?? "看了看",
    at: instantInWords(entry.at, today),
  };
}

/** 家里人 · 儿子: what a tied person is to the house. */
export function tieInWords(person: Pick<TiedPerson, "role" | "relation">): string {
  if (person.role === "resident") return "家里人";
  return person.relation ? `代办人 · ${person.relation}` : "代办人";
}

const PROVEN: Record<string, string> = {
  phone: "用手机号核对的",
  identity: "用姓名和身份证核对的",
  cadre: "村干部当面认的",
  household: "您家同意的",
};
export const provenInWords = (how: string): string => PROVEN[how] ?? "";

/** Whether `me` may end this tie: one's own always, another's only as a resident. */
export function mayEnd(person: Pick<TiedPerson, "person_id">, me: string, tie: string | null): boolean {
  return tie === "resident" || (tie !== null && person.person_id === me);
}

export const RELATIONS = ["儿子", "女儿", "儿媳", "女婿", "孙辈", "亲戚", "邻居"] as const;

/** The last six of an ID number as the server compares them, from the six or the whole number; null where it is neither. */
export function idTail(typed: string): string | null {
  const text = typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  return /^(\d{12})?\d{5}[\dX]$/.test(text) ? text.slice(-6) : null;
}
