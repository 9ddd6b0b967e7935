/** What the fuel pages say and offer. Kilograms are integers; bags are how people count them. Pure: "today" comes in. */
import { addDays, dayInWords } from "@/composables/days";
import { kilograms } from "@/composables/figures";
import type { IconName } from "@/components/icons";
import type { Delivery, Entitlement, LedgerEntry, Order } from "@/services/fuel";

// ---- bags

const TON_KG = 1000;

/** 40袋，共1,000公斤 */
export const bagsInWords = (bags: number, bagKg: number) => `${bags}袋，共${kilograms(bags * bagKg)}`;

/** What one order may draw on: this year's rest, or what is still owed from earlier years, whichever is more. */
export const orderableKg = (fuel: Pick<Entitlement, "left_kg" | "owed_earlier_kg">) =>
  Math.max(fuel.left_kg, fuel.owed_earlier_kg);

/** A sensible amount to begin with: a ton, or all that is left where that is less. */
export function firstBags(availableKg: number, bagKg: number): number {
  return Math.floor(Math.min(availableKg, TON_KG) / bagKg);
}

export interface QuickAmount {
  name: "half-ton" | "ton" | "all";
  label: string;
  bags: number;
}

/** 半吨, 一吨, 全部: those that fit, none twice. */
export function quickAmounts(availableKg: number, bagKg: number): QuickAmount[] {
  const most = Math.floor(availableKg / bagKg);
  const about = (kg: number) => (kg % bagKg ? "约" : "");
  const offered: QuickAmount[] = [
    { name: "half-ton", label: `${about(TON_KG / 2)}半吨`, bags: Math.floor(TON_KG / 2 / bagKg) },
    { name: "ton", label: `${about(TON_KG)}一吨`, bags: Math.floor(TON_KG / bagKg) },
    { name: "all", label: "全部领完", bags: most },
  ];
  return offered.filter((each) => each.bags > 0 && (each.name === "all" || each.bags < most));
}

/** One tap on plus or minus: never below one bag, and not above what there is unless it was typed so. */
export function stepped(bags: number, by: 1 | -1, availableKg: number, bagKg: number): number {
  const most = Math.floor(availableKg / bagKg);
  if (by === -1) return Math.max(1, bags - 1);
  return bags >= most ? bags : bags + 1;
}

/** A whole number as typed; null for anything else. */
export function wholeNumber(typed: string): number | null {
  const text = typed.trim();
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}

/** What remains of the year after this order; below zero it is too much. */
export const leftAfter = (availableKg: number, bags: number, bagKg: number) => availableKg - bags * bagKg;

// ---- days

export interface Window {
  name: "soon" | "this-week" | "next-week" | "own";
  label: string;
  from: string;
  until: string;
}

/** Days in plain words: 明后天, 这周, 下周. This week is left out where nothing of it is left beyond the day after tomorrow. */
export function windowsFrom(today: string): Window[] {
  const sunday = addDays(today, (7 - weekday(today)) % 7);
  const soon: Window = {
    name: "soon",
    label: "明后天",
    from: addDays(today, 1),
    until: addDays(today, 2),
  };
  const thisWeek: Window = { name: "this-week", label: "这周内", from: addDays(today, 1), until: sunday };
  const monday = addDays(sunday, 1);
  const nextWeek: Window = { name: "next-week", label: "下周", from: monday, until: addDays(monday, 6) };
  return [soon, ...(thisWeek.until > soon.until ? [thisWeek] : []), nextWeek];
}

/** Sunday is 0. */
function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

