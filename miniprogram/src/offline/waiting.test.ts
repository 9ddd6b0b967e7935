import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";

/** A phone: storage that survives `restart`, and a server that answers as each test says. */
interface Call {
  url: string;
  key: string;
  body: unknown;
  signed: boolean;
}
type Reply = { statusCode: number; data: unknown; header?: Record<string, string> } | "no-signal" | "silence";

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
      success: (answer: Exclude<Reply, string>) => void;
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
      else if (reply !== "silence") given.success(reply);
    },
    uploadFile: (given: {
      url: string;
      filePath: string;
      header: Record<string, string>;
      success: (answer: { statusCode: number; data: string; header?: object }) => void;
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
      else if (reply !== "silence") given.success({ ...reply, data: JSON.stringify(reply.data) });
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
  open: true,
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
  const deaf = waiting.onDone((item) => void heard.push(item.path));
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

// -- what is refused or put off holds what depends on it, and nothing else

const later = (statusCode: number, seconds: number | string = 120): Reply => ({
  statusCode,
  data: { code: "http.too_many", title: "太多了", detail: "请稍后再试。", next: "" },
  header: { "retry-after": String(seconds) },
});
const ok: Reply = { statusCode: 200, data: {} };
const report = {
  label: "报修 · 炉子",
  path: "/api/faults",
  body: { category: "equipment" },
  picturesOptional: true,
};
const urls = () => calls.map((call) => call.url);

async function withClock(test: () => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  try {
    await test();
  } finally {
    vi.useRealTimers();
  }
}

test("a house that is put off holds its own later acts, and the others go on", () =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put(house(1));
    waiting.put({ ...house(1), path: "/api/households/1/photos-of-the-stove" });
    waiting.put(house(2));
    waiting.put(report);
    replies = [later(429)];
    await waiting.send();
    expect(urls()).toEqual([house(1).path, house(2).path, "/api/faults"]);
    expect(waiting.waiting.map((item) => waiting.behind(item)?.path ?? "")).toEqual(["", house(1).path]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(urls().slice(3)).toEqual([house(1).path, "/api/households/1/photos-of-the-stove"]);
    expect(calls[3]?.key).toBe(calls[0]?.key);
  }));

test.each([
  ["as a number", 429, 120, 120],
  ["as a date of the server's own clock", 503, "Mon, 30 Nov 2026 10:05:00 GMT", 300],
])("what is put off is not sent before the time that the server named %s", (_, status, told, seconds) =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put(house(1));
    const reply = later(status, told) as Exclude<Reply, string>;
    replies = [{ ...reply, header: { ...reply.header, Date: "Mon, 30 Nov 2026 10:00:00 GMT" } }];
    await waiting.send();
    await waiting.send(); // somebody taps “send now”
    await vi.advanceTimersByTimeAsync((seconds - 1) * 1000);
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toHaveLength(2);
    expect(waiting.items).toHaveLength(0);
  }),
);

test("a phone's clock that is set back holds nothing longer than the server asked", () =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put(house(1));
    replies = [later(429)];
    await waiting.send();
    vi.setSystemTime(Date.now() - 7_200_000);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(waiting.items).toHaveLength(0);
  }));

test("where twice the same is put off, its like is not tried, and the rest is", () =>
  withClock(async () => {
    const waiting = await restarted();
    for (let n = 1; n <= 40; n++) waiting.put(house(n));
    waiting.put(report);
    replies = [later(503), later(503)];
    await waiting.send();
    expect(urls()).toEqual([house(1).path, house(2).path, "/api/faults"]);
    await vi.advanceTimersByTimeAsync(119_000);
    expect(calls).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(waiting.items).toHaveLength(0);
    expect(calls).toHaveLength(43);
  }));

test("a server that fails at one thing is not asked for it again and again in one turn, and does the others", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.put(house(2));
  waiting.put(house(3));
  replies = [{ statusCode: 500, data: "" }, ok, ok];
  await waiting.send();
  expect(urls()).toEqual([1, 2, 3].map((n) => house(n).path));
  expect(waiting.waiting.map((item) => item.path)).toEqual([house(1).path]);
});

test("a refused act holds the later ones on its house until it is dealt with; done again, it is", async () => {
  const waiting = await restarted();
  waiting.put(house(1));
  waiting.put({ ...house(1), path: "/api/households/1/second" });
  replies = [refusal("confirmation.wrong_code")];
  await waiting.send();
  expect(urls()).toEqual([house(1).path]);
  waiting.put(house(1));
  await waiting.send();
  expect(waiting.items).toHaveLength(0);
  expect(urls().slice(1)).toEqual(["/api/households/1/second", house(1).path]);
});

