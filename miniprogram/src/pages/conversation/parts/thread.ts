/** A thread as it is shown: lines in their order, each told apart by who speaks, and what of it can still be tapped. */
import { instantInWords } from "@/composables/days";
import type { Card, Entry } from "@/services/conversation";

/** A line that was written here and has not come back from the server. */
export interface Unsent {
  key: string;
  text: string;
  failed: boolean;
  /** What was answered to a danger that the server keeps while it has no database; the thread has neither yet. */
  reply?: string;
}

/** Ids grow with time: whatever was read, in order, each line once; what was read later wins. */
export function merged(known: readonly Entry[], read: readonly Entry[]): Entry[] {
  const byId = new Map(known.map((entry) => [entry.id, entry]));
  for (const entry of read) byId.set(entry.id, entry);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whether reading again brought a line that was not there, by somebody else than the reader. */
export function bringsNews(known: readonly Entry[], read: readonly Entry[], reader: string): boolean {
  const ids = new Set(known.map((entry) => entry.id));
  return read.some((entry) => !ids.has(entry.id) && !(entry.person_id === reader && entry.who !== "service"));
}

/** Everything that a person sees of the lines and cards: only then must they be drawn anew. */
export function looksOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${entry.id}${entry.card?.state ?? ""}`).join();
}

export interface Shown {
  entry: Entry;
  side: "mine" | "theirs";
  look: "household" | "service" | "cadre";
  /** Who speaks, where it is not the reader. */
  name: string;
  when: string;
  /** Empty where the card beneath says the same. */
  text: string;
  options: Entry["options"];
  card: Card | null;
  /** The words on the card's two buttons; null where nothing can be done with it. */
  buttons: { yes: string; no: string } | null;
  /** What to open for what the card has become. */
  link: string;
}

const CHANNEL: Record<string, string> = { official_account: "公众号" };

export interface Reader {
  id: string;
  /** Reads as the household itself; else as whoever answers it. */
  own: boolean;
  today: string;
}

function nameOf(entry: Entry, reader: Reader): string {
  if (entry.who === "service") return "服务台";
  if (entry.who === "cadre") return `${entry.by_name ?? "工作人员"}（村里答复）`;
  if (!reader.own) return "住户";
  return entry.person_id === reader.id ? "" : "家里人";
}

/** Where the matter of a card stands now. */
export function linkOf(card: Card): string {
  if (card.state !== "confirmed" || !card.result) return "";
  return card.result.kind === "fault" ? `pages/fault/index?fault=${card.result.id}` : card.page;
}

/** The card's own words, as the service writes them before its question. */
function saysTheCard(entry: Entry): boolean {
  return entry.card !== null && entry.text.startsWith(`${entry.card.title}。${entry.card.body}`);
}

/** `entries` in their order. Options stand on the last line only, and only if it was said to the reader; a card can be settled as long as it is open. */
export function shownOf(entries: readonly Entry[], reader: Reader): Shown[] {
  const lastOfCard = new Map<string, string>();
  let lastToReader = "";
  for (const entry of entries) {
    if (entry.card) lastOfCard.set(entry.card.id, entry.id);
    if (entry.who === "service" && entry.person_id === reader.id) lastToReader = entry.id;
  }
  const offered = new Map<string, Entry["options"]>();
  return entries.map((entry) => {
    // A number that was tapped is shown as what it stood for.
    const chosen =
      entry.who === "household"
        ? offered.get(entry.person_id)?.find((option) => option.key === entry.text.trim())
        : undefined;
    if (entry.who === "service") offered.set(entry.person_id, entry.options);
    const asked = reader.own && entry.id === lastToReader && entry === entries.at(-1);
    const card = entry.card && lastOfCard.get(entry.card.id) === entry.id ? entry.card : null;
    const mineToTap = reader.own && entry.person_id === reader.id;
    const word = (key: string, otherwise: string) =>
      entry.options.find((option) => option.key === key)?.label ?? otherwise;
    const waits = card?.state === "open" && mineToTap;
    const own =
      entry.who === "household" ? reader.own : entry.who === "cadre" && entry.person_id === reader.id;
    const channel = CHANNEL[entry.channel];
    return {
      entry,
      side: own ? "mine" : "theirs",
      look: entry.who as Shown["look"],
      name: nameOf(entry, reader),
      when: instantInWords(entry.at, reader.today) + (channel ? ` · ${channel}` : ""),
      text: card && saysTheCard(entry) ? "" : (chosen?.label ?? entry.text),
      options: asked && !waits ? entry.options : [],
      card,
      buttons: waits ? { yes: word("1", "确认"), no: word("0", "取消") } : null,
      link: card ? linkOf(card) : "",
    };
  });
}

/** What can be said by a tap, in everyday words that the service understands whatever was asked before. */
export const QUICK = ["报修", "领燃料", "预约", "查进度", "找村干部"] as const;
