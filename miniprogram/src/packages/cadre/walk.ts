/** The walk through a village: which house a code belongs to, who is next, how far one is. No signal is needed for any of it. */
import type { Waiting } from "@/offline/waiting";

export interface House {
  id: string;
  code: string | null;
  address: string;
  head_name: string;
  confirmed_by_household: boolean;
  confirmed_by_village: boolean;
  locked: boolean;
  sent_back: boolean;
}

export type Mark = "locked" | "confirmed" | "waiting" | "refused" | "sent_back" | "open";

export const MARK_WORDS: Record<Mark, string> = {
  locked: "已锁定",
  confirmed: "村里已确认",
  waiting: "已记下，待发送",
  refused: "没有办成",
  sent_back: "被退回",
  open: "还没确认",
};

/** The path of the write that confirms a house on site; also how its waiting item is found again. */
export function confirmationPath(household: string): string {
  return `/api/households/${household}/village-confirmation`;
}

/** Where a house stands, counting what this phone has noted and not yet sent. */
export function markOf(house: House, waiting: readonly Pick<Waiting, "path" | "state">[]): Mark {
  const noted = waiting.find((item) => item.path === confirmationPath(house.id));
  if (house.locked) return "locked";
  if (house.confirmed_by_village) return "confirmed";
  if (noted) return noted.state === "refused" ? "refused" : "waiting";
  return house.sent_back ? "sent_back" : "open";
}

export function isDone(mark: Mark): boolean {
  return mark === "locked" || mark === "confirmed" || mark === "waiting";
}

/** The house whose sticker carries this code; null when it is not on this village's list. */
export function houseOf(code: string, houses: readonly House[]): House | null {
  return houses.find((house) => house.code === code) ?? null;
}

export type Show = "open" | "done" | "all";

/** What the list shows: by state, and by what was typed of the address or the name. */
export function shownHouses<H extends House>(
  houses: readonly H[],
  waiting: readonly Pick<Waiting, "path" | "state">[],
  show: Show,
  typed: string,
): { house: H; mark: Mark }[] {
  const looked = typed.replace(/\s/g, "");
  return houses
    .map((house) => ({ house, mark: markOf(house, waiting) }))
    .filter(({ mark }) => show === "all" || isDone(mark) === (show === "done"))
    .filter(
      ({ house }) => !looked || `${house.address}${house.head_name}`.replace(/\s/g, "").includes(looked),
    );
}
