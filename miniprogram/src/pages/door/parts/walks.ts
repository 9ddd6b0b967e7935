/** The village lists that the cadre's walk keeps on this phone: a door is known by them where there is no signal. */
import type { Schemas } from "@/services/request";

export type WalkStop = Schemas["WalkStop"];

const KEPT = "walk-";

/** The house of a code on the lists kept for these villages; null where none is known. */
export function keptHouse(code: string, villages: readonly string[]): WalkStop | null {
  for (const village of villages) {
    const walk = uni.getStorageSync(`${KEPT}${village}`) as { items?: WalkStop[] } | "";
    const found = walk ? walk.items?.find((stop) => stop.code === code) : undefined;
    if (found) return found;
  }
  return null;
}
