/** What a house's home says: what matters most now, who must act, until when, and what the button is called. */
import { dayInWords, instantInWords } from "@/composables/days";
import type { Home, HomeFault, HomeNext, HomeToDo } from "@/services/home";

export interface Important {
  thing: HomeNext;
  /** Whether the person who looks can do it. */
  mine: boolean;
  heading: string;
  tone: "warm" | "danger" | "good" | "info";
  /** What else waits, in the server's order. */
  rest: HomeToDo[];
}

/** The one thing to show first: the most urgent that waits, else what comes next on the ladder. */
export function importantNow(home: Home): Important {
  const [first, ...rest] = home.to_do;
  if (first) {
    const tone = isDanger(home, first) ? "danger" : first.mine ? "warm" : "info";
    return {
      thing: first,
      mine: first.mine,
      heading: tone === "danger" ? "先看这件" : first.mine ? "现在要办的事" : "接下来",
      tone,
      rest,
    };
  }
  const done = home.next.who === "nobody";
  return {
    thing: home.next,
    mine: false,
    heading: done ? "都好了" : "接下来",
    tone: done ? "good" : "info",
    rest,
  };
}

/** A stove that burns beside a bed without an alarm that was heard may cost a life. */
function isDanger(home: Home, thing: HomeNext): boolean {
  return thing.code === "co_alarm" && home.ladder.some((rung) => rung.code === "energised" && rung.reached);
}

/** 由您来办 / 由实施企业来办; empty where nobody has to act. */
export function whoInWords(thing: HomeNext, mine: boolean): string {
  if (mine) return "由您来办";
  return thing.who_label ? `由${thing.who_label}来办` : "";
}

/** 最晚明天（9月16日）; a day gone by is said as such, without blame. */
export function untilInWords(until: string | null, today: string, mine: boolean): string {
  if (!until || !today) return "";
  if (until < today) return `原定${plainDay(until, today)}前，${mine ? "请尽快办" : "已经晚了"}`;
  return until === today ? "最晚今天" : `最晚${dayInWords(until, today)}`;
}

function plainDay(day: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? "" : `${day.slice(0, 4)}年`;
  return `${year}${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`;
}

const BUTTONS: Record<string, string> = {
  confirm: "去确认登记",
  owner_confirmation: "去确认协议",
  book: "去预约安装",
  visit: "看预约",
  confirm_heat: "去确认供热",
  repair: "去确认修好没有",
  delivery: "去核对燃料",
  delivery_disputed: "看燃料",
  fuel_order: "去领燃料",
  network_stage: "看管网进展",
  confirm_village: "看我家登记",
  takes_no_part: "看我家登记",
};

export function buttonInWords(code: string): string {
  return BUTTONS[code] ?? "看进度";
}

/** By when somebody answers a report, while nobody has; empty afterwards. */
export function answerInWords(fault: HomeFault, today: string): string {
  if (fault.state !== "reported" && fault.state !== "reopened") return "";
  if (fault.late.length) return "已经超过时限，请打服务电话催一催。";
  return `最晚${instantInWords(fault.answer_due_at, today)}有人联系您。`;
}

const FIRST: Record<string, string> = {
  co: "人先到屋外，开着门窗。有人叫不醒，马上打120。",
  smoke: "看见明火先撤到屋外，马上打119。",
  electric_shock: "先拉电闸，不要用手碰。有人触电，马上打120。",
};

/** What must not wait for anybody, while a dangerous report is open and nobody has mended it. */
export function firstOfAll(fault: HomeFault): string {
  return fault.state === "done" ? "" : (FIRST[fault.category] ?? "");
}

/** The house's address with its village once, not twice. */
export function addressOf(home: { address: string; village: string }): string {
  return home.address.startsWith(home.village) ? home.address : `${home.village}${home.address}`;
}

/** 易礼，您好 */
export function greeting(name: string | null): string {
  return name ? `${name}，您好` : "您好";
}

/** Everything that the important card says, for reading aloud. */
export function aloud(important: Important, today: string): string {
  const { thing, mine } = important;
  const sentences = [thing.text, whoInWords(thing, mine), untilInWords(thing.until, today, mine)];
  return sentences
    .filter(Boolean)
    .map((sentence) => (/[。！？]$/.test(sentence) ? sentence : `${sentence}。`))
    .join("");
}
