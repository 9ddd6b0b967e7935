import { describe, expect, it } from "vitest";
import { jobsAt, type Work } from "./jobs";

const HOUSE = "H1";
const booking = (more: object) => ({
  address: "",
  head_name: "",
  path: "biomass",
  phone_masked: null,
  booking: { household_id: HOUSE, state: "standing", day: "2022-09-16", half_day: "morning", ...more },
});
const order = (more: object) => ({
  household_id: HOUSE,
  state: "open",
  reserved_kg: 1000,
  wanted_until: "2022-09-15",
  ...more,
});
const fault = (more: object) => ({
  household_id: HOUSE,
  state: "dispatched",
  category_label: "没有暖气",
  state_label: "已派单",
  ...more,
});
const work = (given: { bookings?: object[]; orders?: object[]; faults?: object[] }) =>
  ({ bookings: [], orders: [], faults: [], ...given }) as unknown as Work;

describe("a worker's jobs at a door", () => {
  it("says what and by when, visit, delivery and repair", () => {
    const all = work({ bookings: [booking({})], orders: [order({})], faults: [fault({})] });
    expect(jobsAt(HOUSE, all, "2022-09-15").map(({ what, when }) => [what, when])).toEqual([
      ["上门安装", "明天（9月16日）上午"],
      ["送燃料 1,000公斤", "今天（9月15日）以前"],
      ["维修：没有暖气", "已派单"],
    ]);
  });

  it("leaves out what is over, and what is somebody else's house", () => {
    const over = work({
      bookings: [booking({ state: "done" }), booking({ household_id: "H2" })],
      orders: [order({ state: "delivered" }), order({ household_id: "H2" })],
      faults: [fault({ state: "closed" }), fault({ state: "done" }), fault({ household_id: "H2" })],
    });
    expect(jobsAt(HOUSE, over, "2022-09-15")).toEqual([]);
  });
});
