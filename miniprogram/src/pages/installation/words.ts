/** What the installation pages say and offer, from what the server told. Pure: "today" comes in. */
import { dayInWords, halfDayInWords } from "@/composables/days";
import type { Contract, Installation, Slot, Stage, Standing } from "@/services/installation";

/** 明天（9月16日）上午 */
export function visitInWords(day: string, half: string, today: string): string {
  return `${dayInWords(day, today)}${halfDayInWords(half)}`;
}

// ---- choosing a half-day

export interface HalfChoice {
  slot: string;
  half: string;
  /** 还能约3户, 只剩1户, 约满了, 您现在约的 */
  note: string;
  open: boolean;
}
export interface DayChoice {
  day: string;
  halves: HalfChoice[];
}

export function freeInWords(free: number): string {
  if (free <= 0) return "约满了";
  return free === 1 ? "只剩1户" : `还能约${free}户`;
}

/** The slots as days with their half-days, in order; `held` is the one that is booked now and not to be chosen again. */
export function dayChoices(slots: readonly Slot[], held = ""): DayChoice[] {
  const days = new Map<string, HalfChoice[]>();
  const order = (slot: Slot) => `${slot.day} ${slot.half_day === "morning" ? 0 : 1}`;
  for (const slot of [...slots].sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
    const halves = days.get(slot.day) ?? [];
    const mine = slot.id === held;
    halves.push({
      slot: slot.id,
      half: slot.half_day,
      note: mine ? "您现在约的" : freeInWords(slot.free),
      open: !mine && slot.free > 0,
    });
    days.set(slot.day, halves);
  }
  return [...days].map(([day, halves]) => ({ day, halves }));
}

export const anyOpen = (days: readonly DayChoice[]) =>
  days.some((each) => each.halves.some((half) => half.open));

export interface WhyNot {
  heading: string;
  text: string;
}

/** Why there is nothing to book for this house now; null: there is. The server judges again. */
export function whyNoBooking(at: Standing, today: string): WhyNot | null {
  if (at.waits_for_stage) {
    const { label } = at.waits_for_stage;
    return {
      heading: "您家不用约上门",
      text: `现在到“${label}”这一步，${stageInWords(at.waits_for_stage, today)}。到您家的时候会通知您。`,
    };
  }
  if (!at.contracted_on) {
    return {
      heading: "还没有签改造协议",
      text: "要先签协议，再约上门。施工企业会来签；签好登记以后，这里就能选日子。",
    };
  }
  if (!at.contract_permits_works) {
    return {
      heading: "先把协议再看一遍",
      text: "协议里有贷款或租赁，要户主看清以后再确认一次，才能约上门。请到“安装进度”里看协议。",
    };
  }
  if (at.booked_for) {
    return {
      heading: "已经约好了",
      text: `${visitInWords(at.booked_for, at.booked_half_day ?? "", today)}有人上门。要改时间，请到“安装进度”里改。`,
    };
  }
  if (at.installed_at && !at.rework_open) {
    return { heading: "设备已经装齐了", text: "不用再约上门。等验收；用着有问题就报修。" };
  }
  return null;
}

/** Whether a visit can be booked now: works, or what acceptance sent back. */
export const mayBook = (at: Standing, today: string) => whyNoBooking(at, today) === null;

// ---- the contract

export function ownShareWarning(financing: string): string {
  if (financing === "loan")
    return "这份协议里有贷款：钱是用您家的名义借的，以后要按期还。没看清楚以前不要确认。";
  if (financing === "lease") return "这份协议里有租赁：设备先不归您家，要按期交租金。没看清楚以前不要确认。";
  return "";
}

export const financingInWords = (financing: string) =>
  ({ none: "没有", loan: "有贷款", lease: "有租赁" })[financing] ?? financing;

/** What the owner's second word waits for: nothing to say, given, too early, or now. */
export function ownerWord(contract: Contract, today: string): "none" | "given" | "early" | "now" {
  if (!contract.confirmable_from) return "none";
  if (contract.owner_confirmed_at) return "given";
  return today && today < contract.confirmable_from ? "early" : "now";
}

// ---- the network

export interface StageLine {
  key: string;
  label: string;
  said: string;
  owner: string;
  tone: "done" | "now" | "late" | "later";
}

/** Each stage of the network: done, the one that is waited for, or to come. */
export function stageLines(stages: readonly Stage[], today: string): StageLine[] {
  const current = stages.findIndex((stage) => !stage.done_on);
  return stages.map((stage, place) => {
    const late = !stage.done_on && !!stage.planned_on && stage.planned_on < today;
    return {
      key: stage.stage,
      label: stage.label,
      owner: stage.owner_label ?? "",
      said: stageInWords(stage, today),
      tone: stage.done_on ? "done" : late ? "late" : place === current ? "now" : "later",
    };
  });
}

function stageInWords(stage: Stage, today: string): string {
  if (stage.done_on) return `${dayInWords(stage.done_on, today)}完成`;
  if (!stage.planned_on) return "日期还没有公布";
  if (stage.planned_on < today) return `原计划${dayInWords(stage.planned_on, today)}完成，还没有完成`;
  return `计划${dayInWords(stage.planned_on, today)}完成`;
}

// ---- what stands in the house

export interface DeviceLine {
  key: string;
  label: string;
  /** 编号 HP-0001；制热量（W） 3200 */
  more: string;
}

/** One line a device that stands in the house; what was taken back is left out. */
export function deviceLines(
  items: Installation["items"],
  kit: readonly { kind: string; label: string; figures: readonly { name: string; label: string }[] }[],
): DeviceLine[] {
  return items
    .filter((item) => !item.removed_at)
    .map((item) => {
      const known = kit.find((each) => each.kind === item.kind);
      const figures = Object.entries(item.figures).map(
        ([name, value]) => `${known?.figures.find((each) => each.name === name)?.label ?? name} ${value}`,
      );
      const more = [
        item.serial ? `编号 ${item.serial}` : "",
        item.model ? `型号 ${item.model}` : "",
        ...figures,
      ];
      const many = item.quantity > 1 ? `，${item.quantity}件` : "";
      return {
        key: item.id,
        label: `${known?.label ?? item.kind}${many}`,
        more: more.filter(Boolean).join("；"),
      };
    });
}

/** 电磁炉1件、电热炕1件 */
export const missingInWords = (missing: Standing["missing"]) =>
  missing.map((each) => `${each.label}${each.count}件`).join("、");

// ---- is it warm?

/** `ask`: only the household's word is lacking. `cold`: warmth cannot be confirmed yet, cold can always be said. */
export type WarmQuestion = "ask" | "cold" | "confirmed" | "none";

export function warmQuestion(at: Standing, vacant: boolean): WarmQuestion {
  if (at.heat_confirmed_at) return "confirmed";
  if (vacant) return "none";
  if (at.installed_at && at.accepted_at) return "ask";
  return at.installed_at || at.energised_at ? "cold" : "none";
}

/** Whether the household's last word is that it is cold. */
export const saidCold = (at: Pick<Standing, "still_cold_at" | "heat_confirmed_at">) =>
  !!at.still_cold_at && (!at.heat_confirmed_at || at.still_cold_at > at.heat_confirmed_at);

/** 后天（9月17日）以前都能改; nothing once the eve has passed. */
export function changeUntil(until: string | null, today: string): string {
  if (until === null || until < today) return "";
  return until === today ? "最晚今天改" : `${dayInWords(until, today)}以前都能改`;
}
