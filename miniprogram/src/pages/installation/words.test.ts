import { describe, expect, it } from "vitest";
import type { Contract, Installation, Slot, Stage, Standing } from "@/services/installation";
import {
  anyOpen,
  changeUntil,
  dayChoices,
  deviceLines,
  financingInWords,
  freeInWords,
  mayBook,
  missingInWords,
  ownerWord,
  saidCold,
  stageLines,
  visitInWords,
  warmQuestion,
  whyNoBooking,
} from "./words";

const TODAY = "2022-09-15";

function slot(id: string, day: string, half: string, free: number): Slot {
  return {
    id,
    day,
    half_day: half,
    free,
    booked: 2 - free,
    capacity: 2,
    area_code: "1",
    contractor_id: "c",
    contractor_name: "某企业",
  };
}
function standing(more: Partial<Standing> = {}): Standing {
  return {
    contracted_on: "2022-09-10",
    contract_permits_works: true,
    booked_for: null,
    booked_half_day: null,
    installed_at: null,
    accepted_at: null,
    energised_at: null,
    heat_confirmed_at: null,
    rework_open: false,
    waits_for_stage: null,
    ...more,
  } as Standing;
}
function stage(code: string, planned: string | null, done: string | null): Stage {
  return {
    id: null,
    area_code: "1",
    path: "district_heat",
    stage: code,
    label: code,
    owner: null,
    owner_label: "住建局",
    planned_on: planned,
    done_on: done,
  };
}

describe("choosing a half-day", () => {
  it("puts mornings before afternoons and days in order, however the server listed them", () => {
    const days = dayChoices([
      slot("c", "2022-09-17", "morning", 1),
      slot("b", "2022-09-16", "afternoon", 2),
      slot("a", "2022-09-16", "morning", 0),
    ]);
    expect(days.map((each) => [each.day, each.halves.map((half) => half.slot)])).toEqual([
      ["2022-09-16", ["a", "b"]],
      ["2022-09-17", ["c"]],
    ]);
  });

  it("says how many places are left and closes what is full or already held", () => {
    const [first] = dayChoices(
      [slot("a", "2022-09-16", "morning", 0), slot("b", "2022-09-16", "afternoon", 2)],
      "b",
    );
    expect(first?.halves).toEqual([
      { slot: "a", half: "morning", note: "约满了", open: false },
      { slot: "b", half: "afternoon", note: "您现在约的", open: false },
    ]);
    expect(anyOpen(first ? [first] : [])).toBe(false);
    expect([freeInWords(1), freeInWords(3)]).toEqual(["只剩1户", "还能约3户"]);
  });

  it("says a visit as people say it", () => {
    expect(visitInWords("2022-09-16", "morning", TODAY)).toBe("明天（9月16日）上午");
  });
});

describe("whether there is something to book", () => {
  it("waits for the network, the contract, the owner, in this order", () => {
    expect(
      whyNoBooking(
        standing({ waits_for_stage: stage("换热站", "2022-10-01", null), contracted_on: null }),
        TODAY,
      )?.heading,
    ).toBe("您家不用约上门");
    expect(
      whyNoBooking(standing({ waits_for_stage: stage("一次管网", "2022-09-10", null) }), TODAY)?.text,
    ).toContain("原计划9月10日");
    expect(whyNoBooking(standing({ contracted_on: null }), TODAY)?.heading).toBe("还没有签改造协议");
    expect(whyNoBooking(standing({ contract_permits_works: false }), TODAY)?.heading).toBe(
      "先把协议再看一遍",
    );
  });

  it("has nothing to book twice, nor in a finished house unless it was sent back", () => {
    expect(mayBook(standing({ booked_for: "2022-09-16", booked_half_day: "morning" }), TODAY)).toBe(false);
    const installed = { installed_at: "2022-09-14T08:00:00Z" };
    expect(mayBook(standing(installed), TODAY)).toBe(false);
    expect(mayBook(standing({ ...installed, rework_open: true }), TODAY)).toBe(true);
    expect(mayBook(standing(), TODAY)).toBe(true);
  });
});