/** 2023年1月1日: a day far off, of which nobody asks the day of the week. */
export function plainDay(day: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? "" : `${day.slice(0, 4)}年`;
  return `${year}${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
}

/** 9月16日到18日, 9月30日到10月6日, 明天（9月16日） */
export function daysInWords(from: string, until: string, today: string): string {
  if (from === until) return dayInWords(from, today);
  const sameMonth = from.slice(0, 7) === until.slice(0, 7);
  const end = sameMonth ? `${Number(until.slice(8, 10))}日` : plainDay(until, from);
  return `${plainDay(from, today)}到${end}`;
}

// ---- orders and deliveries

export interface StateWord {
  word: string;
  tone: "plain" | "warm" | "good" | "care" | "danger";
  icon: IconName;
}

export function orderState(order: Pick<Order, "state" | "reserved_kg" | "kilograms">): StateWord {
  if (order.state === "open") {
    return order.reserved_kg < order.kilograms
      ? { word: "送了一部分", tone: "warm", icon: "truck" }
      : { word: "等着送来", tone: "warm", icon: "truck" };
  }
  if (order.state === "delivered") return { word: "送完了", tone: "good", icon: "check" };
  if (order.state === "failed") return { word: "没有送到", tone: "care", icon: "alert" };
  return { word: order.state === "cancelled" ? "已取消" : "已结束", tone: "plain", icon: "cross" };
}

/** The days that were asked for are over, and something is still to come. */
export const overdue = (order: Pick<Order, "state" | "wanted_until">, today: string) =>
  order.state === "open" && !!today && order.wanted_until < today;

/** Orders that replace a recalled delivery: made by nobody's wish, and no draw on the year. */
export const replacementsAmong = (orders: readonly Order[]) =>
  new Set(orders.flatMap((order) => order.deliveries.flatMap((each) => each.replacement_id ?? [])));

/** Recalled deliveries whose replacement has not come: what lies in the yard must still not be burnt. */
export const recalledWithout = (orders: readonly Order[]) =>
  deliveriesIn(orders, "recalled").filter(
    (each) => orders.find((order) => order.id === each.replacement_id)?.state !== "delivered",
  );

/** What one delivery says under its order. */
export function deliveryState(each: Delivery): StateWord {
  if (each.state === "awaiting") return { word: "等您确认数量", tone: "warm", icon: "bell" };
  if (each.state === "agreed") return { word: "数量已确认", tone: "good", icon: "check" };
  if (each.state === "disputed") return { word: "有异议，乡镇在核实", tone: "care", icon: "alert" };
  return { word: "这批燃料已封存，不要烧", tone: "danger", icon: "alert" };
}

/** Deliveries of all orders that are in this state, the oldest first. */
export const deliveriesIn = (orders: readonly Order[], state: string) =>
  orders
    .flatMap((order) => order.deliveries)
    .filter((each) => each.state === state)
    .sort((a, b) => (a.made_at < b.made_at ? -1 : 1));

// ---- the ledger

/** One movement in a sentence. */
export function movementInWords(entry: LedgerEntry): string {
  const excess = entry.excess_kg > 0 ? `，多领了${kilograms(entry.excess_kg)}` : "";
  const owed = entry.owed_kg > 0 ? "，以后还能领，跨年也不作废" : "";
  switch (entry.kind) {
    case "reserve":
      return `申领了${kilograms(entry.reserved_kg)}`;
    case "release":
      return `退回额度${kilograms(-entry.reserved_kg)}${owed}`;
    case "deliver":
      return `送到${kilograms(entry.delivered_kg)}`;
    case "recredit":
      return `这批燃料不合格，退回额度${kilograms(-entry.delivered_kg)}${owed}`;
    default:
      return (
        corrected(entry) + (owed ? `，少的${kilograms(entry.owed_kg)}以后还能领，跨年也不作废` : "") + excess
      );
  }
}

function corrected(entry: LedgerEntry): string {
  if (entry.reverses_id) return `更正：先划掉原来的${kilograms(Math.abs(entry.delivered_kg))}`;
  if (entry.delivered_kg > 0) return `更正：改记为${kilograms(entry.delivered_kg)}`;
  if (entry.delivered_kg < 0) return `更正：减去${kilograms(-entry.delivered_kg)}`;
  return "更正：数量没有变";
}

// ---- why not

export interface WayOn {
  text: string;
  /** What the button says and where it goes; none where only others can act. */
  button?: string;
  page?: "installation" | "fault";
}

/** What to do about a reason that stands against ordering, by its code. */
export function wayOn(code: string): WayOn {
  switch (code) {
    case "fuel.not_installed":
      return {
        text: "先把炉具装好。炉具装好、报警器试响、讲过用法，当天就能领，不用等验收。",
        button: "看安装进度",
        page: "installation",
      };
    case "fuel.no_co_alarm":
      return { text: "安装人员、送燃料的人或村干部到您家，当场就能装上试响，登记后马上能领。" };
    case "fuel.no_briefing":
      return { text: "安装人员、送燃料的人或村干部到您家，当面讲一遍用法，登记后马上能领。" };
    case "fuel.goes_to_boiler":
      return { text: "燃料不用您自己领。家里不热，请报修。", button: "家里不热，报修", page: "fault" };
    case "fuel.not_on_this_path":
      return { text: "您家取暖不烧燃料，不用领。登记得不对的，请找村委会更正。" };
    case "fuel.takes_no_part":
      return { text: "愿意参加的，请找村委会登记。" };
    case "fuel.household_ended":
      return { text: "请看合并以后的那一户；有疑问找村委会。" };
    default:
      return { text: "有疑问请找村委会，或打服务电话。" };
  }
}
