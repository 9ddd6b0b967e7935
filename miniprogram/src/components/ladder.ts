/** A household's ladder as the screen draws it: where it stands, what is next, in words for what is done and what is not. */
import { dayInWords } from "@/composables/days";

export interface LadderRung {
  code: string;
  label: string;
  reached: boolean;
  reached_at: string | null;
  current: boolean;
  planned_on?: string | null;
}

export interface Standing {
  current: LadderRung | null;
  next: LadderRung | null;
  /** How many rungs are climbed without a gap, of how many. */
  climbed: number;
  of: number;
}

/** Where the house stands: a rung reached above one that is not counts for nothing yet. */
export function standingOn(ladder: readonly LadderRung[]): Standing {
  const gap = ladder.findIndex((rung) => !rung.reached);
  const climbed = gap === -1 ? ladder.length : gap;
  return {
    current: ladder[climbed - 1] ?? null,
    next: ladder[climbed] ?? null,
    climbed,
    of: ladder.length,
  };
}

/** 已确户 once it is done, 确户 while it is to come. */
export function rungInWords(rung: LadderRung): string {
  return rung.reached ? rung.label : rung.label.replace(/^已/, "");
}

/** The day it was reached, or the day it is planned for; empty where neither is known. */
export function rungDay(rung: LadderRung, today: string): string {
  if (rung.reached && rung.reached_at) {
    const local = new Date(Date.parse(rung.reached_at) + 8 * 3600 * 1000).toISOString().slice(0, 10);
    return dayInWords(local, today);
  }
  return !rung.reached && rung.planned_on ? `计划${dayInWords(rung.planned_on, today)}` : "";
}
