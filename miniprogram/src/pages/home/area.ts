/** An area's desk: what is on it, and where to begin. */
import type { DeskAreaCounts, DeskCounts } from "@/services/home";

/** Those with somebody in the cold first, then those with most to lock, then with most to confirm; the rest as listed. */
export function whereToBegin(below: readonly DeskAreaCounts[]): DeskAreaCounts[] {
  return [...below].sort(
    (a, b) =>
      b.counts.cold - a.counts.cold ||
      b.counts.to_lock - a.counts.to_lock ||
      b.counts.to_confirm - a.counts.to_confirm,
  );
}

/** The village where most can be locked; null where nothing can. */
export function mostToLock(below: readonly DeskAreaCounts[]): DeskAreaCounts | null {
  const [first] = [...below].sort((a, b) => b.counts.to_lock - a.counts.to_lock);
  return first && first.counts.to_lock > 0 ? first : null;
}

/** How much of a whole, in percent with whole numbers; never 100 while something is left. */
export function share(part: number, whole: number): number {
  if (whole <= 0) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.floor((part / whole) * 100));
}

/** 23613 → 23,613 */
export const counted = (houses: number) => houses.toLocaleString("en-US");

/** What an area below has to tell in one line; empty where nothing waits. */
export function inOneLine(counts: DeskCounts): string {
  const told = [
    counts.cold ? `${counted(counts.cold)}户可能受冻` : "",
    counts.to_lock ? `${counted(counts.to_lock)}户可锁定` : "",
    counts.to_confirm ? `${counted(counts.to_confirm)}户没确户` : "",
    counts.open_faults ? `${counted(counts.open_faults)}件故障` : "",
  ].filter(Boolean);
  return told.slice(0, 3).join(" · ");
}
