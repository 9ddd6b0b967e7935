import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

/** A phone: storage that survives `restart`, and a server that answers as each test says. */
interface Call {
  url: string;
  key: string;
  body: unknown;
  signed: boolean;
}
type Reply = { statusCode: number; data: unknown } | "no-signal";

const storage = new Map<string, string>();
let calls: Call[] = [];
let replies: Reply[] = [];

vi.mock("@/platform", () => ({
  online: { now: true, onChange: () => undefined },
  platform: {
    letterScale: () => 1,
    keepPicture: (path: string) => Promise.resolve(`kept:${path}`),
    pictureFor: (kept: string) => Promise.resolve(kept.includes("lost") ? null : kept),
    dropPicture: () => Promise.resolve(),
    loginCode: () => Promise.reject(new Error("nobody")),
  },
  NotHere: class extends Error {},
  Cancelled: class extends Error {},
}));

function phone(): void {
  vi.stubGlobal("uni", {
    getStorageSync: (name: string) => (storage.has(name) ? JSON.parse(storage.get(name) as string) : ""),
    setStorageSync: (name: string, value: unknown) => storage.set(name, JSON.stringify(value)),
    removeStorageSync: (name: string) => storage.delete(name),
    request: (given: {
      url: string;
      header: Record<string, string>;
      data: unknown;
      success: (answer: Exclude<Reply, "no-signal">) => void;
      fail: () => void;
    }) => {
      calls.push({
        url: given.url,
        key: given.header["Idempotency-Key"] ?? "",
        body: given.data,
        signed: "Authorization" in given.header,
      });
      const reply = replies.shift() ?? { statusCode: 200, data: {} };
      if (reply === "no-signal") given.fail();
      else given.success(reply);
    },
    uploadFile: (given: {
      url: string;
      filePath: string;
      header: Record<string, string>;
      success: (answer: { statusCode: number; data: string }) => void;
      fail: () => void;
    }) => {
      calls.push({
        url: given.url,
        key: given.header["Idempotency-Key"] ?? "",
        body: given.filePath,
        signed: "Authorization" in given.header,
      });
      const reply = replies.shift() ?? { statusCode: 201, data: { id: `photo-${calls.length}` } };
      if (reply === "no-signal") given.fail();
      else given.success({ statusCode: reply.statusCode, data: JSON.stringify(reply.data) });
    },
  });
}

async function restarted() {
  setActivePinia(createPinia());
  const { useWaiting } = await import("./waiting");
  const waiting = useWaiting();
  waiting.remembered();
  waiting.sendAs("cadre");
  return waiting;
}

const house = (n: number, more: object = {}) => ({
  label: `确户 · 东街${n}号`,
  path: `/api/households/${n}/village-confirmation`,
  body: { household_code: `CODE${n}` },
  ...more,
});
const refusal = (code: string) => ({
  statusCode: 409,
  data: { code, title: "已经确认过", detail: "这一户村里已经确认。", next: "无需再次确认。" },
});

beforeEach(() => {
  storage.clear();
  calls = [];
  replies = [];
  phone();
});

test("forty houses noted without signal are sent once each, in order, when the signal is back", async () => {
  const waiting = await restarted();
  for (let n = 1; n <= 40; n++) waiting.put(house(n));
  replies = ["no-signal"];
  await waiting.send();
  expect(waiting.waiting).toHaveLength(40);
  await waiting.send();
  expect(waiting.items).toHaveLength(0);
  const [lost, ...sent] = calls;
  expect(sent.map((call) => call.url)).toEqual(Array.from({ length: 40 }, (_, n) => house(n + 1).path));
  expect(sent[0]?.key).toBe(lost?.key);
  expect(new Set(sent.map((call) => call.key)).size).toBe(40);
});

test("a phone that dies between the send and the answer sends the same key again", async () => {
  let waiting = await restarted();
  waiting.put(house(1));
  replies = ["no-signal"];
  await waiting.send();
  waiting = await restarted();
  await waiting.send();
  expect(calls.map((call) => call.key)).toEqual([calls[0]?.key, calls[0]?.key]);
  expect(waiting.items).toHaveLength(0);
});