describe("the owner's second word", () => {
  const contract = (more: Partial<Contract>) =>
    ({ confirmable_from: null, owner_confirmed_at: null, ...more }) as Contract;

  it("is asked for only with a loan or lease, from its day on, once", () => {
    expect(ownerWord(contract({}), TODAY)).toBe("none");
    expect(ownerWord(contract({ confirmable_from: "2022-09-18" }), TODAY)).toBe("early");
    expect(ownerWord(contract({ confirmable_from: TODAY }), TODAY)).toBe("now");
    expect(
      ownerWord(contract({ confirmable_from: TODAY, owner_confirmed_at: "2022-09-15T01:00:00Z" }), TODAY),
    ).toBe("given");
  });

  it("calls financing by everyday words", () => {
    expect(["none", "loan", "lease"].map(financingInWords)).toEqual(["没有", "有贷款", "有租赁"]);
  });
});

describe("the network's stages", () => {
  it("tells done, waited for, late and undated ones apart", () => {
    const lines = stageLines(
      [
        stage("换热站", "2022-09-01", "2022-09-02"),
        stage("一次管网", "2022-09-10", null),
        stage("二次管网", "2022-10-01", null),
        stage("入户连接", null, null),
      ],
      TODAY,
    );
    expect(lines.map((line) => [line.tone, line.said])).toEqual([
      ["done", "9月2日 周五完成"],
      ["late", "原计划9月10日 周六完成，还没有完成"],
      ["later", "计划10月1日 周六完成"],
      ["later", "日期还没有公布"],
    ]);
  });
});

describe("what stands in the house", () => {
  it("names devices by the plan, with serial and figures, and leaves out what was taken back", () => {
    const item = {
      id: "1",
      kind: "heat_pump_water",
      quantity: 1,
      serial: "HP-1",
      model: null,
      figures: { heat_output_w: 3200 },
      removed_at: null,
    };
    const lines = deviceLines(
      [
        item,
        { ...item, id: "2", removed_at: "2022-09-15T00:00:00Z" },
        { ...item, id: "3", kind: "radiator", quantity: 2, serial: null, figures: {} },
      ] as unknown as Installation["items"],
      [
        {
          kind: "heat_pump_water",
          label: "热泵",
          figures: [{ name: "heat_output_w", label: "制热量（W）" }],
        },
        { kind: "radiator", label: "暖气片", figures: [] },
      ],
    );
    expect(lines).toEqual([
      { key: "1", label: "热泵", more: "编号 HP-1；制热量（W） 3200" },
      { key: "3", label: "暖气片，2件", more: "" },
    ]);
  });

  it("lists what is missing in one breath", () => {
    expect(
      missingInWords([
        { kind: "a", label: "电磁炉", count: 1 },
        { kind: "b", label: "暖气片", count: 2 },
      ]),
    ).toBe("电磁炉1件、暖气片2件");
  });
});

describe("is it warm?", () => {
  it("is asked after acceptance, and cold can be said as soon as something stands there", () => {
    const installed = { installed_at: "2022-09-14T08:00:00Z" };
    expect(warmQuestion(standing(), false)).toBe("none");
    expect(warmQuestion(standing(installed), false)).toBe("cold");
    expect(warmQuestion(standing({ ...installed, accepted_at: "2022-09-15T01:00:00Z" }), false)).toBe("ask");
    expect(warmQuestion(standing({ ...installed, accepted_at: "2022-09-15T01:00:00Z" }), true)).toBe("none");
    expect(warmQuestion(standing({ heat_confirmed_at: "2022-09-15T01:00:00Z" }), false)).toBe("confirmed");
  });

  it("hears the last word of the household, not an older one", () => {
    const early = "2022-09-15T01:00:00Z";
    const late = "2022-09-15T02:00:00Z";
    expect(saidCold({ still_cold_at: late, heat_confirmed_at: null })).toBe(true);
    expect(saidCold({ still_cold_at: early, heat_confirmed_at: late })).toBe(false);
    expect(saidCold({ still_cold_at: late, heat_confirmed_at: early })).toBe(true);
    expect(saidCold({ still_cold_at: null, heat_confirmed_at: null })).toBe(false);
  });
});

describe("until when a booking can be changed", () => {
  it("says the eve, and nothing once it has passed", () => {
    expect(changeUntil("2022-09-17", TODAY)).toBe("后天（9月17日）以前都能改");
    expect(changeUntil(TODAY, TODAY)).toBe("最晚今天改");
    expect(changeUntil("2022-09-14", TODAY)).toBe("");
    expect(changeUntil(null, TODAY)).toBe("");
  });
});
