import { describe, expect, it } from "vitest";
import type { Delivery, LedgerEntry, Order } from "@/services/fuel";
import {
  bagsInWords,
  daysInWords,
  deliveriesIn,
  firstBags,
  leftAfter,
  movementInWords,
  orderableKg,
  orderState,
  overdue,
  plainDay,
  quickAmounts,
  recalledWithout,
  replacementsAmong,
  stepped,
  wayOn,
  wholeNumber,
  windowsFrom,
} from "./words";

describe("bags", () => {
  it("begin with a ton, or with what is left in whole bags", () => {
    expect(firstBags(3000, 25)).toBe(40);
    expect(firstBags(490, 25)).toBe(19);
    expect(firstBags(20, 25)).toBe(0);
  });

  it("offer half a ton, a ton and all, as far as they fit and none twice", () => {
    expect(quickAmounts(3000, 25).map((each) => [each.label, each.bags])).toEqual([
      ["半吨", 20],
      ["一吨", 40],
      ["全部领完", 120],
    ]);
    expect(quickAmounts(1000, 25).map((each) => each.label)).toEqual(["半吨", "全部领完"]);
    expect(quickAmounts(300, 25).map((each) => each.bags)).toEqual([12]);
    expect(quickAmounts(0, 25)).toEqual([]);
  });

  it("say so where a ton is no whole number of bags", () => {
    expect(quickAmounts(3000, 30).map((each) => [each.label, each.bags * 30])).toEqual([
      ["约半吨", 480],
      ["约一吨", 990],
      ["全部领完", 3000],
    ]);
  });

  it("step within one and what there is, and do not jump where more was typed", () => {
    expect(stepped(1, -1, 1000, 25)).toBe(1);
    expect(stepped(39, 1, 1000, 25)).toBe(40);
    expect(stepped(40, 1, 1000, 25)).toBe(40);
    expect(stepped(90, 1, 1000, 25)).toBe(90);
    expect(stepped(90, -1, 1000, 25)).toBe(89);
  });

  it("are read as typed, whole or not at all", () => {
    expect(["40", " 7 ", "0", "", "4.5", "四十", "-3"].map(wholeNumber)).toEqual([
      40,
      7,
      0,
      null,
      null,
      null,
      null,
    ]);
    expect(bagsInWords(40, 25)).toBe("40袋，共1,000公斤");
    expect(leftAfter(1000, 41, 25)).toBe(-25);
  });

  it("may draw on what earlier years owe", () => {
    expect(orderableKg({ left_kg: 0, owed_earlier_kg: 500 })).toBe(500);
    expect(orderableKg({ left_kg: 2000, owed_earlier_kg: 500 })).toBe(2000);
  });
});

describe("days for a delivery", () => {
  it("are the next two, the rest of the week, and the week after", () => {
    expect(windowsFrom("2022-09-15").map((each) => [each.label, each.from, each.until])).toEqual([
      ["明后天", "2022-09-16", "2022-09-17"],
      ["这周内", "2022-09-16", "2022-09-18"],
      ["下周", "2022-09-19", "2022-09-25"],
    ]);
  });

  it("leave this week out where it says no more than the next two days", () => {
    expect(windowsFrom("2022-09-16").map((each) => each.name)).toEqual(["soon", "next-week"]);
    expect(windowsFrom("2022-09-18").map((each) => [each.name, each.from])).toEqual([
      ["soon", "2022-09-19"],
      ["next-week", "2022-09-19"],
    ]);
  });

  it("are said shortly", () => {
    expect(daysInWords("2022-09-16", "2022-09-18", "2022-09-15")).toBe("9月16日到18日");
    expect(daysInWords("2022-09-26", "2022-10-02", "2022-09-15")).toBe("9月26日到10月2日");
    expect(daysInWords("2022-09-16", "2022-09-16", "2022-09-15")).toBe("明天（9月16日）");
    expect(daysInWords("2022-12-30", "2023-01-02", "2022-12-28")).toBe("12月30日到2023年1月2日");
    expect(plainDay("2023-01-01", "2022-09-15")).toBe("2023年1月1日");
  });
});

