import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it, vi } from "vitest";
import type { Picture } from "@/platform";

/** What the server and the way to it do, one answer after the other; and what was sent to it. */
interface Sent {
  url: string;
  key: string;
  body: Record<string, unknown>;
}
type Reply = number | "no-signal" | { status: number; data: unknown };
let sent: Sent[] = [];
let reports: Reply[] = [];
let photos: Reply[] = [];
const radio = vi.hoisted(() => ({ now: true }));
const storage = new Map<string, string>();

vi.mock("@/platform", () => ({
  online: { get now() { return radio.now; }, onChange: () => undefined }, // prettier-ignore
  platform: {
    letterScale: () => 1,
    keepPicture: (path: string) => Promise.resolve(path),
    pictureFor: (path: string) => Promise.resolve(path),
    dropPicture: () => Promise.resolve(),
  },
  NotHere: class extends Error {},
  Cancelled: class extends Error {},
}));

interface Given {
  url: string;
  header: Record<string, string>;
  data?: Record<string, unknown>;
  filePath?: string;
  success: (answer: { statusCode: number; data: unknown }) => void;
  fail: () => void;
}
function answer(given: Given, reply: Reply, data: unknown): void {
  if (reply === "no-signal") given.fail();
  else if (typeof reply === "number") given.success({ statusCode: reply, data });
  else given.success({ statusCode: reply.status, data: reply.data });
}

beforeEach(() => {
  sent = [];
  reports = [];
  photos = [];
  radio.now = true;
  storage.clear();
  setActivePinia(createPinia());
  vi.stubGlobal("uni", {
    getStorageSync: (name: string) => (storage.has(name) ? JSON.parse(storage.get(name) as string) : ""),
    setStorageSync: (name: string, value: unknown) => storage.set(name, JSON.stringify(value)),
    removeStorageSync: (name: string) => storage.delete(name),
    request: (given: Given) => {
      sent.push({ url: given.url, key: given.header["Idempotency-Key"] ?? "", body: given.data ?? {} });
      answer(given, reports.shift() ?? 201, { fault: { id: "F" } });
    },
    uploadFile: (given: Given) => {
      const id = `photo of ${given.filePath}`;
      answer(given, photos.shift() ?? 201, JSON.stringify({ id }));
    },
  });
});

const BODY = {
  household_id: "H",
  category: "equipment" as const,
  description: null,
  indoor_temperature_c: null,
};
const picture = (path: string): Picture => ({ path, bytes: 10 });

async function reporting() {
  const { useReporting } = await import("./reporting");
  const { useWaiting } = await import("@/offline/waiting");
  const waiting = useWaiting();
  waiting.sendAs("me");
  return { ...useReporting(), waiting };
}

it("sends the pictures that arrived, and the report without the one that did not", async () => {
  photos = [201, 415];
  const { send, answer: told, leftHere } = await reporting();
  await send("报修", BODY, [picture("a"), picture("b")], false);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body.photo_ids).toEqual(["photo of a"]);
  expect(leftHere.value).toBe(1);
  expect(told.value?.fault?.id).toBe("F");
});

it("is the same report when it is sent again after the server failed", async () => {
  reports = [503, 201];
  const { send, problem } = await reporting();
  expect(await send("报修", BODY, [], false)).toBe(false);
  expect(problem.value?.status).toBe(503);
  expect(await send("报修", BODY, [], false)).toBe(true);
  expect(new Set(sent.map((each) => each.key)).size).toBe(1);
});

it("is another report when its words were changed, or the server refused the first", async () => {
  reports = [503, 409, 201];
  const { send } = await reporting();
  await send("报修", BODY, [], false);
  await send("报修", { ...BODY, description: "响" as never }, [], false);
  await send("报修", { ...BODY, description: "响" as never }, [], false);
  expect(new Set(sent.map((each) => each.key)).size).toBe(3);
});

it("waits on the phone with its pictures where there is no signal, and tells when it went", async () => {
  radio.now = false;
  const { send, kept, answer: told, waiting } = await reporting();
  expect(await send("报修", BODY, [picture("a")], true)).toBe(true);
  expect(kept.value).toBe("no-signal");
  expect(sent).toHaveLength(0);
  radio.now = true;
  await waiting.send();
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body.photo_ids).toEqual(["photo of a"]);
  expect([kept.value, told.value?.fault?.id]).toEqual([false, "F"]);
});

it("goes later as the very report whose answer was lost", async () => {
  reports = ["no-signal", "no-signal"];
  const { send, kept, waiting } = await reporting();
  await send("报修", BODY, [picture("a")], true);
  expect(kept.value).toBe("no-signal");
  await vi.waitFor(() => expect(waiting.sending).toBe(false));
  reports = [201];
  await waiting.send();
  const made = sent.filter((each) => each.url.endsWith("/api/faults"));
  expect(made.length).toBeGreaterThan(1);
  expect(new Set(made.map((each) => each.key)).size).toBe(1);
  expect(new Set(made.map((each) => JSON.stringify(each.body))).size).toBe(1);
  expect(waiting.items).toEqual([]);
});

it.each([503, 500, 429])(
  "a danger that the server does not take (%i) is kept, goes by itself, and goes first",
  async (status) => {
    reports = [status];
    const { send, kept, problem, answer: told, waiting } = await reporting();
    waiting.put({ label: "报修", path: "/api/faults", body: { category: "other" } });
    expect(await send("险情", BODY, [], true)).toBe(true);
    expect([kept.value, problem.value]).toEqual(["busy", null]);
    await vi.waitFor(() => expect(waiting.sending).toBe(false));
    if (status === 429) {
      // It waits for as long as the server asks; the rest goes on.
      expect(waiting.waiting.map((item) => [item.label, item.urgent])).toEqual([["险情", true]]);
      expect(Object.keys(waiting.later)).toHaveLength(1);
      return;
    }
    expect(sent.map((each) => each.body.category)).toEqual(["equipment", "equipment", "other"]);
    expect(sent[0]?.key).toBe(sent[1]?.key);
    expect([kept.value, told.value?.fault?.id]).toEqual([false, "F"]);
  },
);

it("a danger that the server keeps without its database (202) is reported, with the server's words", async () => {
  const words = { message: "已经记下。", advice: [{ code: "out", text: "人到屋外。" }] };
  reports = [{ status: 202, data: words }];
  const { send, kept, answer: told } = await reporting();
  expect(await send("险情", BODY, [], true)).toBe(true);
  expect([kept.value, told.value]).toEqual([false, words]);
});

it("a danger goes without the picture that was refused, and the person is told", async () => {
  photos = [415];
  const { send, answer: told, leftHere } = await reporting();
  await send("险情", BODY, [picture("a")], true);
  expect([sent[0]?.body.photo_ids, leftHere.value, told.value?.fault?.id]).toEqual([[], 1, "F"]);
});

it("what the queue sends without its picture is told on the page that still waits for it", async () => {
  radio.now = false;
  const { send, leftHere, waiting } = await reporting();
  await send("报修", BODY, [picture("a")], false);
  radio.now = true;
  photos = [413];
  await waiting.send();
  expect([leftHere.value, waiting.items]).toEqual([1, []]);
});
