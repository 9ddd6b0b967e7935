import { describe, expect, it } from "vitest";
import type { Home, HomeFault, HomeNext, HomeToDo } from "@/services/home";
import {
  addressOf,
  aloud,
  answerInWords,
  firstOfAll,
  buttonInWords,
  importantNow,
  untilInWords,
  whoInWords,
} from "./words";

const TODAY = "2022-09-15";

function next(code: string, more: Partial<HomeNext> = {}): HomeNext {
  return {
    code,
    text: `${code}。`,
    who: "contractor",
    who_label: "暖家公司",
    until: null,
    page: "pages/installation/index?household=h",
    clause: null,
    clause_label: null,
    ...more,
  };
}
const toDo = (code: string, mine: boolean): HomeToDo => ({ ...next(code), mine });

function home(to_do: HomeToDo[], following = next("contract"), energised = false): Home {
  return {
    to_do,
    next: following,
    ladder: [
      {
        code: "energised",
        label: "已通电",
        reached: energised,
        reached_at: null,
        current: false,
        planned_on: null,
      },
    ],
  } as unknown as Home;
}

describe("what matters most now", () => {
  it("is the most urgent thing that waits, with the rest behind it", () => {
    const important = importantNow(home([toDo("confirm", true), toDo("fuel_order", true)]));
    expect([important.thing.code, important.mine, important.tone]).toEqual(["confirm", true, "warm"]);
    expect(important.rest.map((each) => each.code)).toEqual(["fuel_order"]);
  });

  it("is what comes next where nothing waits, in another's hands", () => {
    const important = importantNow(home([]));
    expect([important.thing.code, important.mine, important.tone]).toEqual(["contract", false, "info"]);
    expect(whoInWords(important.thing, important.mine)).toBe("由暖家公司来办");
  });

  it("says that all is well where nobody has to act", () => {
    const done = importantNow(home([], next("done", { who: "nobody", who_label: "" })));
    expect([done.heading, done.tone, whoInWords(done.thing, done.mine)]).toEqual(["都好了", "good", ""]);
  });

  it("shows an alarm that is missing beside a running stove as a danger, and before that as a step", () => {
    expect(importantNow(home([toDo("co_alarm", false)], undefined, true)).tone).toBe("danger");
    expect(importantNow(home([toDo("co_alarm", false)])).tone).toBe("info");
  });

  it("is read aloud in whole sentences", () => {
    const important = importantNow(home([{ ...toDo("confirm", true), until: TODAY }]));
    expect(aloud(important, TODAY)).toBe("confirm。由您来办。最晚今天。");
  });
});

describe("until when", () => {
  it("is said as people say it, and not at all where no day is set", () => {
    expect(untilInWords(null, TODAY, true)).toBe("");
    expect(untilInWords("2022-09-15", TODAY, true)).toBe("最晚今天");
    expect(untilInWords("2022-09-16", TODAY, true)).toBe("最晚明天（9月16日）");
  });

  it("tells that the day has gone by, and asks only who can act", () => {
    expect(untilInWords("2022-02-28", TODAY, true)).toBe("原定2月28日前，请尽快办");
    expect(untilInWords("2021-12-31", TODAY, false)).toBe("原定2021年12月31日前，已经晚了");
  });
});

describe("an open report", () => {
  const fault = (more: Partial<HomeFault>) =>
    ({ state: "reported", late: [], answer_due_at: "2022-09-15T04:43:00Z", ...more }) as HomeFault;

  it("says by when somebody answers, until somebody has", () => {
    expect(answerInWords(fault({}), TODAY)).toBe("最晚今天 12:43有人联系您。");
    expect(answerInWords(fault({ state: "dispatched" }), TODAY)).toBe("");
  });

  it("puts what saves a life before everything, until it is mended", () => {
    expect(firstOfAll(fault({ category: "co" }))).toContain("120");
    expect(firstOfAll(fault({ category: "co", state: "done" }))).toBe("");
    expect(firstOfAll(fault({ category: "no_heat" }))).toBe("");
  });

  it("says what to do when nobody answered in time", () => {
    expect(answerInWords(fault({ late: ["answer"] }), TODAY)).toContain("打服务电话");
  });
});

describe("small words", () => {
  it("names the village of an address once", () => {
    expect(addressOf({ address: "松林滩村1号", village: "松林滩村" })).toBe("松林滩村1号");
    expect(addressOf({ address: "东街1号", village: "松林滩村" })).toBe("松林滩村东街1号");
  });

  it("has a word for every button", () => {
    expect(buttonInWords("book")).toBe("去预约安装");
    expect(buttonInWords("something_new")).toBe("看进度");
  });
});