describe("orders", () => {
  const order = (state: string, reserved = 0) => ({ state, reserved_kg: reserved, kilograms: 1000 });

  it("are told by what they wait for", () => {
    expect(orderState(order("open", 1000)).word).toBe("等着送来");
    expect(orderState(order("open", 400)).word).toBe("送了一部分");
    expect(
      ["delivered", "failed", "cancelled", "closed"].map((state) => orderState(order(state)).word),
    ).toEqual(["送完了", "没有送到", "已取消", "已结束"]);
  });

  it("are overdue on the day after the last that was asked for", () => {
    const asked = (state: string) => ({ state, wanted_until: "2022-09-15" });
    expect(["2022-09-14", "2022-09-15", "2022-09-16"].map((day) => overdue(asked("open"), day))).toEqual([
      false,
      false,
      true,
    ]);
    expect(overdue(asked("delivered"), "2022-09-16")).toBe(false);
  });

  it("give up the deliveries that wait, the oldest first, across orders", () => {
    const delivery = (id: string, state: string, made_at: string) => ({ id, state, made_at }) as Delivery;
    const orders = [
      { deliveries: [delivery("b", "awaiting", "2022-09-15T03:00:00Z")] },
      {
        deliveries: [
          delivery("a", "awaiting", "2022-09-15T01:00:00Z"),
          delivery("c", "agreed", "2022-09-14T01:00:00Z"),
        ],
      },
    ] as Order[];
    expect(deliveriesIn(orders, "awaiting").map((each) => each.id)).toEqual(["a", "b"]);
  });
});

describe("a recalled delivery", () => {
  const orders = (state: string) =>
    [
      { id: "new", state, deliveries: [] },
      { id: "old", state: "delivered", deliveries: [{ id: "d", state: "recalled", replacement_id: "new" }] },
    ] as unknown as Order[];

  it("is warned of until its replacement has come", () => {
    expect(recalledWithout(orders("open")).map((each) => each.id)).toEqual(["d"]);
    expect(recalledWithout(orders("cancelled"))).toHaveLength(1);
    expect(recalledWithout(orders("delivered"))).toEqual([]);
    expect([...replacementsAmong(orders("open"))]).toEqual(["new"]);
  });
});

describe("the ledger", () => {
  const entry = (kind: string, more: Partial<LedgerEntry>) =>
    ({
      kind,
      reserved_kg: 0,
      delivered_kg: 0,
      owed_kg: 0,
      excess_kg: 0,
      reverses_id: null,
      ...more,
    }) as LedgerEntry;

  it("speaks of every kind of movement", () => {
    expect(movementInWords(entry("reserve", { reserved_kg: 2000 }))).toBe("申领了2,000公斤");
    expect(movementInWords(entry("release", { reserved_kg: -25, owed_kg: 25 }))).toBe(
      "退回额度25公斤，以后还能领，跨年也不作废",
    );
    expect(movementInWords(entry("release", { reserved_kg: -2000 }))).toBe("退回额度2,000公斤");
    expect(movementInWords(entry("deliver", { reserved_kg: -1975, delivered_kg: 1975 }))).toBe(
      "送到1,975公斤",
    );
    expect(movementInWords(entry("recredit", { delivered_kg: -1975, owed_kg: 1975 }))).toContain(
      "退回额度1,975公斤",
    );
    expect(movementInWords(entry("correct", { delivered_kg: -1975, reverses_id: "x" }))).toBe(
      "更正：先划掉原来的1,975公斤",
    );
    expect(movementInWords(entry("correct", { delivered_kg: 1900, owed_kg: 75 }))).toBe(
      "更正：改记为1,900公斤，少的75公斤以后还能领，跨年也不作废",
    );
    expect(movementInWords(entry("correct", { delivered_kg: 500, excess_kg: 200 }))).toContain(
      "多领了200公斤",
    );
  });
});

describe("what to do about a closed entitlement", () => {
  it("knows a way on for each reason, and one for those it does not know", () => {
    expect(wayOn("fuel.not_installed").page).toBe("installation");
    expect(wayOn("fuel.goes_to_boiler").page).toBe("fault");
    expect(wayOn("fuel.no_co_alarm").text).toContain("当场");
    expect(wayOn("fuel.something_new").text).not.toBe("");
  });
});
