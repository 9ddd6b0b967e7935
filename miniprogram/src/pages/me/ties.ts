/** One's ties to houses, and what is left on this phone. */
import type { Waiting } from "@/offline/waiting";

const REASONS: Record<string, readonly string[]> = {
  resident: ["我不住这儿了", "认领错了", "我换手机了"],
  household_proxy: ["不再替这家办事", "认领错了"],
};

/** Why somebody ends a tie of their own; the reason is kept and told to whom it concerns. */
export function reasonsFor(tie: string): readonly string[] {
  return REASONS[tie] ?? ["认领错了"];
}

/** What of this person has not been sent yet: nothing of anybody else's. */
export function unsentOf(items: readonly Waiting[], person: string): Waiting[] {
  return items.filter((item) => item.person === person && item.state !== "sent");
}
