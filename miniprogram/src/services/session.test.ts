import { beforeEach, expect, test, vi } from "vitest";

const storage = new Map<string, unknown>();
const login = vi.fn<() => Promise<string>>();
const asked: string[] = [];

vi.mock("@/platform", () => ({ platform: { loginCode: () => login() } }));

beforeEach(() => {
  storage.clear();
  asked.length = 0;
  login.mockReset().mockResolvedValue("a code");
  vi.stubGlobal("uni", {
    getStorageSync: (name: string) => storage.get(name) ?? "",
    setStorageSync: (name: string, value: unknown) => storage.set(name, value),
    removeStorageSync: (name: string) => storage.delete(name),
    request: (given: { url: string; success: (answer: object) => void }) => {
      asked.push(given.url);
      given.success({ statusCode: 401, data: { code: "session.none", title: "", detail: "", next: "" } });
    },
  });
});

test("who logged out stays out: no later call logs this person in again, until a tap does", async () => {
  const { session } = await import("./session");
  const { api } = await import("./request");
  session.begin({ token: "t", expires_at: "", person: null as never });
  session.leave();
  expect([session.token(), session.staysOut()]).toEqual(["", true]);

  await expect(api.get("/api/me")).rejects.toMatchObject({ code: "session.none" });
  expect(login).not.toHaveBeenCalled();
  expect(asked).toEqual(["/api/me"]);

  session.begin({ token: "t2", expires_at: "", person: null as never });
  expect([session.token(), session.staysOut()]).toEqual(["t2", false]);
});

test("a session that the server ended is not a person's leaving: the machine may log in by itself", async () => {
  const { session } = await import("./session");
  const { api } = await import("./request");
  session.begin({ token: "t", expires_at: "", person: null as never });
  await expect(api.get("/api/me")).rejects.toMatchObject({ code: "session.none" });
  expect(session.staysOut()).toBe(false);
  expect(login).toHaveBeenCalledTimes(1);
});