test("a refusal is kept with its reason, and the houses behind it go on", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.put(house(2));
  replies = [refusal("confirmation.done_already"), { statusCode: 200, data: {} }];
  await waiting.send();
  expect(waiting.waiting).toHaveLength(0);
  expect(waiting.refused.map((item) => item.problem?.detail)).toEqual(["这一户村里已经确认。"]);
  expect((await restarted()).refused).toHaveLength(1);
});

test("a server that fails keeps everything waiting, with its keys", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  replies = [{ statusCode: 503, data: "busy" }];
  await waiting.send();
  expect(waiting.waiting).toHaveLength(1);
  await waiting.send();
  expect(calls[1]?.key).toBe(calls[0]?.key);
});

test("nobody's things are sent under somebody else's session", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.sendAs("someone-else");
  await waiting.send();
  expect(calls).toHaveLength(0);
  expect(waiting.waiting).toHaveLength(1);
});

test("photos go before their report, once each, and a lost photo holds nothing up", async () => {
  const waiting = await restarted();
  waiting.put({ ...house(1), path: "/api/faults", pictures: ["a.jpg", "lost.jpg", "b.jpg"] });
  await vi.waitFor(() =>
    expect(waiting.items[0]?.pictures.every((each) => each.path.startsWith("kept:"))).toBe(true),
  );
  replies = [{ statusCode: 201, data: { id: "p1" } }, "no-signal"];
  await waiting.send();
  expect(waiting.waiting).toHaveLength(1);
  replies = [{ statusCode: 201, data: { id: "p2" } }];
  await waiting.send();
  expect(calls.map((call) => call.body)).toEqual([
    "kept:a.jpg",
    "kept:b.jpg",
    "kept:b.jpg",
    { household_code: "CODE1", photo_ids: ["p1", "p2"] },
  ]);
  expect(calls[1]?.key).toBe(calls[2]?.key);
});

const danger = {
  label: "报告 · 冒烟",
  path: "/api/fault-reports",
  body: { category: "smoke" },
  urgent: true,
};

test("a report of danger goes before everything that was noted earlier", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.put(danger);
  await waiting.send();
  expect(calls.map((call) => call.url)).toEqual([danger.path, house(1).path]);
});

test("a visitor's report of danger is sent without a session, and a signed-in person's with it", async () => {
  storage.set("session-token", JSON.stringify("somebody's"));
  const waiting = await restarted();
  waiting.sendAs("");
  waiting.put(danger);
  waiting.sendAs("cadre");
  waiting.put(danger);
  await waiting.send();
  expect(calls.map((call) => call.signed)).toEqual([false, true]);
});

test("danger noted by somebody who is not here any more goes all the same, in nobody's name", async () => {
  storage.set("session-token", JSON.stringify("somebody's"));
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.put(danger);
  waiting.sendAs("someone-else");
  await waiting.send();
  expect(calls.map((call) => [call.url, call.signed])).toEqual([[danger.path, false]]);
  expect(waiting.waiting.map((item) => item.path)).toEqual([house(1).path]);
});

test("who has stopped listening is not told what was sent", async () => {
  const waiting = await restarted();
  const heard: string[] = [];
  const deaf = waiting.onDone((item) => heard.push(item.path));
  waiting.put(house(1));
  await waiting.send();
  deaf();
  waiting.put(house(2));
  await waiting.send();
  expect(heard).toEqual([house(1).path]);
});

test("what was not answered is tried again by itself", async () => {
  vi.useFakeTimers();
  try {
    const waiting = await restarted();
    waiting.put(house(1));
    replies = ["no-signal", "no-signal"];
    await waiting.send();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(waiting.waiting).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(waiting.items).toHaveLength(0);
    expect(new Set(calls.map((call) => call.key)).size).toBe(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toHaveLength(3);
  } finally {
    vi.useRealTimers();
  }
});
