/** One fault in words: where it stands, by when each of its steps, and what happened so far. */
import { instantInWords } from "@/composables/days";
import type { Fault, FaultFile } from "@/services/faults";

/** Until when, as one says it: midnight is the night before, not the morning after. */
export function untilInWords(instant: string, today: string): string {
  const words = instantInWords(instant, today);
  if (!words.endsWith(" 00:00")) return words;
  const before = new Date(Date.parse(instant) - 60_000).toISOString();
  return `${instantInWords(before, today).replace(/ \d\d:\d\d$/, "")}夜里12点`;
}

const GRAVITY: Record<string, number> = { critical: 0, urgent: 1, ordinary: 2 };

/** What is open before what is closed, the gravest and the late first; otherwise as the server gave them, the newest first. */
export function gravestFirst(faults: readonly Fault[]): Fault[] {
  const rank = (fault: Fault) =>
    fault.state === "closed" ? 9 : (GRAVITY[fault.severity] ?? 3) * 2 + (fault.late.length ? 0 : 1);
  return faults
    .map((fault, index) => ({ fault, index }))
    .sort((a, b) => rank(a.fault) - rank(b.fault) || a.index - b.index)
    .map(({ fault }) => fault);
}

export interface Stage {
  code: "answer" | "on_site" | "restore";
  /** What is promised. */
  label: string;
  /** By when, or when it was done. */
  text: string;
  done: boolean;
  late: boolean;
}

const PROMISED = { answer: "派人", on_site: "到家", restore: "修好" } as const;
const DONE = { answer: "已派人", on_site: "已到家", restore: "已修好" } as const;

/** The three promises of this round. What a closed fault never reached is left out. */
export function stagesOf(fault: Fault, today: string): Stage[] {
  const all = [
    { code: "answer", due: fault.answer_due_at, met: fault.answered_at },
    { code: "on_site", due: fault.on_site_due_at, met: fault.arrived_at },
    { code: "restore", due: fault.restore_due_at, met: fault.restored_at },
  ] as const;
  return all
    .filter((stage) => stage.met !== null || fault.state !== "closed")
    .map(({ code, due, met }) => {
      const late = fault.late.includes(code);
      const by = `最晚 ${untilInWords(due, today)}`;
      const overdue = met === null && late ? `${by}，已经超时` : by;
      const done = met === null ? "" : `${instantInWords(met, today)}${late ? "，晚了" : ""}`;
      return {
        code,
        label: met ? DONE[code] : PROMISED[code],
        text: done || overdue,
        done: met !== null,
        late,
      };
    });
}

export type Tone = "plain" | "warm" | "good" | "info" | "care" | "danger";

/** How urgent it looks: a danger or something late in red, what waits for the household warm, what is done green. */
export function toneOf(fault: Fault): Tone {
  if (fault.state === "closed") return fault.closed_as === "confirmed" ? "good" : "plain";
  if (fault.state === "done") return "warm";
  if (fault.severity === "critical" || fault.late.length > 0) return "danger";
  return fault.state === "arrived" || fault.state === "dispatched" ? "info" : "care";
}

const CLOSED_AS: Record<string, string> = {
  confirmed: "住户说修好了",
  withdrawn: "住户撤回了",
  by_district: "区里办结",
  merged: "两户合并，并入另一件报修",
  false_report: "核实是误报，办结了",
};

/** The state as a villager says it. `forThem`: the household's word was given by somebody for it. */
export function stateInWords(fault: Fault, forThem = false): string {
  if (fault.state === "closed" && forThem) {
    return fault.closed_as === "confirmed" ? "村干部替这户确认修好" : "村干部替这户撤回";
  }
  if (fault.state === "closed") return CLOSED_AS[fault.closed_as ?? ""] ?? fault.state_label;
  if (fault.state === "done") return "维修人员说修完了，请您看看";
  if (fault.state === "arrived") return "维修人员已经到家";
  if (fault.state === "dispatched") return "已派人，等他上门";
  return fault.state === "reopened" ? "重新报修，等着派人" : "已报修，等着派人";
}

