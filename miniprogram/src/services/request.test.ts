import { beforeEach, expect, test, vi } from "vitest";

type Reply = { statusCode: number; data: unknown } | "no-signal";
interface Call {
  method: string;
  url: string;
  header: Record<string, string>;
  data: unknown;
}

const storage = new Map<string, unknown>();
const login = vi.fn<() => Promise<string>>();
let calls: Call[] = [];
let replies: Reply[] = [];

vi.mock("@/platform", () => ({ platform: { loginCode: () => login() } }));

async function fresh() {
  vi.resetModules(); // the app starts anew: only storage is still there
  return import("./request");
}
const ORDER = { household_id: "h", kilograms: 500, wanted_from: "2022-09-16", wanted_until: "2022-09-17" };
const backwards = <T extends object>(body: T) => Object.fromEntries(Object.entries(body).reverse()) as T;
const placed = { statusCode: 201, data: { id: "o1" } };
const refused = {
  statusCode: 409,
  data: {
    type: "urn:problem:fuel.above_limit",
    code: "fuel.above_limit",
    title: "超出额度",
    detail: "还剩200公斤。",
    next: "请改为200公斤。",
  },
};

beforeEach(() => {
  storage.clear();
  calls = [];
  replies = [];
  login.mockReset();
  vi.stubGlobal("uni", {
    getStorageSync: (name: string) => storage.get(name) ?? "",
    setStorageSync: (name: string, value: unknown) => storage.set(name, structuredClone(value)),
    removeStorageSync: (name: string) => storage.delete(name),
    request: (given: Call & { success: (answer: object) => void; fail: () => void }) => {
      calls.push({ method: given.method, url: given.url, header: given.header, data: given.data });
      const reply = replies.shift() ?? "no-signal";
      if (reply === "no-signal") given.fail();
      else given.success(reply);
    },
  });
});

test("a lost answer, a reload and a second tap send the same order with the same key", async () => {
  const first = await fresh();
  replies = ["no-signal", { statusCode: 502, data: "<html>" }, placed];
  await expect(first.api.post("/api/fuel-orders", { body: ORDER })).rejects.toMatchObject({
    unanswered: true,
  });
  const again = await fresh();
  await expect(again.api.post("/api/fuel-orders", { body: ORDER })).rejects.toMatchObject({
    unanswered: true,
  });
  // the fields in another order are still the same order
  expect(await again.api.post("/api/fuel-orders", { body: backwards(ORDER) })).toEqual({
    id: "o1",
  });
  const keys = calls.map((call) => call.header["Idempotency-Key"]);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test("once answered, the same order again is a new one, and another body never shares a key", async () => {
  const { api } = await fresh();
  replies = [placed, placed, placed];
  await api.post("/api/fuel-orders", { body: ORDER });
  await api.post("/api/fuel-orders", { body: ORDER });
  await api.post("/api/fuel-orders", { body: { ...ORDER, kilograms: 475 } });
  expect(new Set(calls.map((call) => call.header["Idempotency-Key"])).size).toBe(3);
});

test("a refusal comes with the server's words and frees the key", async () => {
  const { api } = await fresh();
  replies = [refused, refused];
  for (let i = 0; i < 2; i++) {
    await expect(api.post("/api/fuel-orders", { body: ORDER })).rejects.toMatchObject({
      problem: { code: "fuel.above_limit", status: 409, detail: "还剩200公斤。", next: "请改为200公斤。" },
      unanswered: false,
    });
  }
  expect(calls[0]?.header["Idempotency-Key"]).not.toBe(calls[1]?.header["Idempotency-Key"]);
});

test("an ended session is renewed once, for all who wait, and the call goes out again with its key", async () => {
  const { api } = await fresh();
  const { session } = await import("./session");
  session.begin({ token: "old", expires_at: "", person: null as never });
  login.mockResolvedValue("code-1");
  const ended = {
    statusCode: 401,
    data: { code: "session.ended", title: "", detail: "请重新登录", next: "" },
  };
  replies = [ended, { statusCode: 201, data: { token: "new", person: null } }, placed];
  expect(await api.post("/api/fuel-orders", { body: ORDER })).toEqual({ id: "o1" });
  expect(calls.map((call) => call.header.Authorization)).toEqual(["Bearer old", undefined, "Bearer new"]);
  expect(calls[2]?.header["Idempotency-Key"]).toBe(calls[0]?.header["Idempotency-Key"]);
  expect(login).toHaveBeenCalledTimes(1);
});

test("where nobody can be logged in, the server's word that one must is what the person reads", async () => {
  const { api } = await fresh();
  login.mockRejectedValue(new Error("not here"));
  replies = [
    { statusCode: 401, data: { code: "session.missing", title: "请先登录", detail: "请先登录。", next: "" } },
  ];
  await expect(api.get("/api/me")).rejects.toMatchObject({ problem: { code: "session.missing" } });
  expect(calls).toHaveLength(1);
});

test("no network and a page instead of an answer are told in words, never as a crash", async () => {
  const { api } = await fresh();
  replies = ["no-signal", { statusCode: 500, data: "<html>oops</html>" }];
  await expect(api.get("/api/me")).rejects.toMatchObject({ problem: { code: "client.unreached" } });
  await expect(api.get("/api/me")).rejects.toMatchObject({
    problem: { code: "client.server_failed", status: 500 },
  });
});

test("path and query are escaped, and empty parts of a query are left out", async () => {
  const { api } = await fresh();
  replies = [{ statusCode: 200, data: { items: [], next: null } }];
  await api.get("/api/households/{household_id}/scans", {
    path: { household_id: "a/b" },
    query: { cursor: null, limit: 5 },
  });
  expect(calls[0]?.url).toBe("/api/households/a%2Fb/scans?limit=5");
  expect(calls[0]?.header["Idempotency-Key"]).toBeUndefined();
});
