/** A day's houses in the order in which one walks them. Pure. */
import type { RoundStop } from "@/services/installation";

/** By village, then as doors are numbered: 2号 before 10号. */
export function byDoor(a: RoundStop, b: RoundStop): number {
  if (a.booking.area_code !== b.booking.area_code) {
    return a.booking.area_code < b.booking.area_code ? -1 : 1;
  }
  return byNumber(a.address, b.address);
}

/** Compares texts with their numbers as numbers. */
export function byNumber(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const left = parts(a);
  const right = parts(b);
  for (let place = 0; place < Math.min(left.length, right.length); place++) {
    const one = left[place] as string;
    const other = right[place] as string;
    if (one === other) continue;
    const numbers = /^\d/.test(one) && /^\d/.test(other);
    if (numbers && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

export interface HalfRound {
  half: "morning" | "afternoon";
  label: string;
  stops: RoundStop[];
}

/** Morning and afternoon, each in walking order; a half-day without a house is left out. */
export function halves(stops: readonly RoundStop[]): HalfRound[] {
  const of = (half: "morning" | "afternoon", label: string): HalfRound => ({
    half,
    label,
    stops: stops.filter((stop) => stop.booking.half_day === half).sort(byDoor),
  });
  return [of("morning", "上午"), of("afternoon", "下午")].filter((each) => each.stops.length);
}

/** 3户，已去1户 */
export function roundInWords(stops: readonly RoundStop[]): string {
  const done = stops.filter((stop) => stop.booking.state === "done").length;
  return `${stops.length}户${done ? `，已去${done}户` : ""}`;
}