/** Who has to do something now. */
export function turnOf(fault: Fault): string {
  const company = fault.contractor_id ? (fault.contractor_name ?? "实施企业") : "乡镇（街道）";
  if (fault.state === "done") return "您家：说一声修好没有";
  if (fault.state === "closed") return "不用再办";
  if (fault.state === "reported" || fault.state === "reopened") return `${company}派人`;
  return `维修人员${fault.repairer_name ? ` ${fault.repairer_name}` : ""}`;
}

/** Whether it may be ended as false once looked into: while nobody of the house, and no officer, stands behind it. */
export const mayBeFalse = (fault: Fault): boolean =>
  fault.state !== "closed" && fault.vouched !== "household";

const ENDED = new Set(["confirmed", "closed", "called_false"]);

/** Whether the last word of a closed fault was given for the household by somebody else. */
export function closedForThem(file: FaultFile): boolean {
  const last = file.steps.filter((step) => ENDED.has(step.kind)).at(-1);
  return file.fault.state === "closed" && (last?.on_behalf ?? false);
}

export interface Line {
  title: string;
  at: string;
  by: string;
  onBehalf: boolean;
  notes: string[];
  late: boolean;
  round: number;
}

const CHECKED: Record<string, string> = { on_site: "到过现场", called_back: "打过电话" };
const STAGE_WORDS: Record<string, string> = { answer: "派人", on_site: "上门", restore: "修好" };
const ROLE_WORDS: Record<string, string> = {
  contractor_manager: "企业负责人",
  township_officer: "乡镇（街道）",
  district_officer: "区里",
};

/** What happened, the latest first, each with what belongs to it in words. */
export function linesOf(file: FaultFile, today: string): Line[] {
  return file.steps
    .map((step) => {
      const facts = step.facts;
      const notes: string[] = [];
      if (step.kind === "climbed") {
        const role = ROLE_WORDS[String(facts.role)] ?? "上一级";
        notes.push(`${STAGE_WORDS[String(facts.stage)] ?? "办理"}超时，已告诉${role}`);
      }
      if (step.kind === "called_false") notes.push(CHECKED[String(facts.checked)] ?? "核实过");
      if (typeof facts.rating === "number") notes.push(`打了${facts.rating}颗星`);
      if (typeof facts.serial === "string") notes.push(`电暖器编号 ${facts.serial}`);
      if (step.kind === "paused" && typeof facts.until === "string") {
        notes.push(`推迟到 ${instantInWords(facts.until, today)}`);
      }
      if (Array.isArray(facts.parts)) {
        const parts = facts.parts as { kind: string; serial: string }[];
        if (parts.length)
          notes.push(`换了${parts.length}个配件：${parts.map((part) => part.serial).join("、")}`);
      }
      if (step.note) notes.push(step.note);
      return {
        title: step.label,
        at: instantInWords(step.at, today),
        by: step.by_name ?? "",
        onBehalf: step.on_behalf,
        notes,
        late: step.kind === "climbed",
        round: step.round,
      };
    })
    .reverse();
}

const VIA: Record<string, string> = {
  resident: "住户报的",
  household_proxy: "家里人替住户报的",
  officer: "干部替这户报的",
  passer_by: "有人在门口扫码报的",
};

/** How a report came in. */
export const viaInWords = (via: string): string => VIA[via] ?? "报修";

export const STARS = [1, 2, 3, 4, 5] as const;
export const STAR_WORDS: Record<number, string> = {
  1: "很不满意",
  2: "不满意",
  3: "一般",
  4: "满意",
  5: "很满意",
};

/** An indoor temperature as typed: a number between −40 and 60 with at most one decimal, null for none, or undefined. */
export function temperatureOf(typed: string): number | null | undefined {
  const text = typed
    .trim()
    .replace(/[，。、]/g, ".")
    .replace("－", "-");
  if (!text) return null;
  if (!/^-?\d{1,2}(\.\d+)?$/.test(text)) return undefined;
  const degrees = Math.round(Number(text) * 10) / 10;
  return degrees >= -40 && degrees <= 60 ? degrees : undefined;
}