test("photos that are put off hold their own report, and what has none goes on", () =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put({ ...report, pictures: ["a.jpg"] });
    waiting.put(house(1));
    replies = [later(429)];
    await waiting.send();
    expect(urls()).toEqual(["/api/photos", house(1).path]);
    replies = [{ statusCode: 201, data: { id: "p1" } }];
    await vi.advanceTimersByTimeAsync(120_000);
    expect(calls[3]?.body).toEqual({ category: "equipment", photo_ids: ["p1"] });
    expect(calls[2]?.key).toBe(calls[0]?.key);
  }));

test("a photo that is put off for ever, or refused, is left, and the person can read so", () =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put({ ...report, pictures: ["a.jpg"] });
    replies = [later(429), later(429), later(429), later(429)];
    await waiting.send();
    for (let n = 0; n < 3; n++) await vi.advanceTimersByTimeAsync(120_000);
    expect(urls().slice(-2)).toEqual(["/api/photos", "/api/faults"]);
    expect(waiting.sent.map((item) => item.pictures.filter((picture) => picture.left).length)).toEqual([1]);

    replies = [
      { statusCode: 413, data: { code: "photo.too_large", title: "", detail: "照片太大", next: "" } },
    ];
    waiting.put({ ...report, pictures: ["b.jpg"] });
    await waiting.send();
    expect(waiting.sent).toHaveLength(2);
    expect(waiting.waiting).toHaveLength(0);
    await waiting.send();
    expect(urls().filter((url) => url === "/api/faults")).toHaveLength(2);
    waiting.sent.forEach((item) => waiting.drop(item.id));
    expect((await restarted()).items).toHaveLength(0);
  }));

// -- danger

test.each([
  ["refused", { statusCode: 415, data: null }],
  ["put off", later(429)],
  ["not taken, for the server is away", later(503)],
  ["lost on the way", "no-signal" as const],
  ["not answered", "silence" as const],
])("a report of danger does not wait for its picture that is %s", (_, reply: Reply) =>
  withClock(async () => {
    const waiting = await restarted();
    waiting.put(house(1));
    waiting.put({ ...danger, pictures: ["a.jpg"], picturesOptional: true, picturesMs: 3000 });
    replies = [reply, ...(reply === "no-signal" ? [later(503)] : []), ok];
    const sent = waiting.send();
    await vi.advanceTimersByTimeAsync(3000);
    await sent;
    const asked = urls().filter((url) => url !== "/api/client-settings");
    expect(asked).toEqual(["/api/photos", danger.path, house(1).path]);
    expect(calls.find((call) => call.url === danger.path)?.body).toEqual(danger.body);
  }),
);

test("danger goes first even where everything else is put off, and is tried again when the server asked for that", () =>
  withClock(async () => {
    const waiting = await restarted();
    for (let n = 1; n <= 5; n++) waiting.put(house(n));
    replies = [later(503, 600), later(503, 600)];
    await waiting.send();
    waiting.put(danger);
    replies = [later(503, 5)];
    await waiting.send();
    expect(urls()).toEqual([house(1).path, house(2).path, danger.path]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(urls().slice(3)).toEqual([danger.path]);
    expect(calls[3]?.key).toBe(calls[2]?.key);
  }));

test("a session that ended stops nobody's report of danger", async () => {
  storage.set("session-token", JSON.stringify("an old one"));
  const waiting = await restarted();
  waiting.put(danger);
  waiting.put(house(1));
  replies = [{ statusCode: 401, data: { code: "session.ended", title: "", detail: "请登录", next: "" } }, ok];
  await waiting.send();
  expect(calls.map((call) => [call.url, call.signed])).toEqual([
    [danger.path, true],
    [danger.path, false],
  ]);
  expect(waiting.waiting.map((item) => item.path)).toEqual([house(1).path]);
});

test("a report of danger that the server keeps and tells later (202) is sent, and its words are told", async () => {
  const waiting = await restarted();
  const heard: unknown[] = [];
  waiting.onDone((_item, answer) => void heard.push(answer));
  waiting.put(danger);
  replies = [{ statusCode: 202, data: { message: "已经记下，马上告诉值守的人。" } }];
  await waiting.send();
  expect(waiting.items).toHaveLength(0);
  expect(heard).toEqual([{ message: "已经记下，马上告诉值守的人。" }]);
});

test("what an older version kept as urgent is still open to all", async () => {
  const waiting = await restarted();
  waiting.sendAs("");
  waiting.put(danger);
  storage.set("waiting", JSON.stringify(waiting.items.map(({ open: _, ...old }) => old)));
  const again = await restarted();
  again.sendAs("someone-else");
  await again.send();
  expect(urls()).toEqual([danger.path]);
});
