/** What can be wrong, as pictures with words; and what to do first, at hand before anything is typed or sent. */
import type { IconName } from "@/components/icons";
import type { Category } from "@/services/faults";
import told from "./first-steps.json";

export interface Kind {
  code: Category;
  word: string;
  /** The name of the danger, under the words for how it feels. */
  also?: string;
  icon: IconName;
  /** Danger to life: its steps stand before everything else. */
  danger?: boolean;
  /** Anybody may report it by the code at the door. */
  atTheDoor?: boolean;
}

export const KINDS: readonly Kind[] = [
  { code: "no_heat", word: "没暖气", icon: "snow", atTheDoor: true },
  {
    code: "co",
    word: "报警器响、头晕",
    also: "一氧化碳（煤气）",
    icon: "alarm",
    danger: true,
    atTheDoor: true,
  },
  { code: "smoke", word: "冒烟、糊味", icon: "flame", danger: true, atTheDoor: true },
  { code: "leaking", word: "漏水、漏液", icon: "water" },
  { code: "electric_shock", word: "漏电、触电", icon: "zap", danger: true, atTheDoor: true },
  { code: "noise", word: "机器噪声大", icon: "sound" },
  { code: "equipment", word: "设备坏了", icon: "wrench" },
  { code: "other", word: "其他", icon: "chat" },
];

interface First {
  /** The emergency number that belongs to it; empty for none. */
  call: string;
  steps: readonly string[];
}
const FIRST: Partial<Record<string, First>> = told.first;

export const kindOf = (code: string | undefined): Kind | null =>
  KINDS.find((kind) => kind.code === code) ?? null;

/** What the server says first for this kind; kept here too, because it must not wait for an answer. */
export const firstOf = (code: string): First => FIRST[code] ?? { call: "", steps: [] };

/** Where to be warm tonight when nobody has answered yet. */
export const TONIGHT: readonly string[] = told.tonight;

/** Steps as one text to be read aloud. */
export const spoken = (steps: readonly string[]): string =>
  steps.map((step, index) => `第${index + 1}，${step}`).join("");
