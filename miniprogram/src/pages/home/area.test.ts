import { describe, expect, it } from "vitest";
import type { DeskAreaCounts, DeskCounts } from "@/services/home";
import { inOneLine, mostToLock, share, whereToBegin } from "./area";

const NONE: DeskCounts = {
  cold: 0,
  danger: 0,
  confirmed_by_household: 0,
  confirmed_by_village: 0,
  disputed_deliveries: 0,
  held_rows: 0,
  households: 100,
  locked: 0,
  open_faults: 0,
  sent_back: 0,
  to_call: 0,
  to_confirm: 0,
  to_lock: 0,
  unreachable: 0,
};
const area = (name: string, counts: Partial<DeskCounts>): DeskAreaCounts => ({
  code: name,
  name,
  counts: { ...NONE, ...counts },
});

describe("an area's desk", () => {
  const below = [
    area("甲", { to_confirm: 5 }),
    area("乙", { to_lock: 2 }),
    area("丙", { cold: 1 }),
    area("丁", { to_lock: 7 }),
  ];

  it("begins with the cold, then with what can be locked, then with what can be confirmed", () => {
    expect(whereToBegin(below).map((each) => each.name)).toEqual(["丙", "丁", "乙", "甲"]);
    expect(below[0]?.name).toBe("甲"); // the list that was given stays as it was
  });

  it("names the village with most to lock, and none where nothing is", () => {
    expect(mostToLock(below)?.name).toBe("丁");
    expect(mostToLock([area("甲", {})])).toBeNull();
    expect(mostToLock([])).toBeNull();
  });

  it("says a hundred percent only when nothing is left", () => {
    expect([share(0, 0), share(1, 3), share(999, 1000), share(1000, 1000)]).toEqual([0, 33, 99, 100]);
  });

  it("tells of at most three things in a line", () => {
    expect(inOneLine({ ...NONE, cold: 1, to_lock: 2, to_confirm: 3, open_faults: 4 })).toBe(
      "1户可能受冻 · 2户可锁定 · 3户没确户",
    );
    expect(inOneLine(NONE)).toBe("");
    expect(inOneLine({ ...NONE, to_confirm: 2424 })).toBe("2,424户没确户");
  });
});
