import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ref } from "vue";
import { useTalking, type Place } from "./talking";
import type { Entry } from "@/services/conversation";

const api = vi.hoisted(() => ({
  myThread: vi.fn(),
  say: vi.fn(),
  threadOf: vi.fn(),
  answerIn: vi.fn(),
  confirmCard: vi.fn(),
  dismissCard: vi.fn(),
}));
const asked = vi.hoisted(() => ({ askForMessages: vi.fn() }));
vi.mock("@/services/conversation", () => api);
vi.mock("@/composables/consent", () => asked);
vi.mock("@/platform", () => ({
  platform: { letterScale: () => 1 },
  online: { now: true, onChange: () => undefined },
  NotHere: class extends Error {},
  Cancelled: class extends Error {},
}));

const entry = (id: string, more: Partial<Entry> = {}) =>
  ({ id, person_id: "me", who: "household", household_id: "H", card: null, ...more }) as Entry;
const heard = (...entries: Entry[]) => ({ entries, reply: { card: null } });

async function unanswered(): Promise<never> {
  const { Refused } = await import("@/services/request");
  throw new Refused({ code: "client.unreached", title: "没有连上", detail: "", next: "", status: 0 });
}
async function refused(): Promise<never> {
  const { Refused } = await import("@/services/request");
  throw new Refused({ code: "x", title: "不行", detail: "", next: "", status: 422 });
}

beforeEach(() => {
  vi.useFakeTimers();
  for (const each of Object.values(api)) each.mockReset();
  api.myThread.mockResolvedValue({ items: [entry("1")], next: null });
});
afterEach(() => {
  vi.useRealTimers();
});

const news: boolean[] = [];
function talking(own = true) {
  news.length = 0;
  const place = ref<Place>({ household: "H", own, reader: "me" });
  return useTalking(
    place,
    (mine) => news.push(mine),
    () => undefined,
  );
}

it("keeps a line whose answer was lost, and says it again with the same key", async () => {
  const talk = talking();
  await talk.begin();
  api.say.mockImplementationOnce(unanswered);
  expect(await talk.write("没暖气")).toBe("");
  expect(talk.unsent.value).toMatchObject([{ text: "没暖气", failed: true }]);

  api.say.mockResolvedValueOnce(heard(entry("2"), entry("3", { who: "service" })));
  const [line] = talk.unsent.value;
  await talk.write(line?.text ?? "", line?.key);
  expect(talk.unsent.value).toEqual([]);
  expect(talk.entries.value.map((each) => each.id)).toEqual(["1", "2", "3"]);
  const keys = api.say.mock.calls.map((call) => call[2]);
  expect(keys[0]).toBe(keys[1]);
});

it("gives back what was refused, and shows why", async () => {
  const talk = talking();
  await talk.begin();
  api.say.mockImplementationOnce(refused);
  expect(await talk.write("没暖气")).toBe("没暖气");
  expect(talk.unsent.value).toEqual([]);
  expect(talk.refused.value?.title).toBe("不行");
});

it("listens while somebody looks, brings a person's answer, and stops", async () => {
  const talk = talking();
  await talk.begin();
  talk.listen();
  api.myThread.mockResolvedValue({
    items: [entry("2", { who: "cadre", person_id: "cadre" }), entry("1")],
    next: null,
  });
  await vi.advanceTimersByTimeAsync(4_100);
  expect(talk.entries.value.map((each) => each.id)).toEqual(["1", "2"]);
  expect(news).toEqual([false]);
  talk.stop();
  const before = api.myThread.mock.calls.length;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(api.myThread.mock.calls.length).toBe(before);
});

it("answers in another household's thread as whoever answers it", async () => {
  api.threadOf.mockResolvedValue({ items: [], next: null });
  api.answerIn.mockResolvedValue(entry("9", { who: "cadre" }));
  const talk = talking(false);
  await talk.begin();
  await talk.write("明天来看");
  expect(api.say).not.toHaveBeenCalled();
  expect(api.answerIn.mock.calls[0]?.slice(0, 2)).toEqual(["H", "明天来看"]);
  expect(talk.entries.value.map((each) => each.id)).toEqual(["9"]);
});

it("asks for the messages that a confirmed card leads to, and for none where one is put away", async () => {
  const talk = talking();
  await talk.begin();
  const card = { id: "C" } as never;
  api.dismissCard.mockResolvedValue(heard());
  await talk.settle(card, false);
  expect(asked.askForMessages).not.toHaveBeenCalled();
  api.confirmCard.mockResolvedValue({ ...heard(), templates_to_ask: ["T"] });
  await talk.settle(card, true);
  expect(asked.askForMessages).toHaveBeenCalledWith(["T"]);
  expect(talk.busy.value).toBe(false);
});

it("shows what was answered to a danger that the server keeps, until the thread has it", async () => {
  const talk = talking();
  await talk.begin();
  const reply = { text: "1. 先到屋外。\n险情已经记下。", options: [], card: null };
  api.say.mockResolvedValueOnce({ kept: true, entries: [], reply });
  expect(await talk.write("报警器响了，头晕")).toBe("");
  expect(talk.unsent.value).toMatchObject([{ text: "报警器响了，头晕", failed: false, reply: reply.text }]);
  talk.listen();
  await vi.advanceTimersByTimeAsync(4_100);
  expect(talk.unsent.value).toHaveLength(1);
  api.myThread.mockResolvedValue({
    items: [entry("2", { who: "household", text: "报警器响了，头晕" }), entry("1")],
    next: null,
  });
  await vi.advanceTimersByTimeAsync(4_100);
  expect(talk.unsent.value).toEqual([]);
  expect(talk.entries.value.map((each) => each.id)).toEqual(["1", "2"]);
  talk.stop();
});
