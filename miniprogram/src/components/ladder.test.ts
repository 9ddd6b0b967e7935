import { describe, expect, it } from "vitest";
import { type LadderRung, rungDay, rungInWords, standingOn } from "./ladder";

function rung(label: string, reached: boolean, more: Partial<LadderRung> = {}): LadderRung {
  return { code: label, label, reached, reached_at: null, current: false, ...more };
}

describe("a household's ladder", () => {
  it("stands on the last rung before the first gap", () => {
    const ladder = [
      rung("已列入清单", true),
      rung("已确户", true),
      rung("已签协议", false),
      rung("已验收", true),
    ];
    const at = standingOn(ladder);
    expect([at.current?.label, at.next?.label, at.climbed, at.of]).toEqual(["已确户", "已签协议", 2, 4]);
  });

  it("has nothing next at the top, and no rung to stand on before the first", () => {
    expect(standingOn([rung("已列入清单", true)]).next).toBeNull();
    expect(standingOn([rung("已列入清单", false)]).current).toBeNull();
    expect(standingOn([])).toEqual({ current: null, next: null, climbed: 0, of: 0 });
  });

  it("speaks of what is to come without saying that it is done", () => {
    expect(rungInWords(rung("已确户", true))).toBe("已确户");
    expect(rungInWords(rung("已确户", false))).toBe("确户");
    expect(rungInWords(rung("二次管网", false))).toBe("二次管网");
  });

  it("names the day in the programme's time zone, reached or planned", () => {
    expect(rungDay(rung("已确户", true, { reached_at: "2022-09-14T16:30:00Z" }), "2022-09-15")).toBe(
      "今天（9月15日）",
    );
    expect(rungDay(rung("换热站", false, { planned_on: "2022-10-20" }), "2022-09-15")).toBe(
      "计划10月20日 周四",
    );
    expect(rungDay(rung("已验收", false), "2022-09-15")).toBe("");
  });
});
