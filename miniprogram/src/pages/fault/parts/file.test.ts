import { describe, expect, it } from "vitest";
import { firstOf, KINDS, spoken } from "./categories";
import {
  closedForThem,
  gravestFirst,
  linesOf,
  mayBeFalse,
  stagesOf,
  stateInWords,
  temperatureOf,
  toneOf,
  turnOf,
  untilInWords,
} from "./file";
import { outageWords } from "./outage";
import type { Fault, FaultFile, Outage } from "@/services/faults";

const TODAY = "2022-09-15";

function fault(more: Partial<Fault> = {}): Fault {
  return {
    state: "reported",
    severity: "ordinary",
    late: [],
    contractor_id: null,
    contractor_name: null,
    repairer_name: null,
    closed_as: null,
    answer_due_at: "2022-09-15T04:00:00Z",
    on_site_due_at: "2022-09-15T06:00:00Z",
    restore_due_at: "2022-09-15T16:00:00Z",
    answered_at: null,
    arrived_at: null,
    restored_at: null,
    ...more,
  } as Fault;
}
type Step = FaultFile["steps"][number];
function step(kind: string, more: Partial<Step> = {}): Step {
  return {
    kind,
    label: kind,
    round: 0,
    at: "2022-09-15T01:00:00Z",
    by_name: null,
    on_behalf: false,
    note: null,
    facts: {},
    ...more,
  };
}
const file = (of: Fault, steps: Step[]) => ({ fault: of, steps }) as unknown as FaultFile;

describe("a picture of what is wrong", () => {
  it("has its first steps at hand for every danger, and a number to call", () => {
    for (const kind of KINDS.filter((each) => each.danger)) {
      expect(firstOf(kind.code).steps.length).toBeGreaterThan(2);
      expect(firstOf(kind.code).call).toMatch(/^1(19|20)$/);
    }
    expect(firstOf("noise")).toEqual({ call: "", steps: [] });
  });

  it("reads its steps aloud one by one", () => {
    expect(spoken(["开窗。", "出屋。"])).toBe("第1，开窗。第2，出屋。");
  });
});

describe("the promises of a fault", () => {
  it("say until when, and midnight as the night before", () => {
    expect(untilInWords("2022-09-15T04:00:00Z", TODAY)).toBe("今天 12:00");
    expect(untilInWords("2022-09-15T16:00:00Z", TODAY)).toBe("今天夜里12点");
    expect(stagesOf(fault(), TODAY).map((stage) => stage.text)).toEqual([
      "最晚 今天 12:00",
      "最晚 今天 14:00",
      "最晚 今天夜里12点",
    ]);
  });

  it("mark what is past its time, met or not", () => {
    const late = fault({ late: ["answer", "on_site"], answered_at: "2022-09-15T05:00:00Z" });
    const [answer, onSite, restore] = stagesOf(late, TODAY);
    expect(answer).toMatchObject({ label: "已派人", text: "今天 13:00，晚了", late: true, done: true });
    expect(onSite).toMatchObject({ text: "最晚 今天 14:00，已经超时", late: true, done: false });
    expect(restore?.late).toBe(false);
  });

  it("leave out what a closed fault never reached", () => {
    expect(stagesOf(fault({ state: "closed", closed_as: "withdrawn" }), TODAY)).toEqual([]);
  });
});

