/** A village outage as one would say it. */
import { instantInWords } from "@/composables/days";
import type { Outage } from "@/services/faults";

export interface OutageWords {
  title: string;
  lines: string[];
  over: boolean;
}

export function outageWords(outage: Outage, today: string): OutageWords {
  const began = instantInWords(outage.began_at, today);
  const what = `“${outage.category_label}”`;
  if (outage.ended_at) {
    const ended = instantInWords(outage.ended_at, today);
    return {
      title: `${outage.village}：都修好了`,
      lines: [`${began} 起有 ${outage.households} 户报${what}。`, `${ended} 全部办结。`],
      over: true,
    };
  }
  const fixed = outage.households - outage.open;
  const rest =
    fixed > 0 ? `修好 ${fixed} 户，还有 ${outage.open} 户没修好。` : `${outage.open} 户都还没修好。`;
  return {
    title: `${outage.village}：好几户${outage.category_label}`,
    lines: [`${began} 起有 ${outage.households} 户报${what}。`, rest],
    over: false,
  };
}
