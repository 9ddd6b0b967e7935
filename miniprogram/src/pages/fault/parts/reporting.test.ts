import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it, vi } from "vitest";
import type { Picture } from "@/platform";

/** What the server and the way to it do, one answer after the other; and what was sent to it. */
interface Sent {
  url: string;
  key: string;
  body: Record<string, unknown>;
}
type Reply = number | "no-signal";
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
  else given.success({ statusCode: reply, data });
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
  expect(told.value?.fault.id).toBe("F");
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
  expect(kept.value).toBe(true);
  expect(sent).toHaveLength(0);
  radio.now = true;
  await waiting.send();
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body.photo_ids).toEqual(["photo of a"]);
  expect([kept.value, told.value?.fault.id]).toEqual([false, "F"]);
});

it("goes later as the very report whose answer was lost", async () => {
  reports = ["no-signal", "no-signal"];
  const { send, kept, waiting } = await reporting();
  await send("报修", BODY, [picture("a")], true);
  expect(kept.value).toBe(true);
  await vi.waitFor(() => expect(waiting.sending).toBe(false));
  reports = [201];
  await waiting.send();
  const made = sent.filter((each) => each.url.endsWith("/api/faults"));
  expect(made.length).toBeGreaterThan(1);
  expect(new Set(made.map((each) => each.key)).size).toBe(1);
  expect(new Set(made.map((each) => JSON.stringify(each.body))).size).toBe(1);
  expect(waiting.items).toEqual([]);
});