describe("where a fault stands", () => {
  it("names whose turn it is", () => {
    expect(turnOf(fault())).toBe("乡镇（街道）派人");
    expect(turnOf(fault({ contractor_id: "c", contractor_name: "暖家公司" }))).toBe("暖家公司派人");
    expect(turnOf(fault({ contractor_id: "c" }))).toBe("实施企业派人");
    expect(turnOf(fault({ state: "arrived", repairer_name: "苗永刚" }))).toBe("维修人员 苗永刚");
    expect(turnOf(fault({ state: "done" }))).toBe("您家：说一声修好没有");
  });

  it("looks like danger when it is critical or late, and good only when the household said so", () => {
    expect(toneOf(fault({ severity: "critical" }))).toBe("danger");
    expect(toneOf(fault({ late: ["answer"] }))).toBe("danger");
    expect(toneOf(fault({ state: "closed", closed_as: "confirmed" }))).toBe("good");
    expect(toneOf(fault({ state: "closed", closed_as: "withdrawn" }))).toBe("plain");
  });

  it("tells a household's own word from one that was given for it", () => {
    const closed = fault({ state: "closed", closed_as: "confirmed" });
    expect(closedForThem(file(closed, [step("confirmed")]))).toBe(false);
    const theirs = file(closed, [step("confirmed", { on_behalf: true })]);
    expect(closedForThem(theirs)).toBe(true);
    expect(stateInWords(closed, true)).toBe("村干部替这户确认修好");
    expect(stateInWords(closed)).toBe("住户说修好了");
  });

  it("may end as false while nobody of the house stands behind it, and says so once it has", () => {
    const open = (vouched: Fault["vouched"]) => mayBeFalse(fault({ vouched }));
    expect([open("nobody"), open("number"), open("person"), open("household")]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const ended = fault({ state: "closed", closed_as: "false_report", vouched: "nobody" });
    expect(mayBeFalse(ended)).toBe(false);
    const steps = [
      step("closed", { on_behalf: true }),
      step("called_false", { facts: { checked: "on_site" } }),
    ];
    const ofIt = file(ended, steps);
    expect(stateInWords(ended, closedForThem(ofIt))).toBe("核实是误报，办结了");
    expect(linesOf(ofIt, TODAY)[0]?.notes).toEqual(["到过现场"]);
  });

  it("puts the open, the grave and the late first", () => {
    const closed = fault({ id: "1", state: "closed" } as Partial<Fault>);
    const calm = fault({ id: "2" } as Partial<Fault>);
    const late = fault({ id: "3", late: ["answer"] } as Partial<Fault>);
    const grave = fault({ id: "4", severity: "critical" } as Partial<Fault>);
    const order = gravestFirst([closed, calm, late, grave]).map((each) => each.id);
    expect(order).toEqual(["4", "3", "2", "1"]);
  });
});

it("tells what happened, the latest first, with parts, stars, heaters and who was told of the delay", () => {
  const steps = [
    step("reported", { by_name: "石守义", on_behalf: true }),
    step("climbed", { facts: { stage: "answer", role: "township_officer" } }),
    step("heater_lent", { facts: { serial: "DN-1" } }),
    step("paused", { note: "等配件", facts: { until: "2022-09-16T01:00:00Z" } }),
    step("done", { note: "换了阀门", facts: { parts: [{ kind: "valve", serial: "F1" }] } }),
    step("confirmed", { facts: { rating: 4 } }),
  ];
  const lines = linesOf(file(fault(), steps), TODAY);
  expect(lines.map((line) => line.notes)).toEqual([
    ["打了4颗星"],
    ["换了1个配件：F1", "换了阀门"],
    ["推迟到 明天 09:00", "等配件"],
    ["电暖器编号 DN-1"],
    ["派人超时，已告诉乡镇（街道）"],
    [],
  ]);
  expect(lines.at(-1)).toMatchObject({ by: "石守义", onBehalf: true });
  expect(lines[4]?.late).toBe(true);
});

it("takes a temperature as people type it, and nothing that is none", () => {
  expect(temperatureOf("")).toBeNull();
  expect(temperatureOf(" 8 ")).toBe(8);
  expect(temperatureOf("9.54")).toBe(9.5);
  expect(temperatureOf("9。5")).toBe(9.5);
  expect(temperatureOf("-3")).toBe(-3);
  expect(temperatureOf("99")).toBeUndefined();
  expect(temperatureOf("很冷")).toBeUndefined();
});

it("says of a village outage how many are hit and how many are left", () => {
  const outage = {
    village: "平川坡村",
    category_label: "没有暖气",
    began_at: "2022-09-15T01:00:00Z",
    ended_at: null,
    households: 5,
    open: 3,
  } as Outage;
  expect(outageWords(outage, TODAY)).toEqual({
    title: "平川坡村：好几户没有暖气",
    lines: ["今天 09:00 起有 5 户报“没有暖气”。", "修好 2 户，还有 3 户没修好。"],
    over: false,
  });
  const over = outageWords({ ...outage, open: 0, ended_at: "2022-09-15T09:00:00Z" }, TODAY);
  expect(over).toMatchObject({ title: "平川坡村：都修好了", over: true });
});
