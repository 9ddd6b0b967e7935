/** A report of danger at a door, before it is anybody's: what goes into it, and nothing that could hold it up. */
import type { IconName } from "@/components/icons";
import type { DoorReport } from "@/services/doorstep";

export type DoorCategory = DoorReport["category"];

/** What anybody who reads a sticker may report, the gravest first. */
export const AT_THE_DOOR: readonly { code: DoorCategory; word: string; icon: IconName }[] = [
  { code: "co", word: "报警器响、头晕", icon: "alarm" },
  { code: "smoke", word: "冒烟、糊味", icon: "flame" },
  { code: "electric_shock", word: "漏电、触电", icon: "zap" },
  { code: "no_heat", word: "没有暖气", icon: "snow" },
];

export const wordOf = (category: DoorCategory): string =>
  AT_THE_DOOR.find((kind) => kind.code === category)?.word ?? "";

/** As the server takes a telephone number. */
const PHONE = /^\+?[0-9][0-9 -]{5,18}[0-9]$/;
const MOST_WORDS = 1000;

export interface Typed {
  words: string;
  phone: string;
}

/** The body of a report. A number that is none goes into the words: a slip of the finger must not refuse the report. */
export function reportOf(
  code: string,
  category: DoorCategory,
  typed: Typed,
  photos: readonly string[],
): DoorReport {
  const number = typed.phone.normalize("NFKC").trim();
  const fits = PHONE.test(number) && number.length <= 20;
  const words = typed.words.trim();
  const noted = number && !fits ? [words, `留的电话：${number}`].filter(Boolean).join("。") : words;
  return {
    household_code: code,
    category,
    description: noted.slice(0, MOST_WORDS) || null,
    phone: fits ? number : null,
    photo_ids: [...photos],
  };
}
