import { describe, expect, it } from "vitest";
import { afterVillage, whereOf, whyNothing, type DoorHouse } from "./visitor";

const HOUSE: DoorHouse = {
  id: "H1",
  address: "1号",
  head_name: "张三",
  confirmed_by_household: false,
  confirmed_by_village: true,
  locked: false,
  sent_back_reason: "",
};
const roles = (...names: string[]) => names.map((role) => ({ role }));

describe("who has no business at a door is told why", () => {
  it.each([
    [roles("installer"), 0, "没有派工"],
    [roles("driver"), 1, "没有派工"],
    [roles("village_cadre"), 0, "不在您负责的村"],
    [roles("township_officer"), 0, "不在您负责的地方"],
    [roles(), 1, "不是您认领的那一户"],
  ])("%j with %d houses", (held, houses, told) => {
    expect(whyNothing(held, houses)).toContain(told);
  });

  it("and somebody without roles or houses is simply asked whether this is home", () => {
    expect(whyNothing([], 0)).toBe("");
  });
});

describe("after the village's word", () => {
  it("waits for the household's own", () => {
    expect(afterVillage(HOUSE)).toContain("住户自己确认");
  });
  it("then for the township", () => {
    expect(afterVillage({ ...HOUSE, confirmed_by_household: true })).toContain("乡镇");
  });
  it("and is done once it is locked", () => {
    expect(afterVillage({ ...HOUSE, confirmed_by_household: true, locked: true })).toContain("锁定");
  });
});

describe("where a house is", () => {
  it.each([
    ["利民镇平川坡村", "平川坡村1号", "利民镇平川坡村1号"],
    ["利民镇平川坡村", "东街2号", "利民镇平川坡村 东街2号"],
    ["利民镇平川坡村", "利民镇平川坡村3号", "利民镇平川坡村3号"],
    ["", "东街2号", "东街2号"],
  ])("%s, %s", (village, address, where) => {
    expect(whereOf(village, address)).toBe(where);
  });
});
