/**
 * The only caller of uni.request. It renews a session once, gives every write its Idempotency-Key, and turns whatever went
 * wrong into one `Problem` with words for the person: what the server said (RFC 9457), or what happened on the way.
 */
import { platform } from "@/platform";
import type { components, paths } from "./api";
import { fingerprint, forgetKey, keyFor } from "./keys";
import { session } from "./session";

export type Schemas = components["schemas"];
export type Problem = Pick<Schemas["Problem"], "code" | "title" | "detail" | "next" | "status"> &
  Partial<Schemas["Problem"]>;

type Method = "get" | "post" | "patch" | "put" | "delete";
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never;
type Json<R> = R extends { content: { "application/json": infer Body } } ? Body : void;
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Json<R[Extract<keyof R, 200 | 201 | 202 | 204>]> : never;
type PathParameters<O> = O extends { parameters: { path: infer P extends object } } ? P : undefined;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : undefined;
type Body<O> = O extends { requestBody?: { content: { "application/json": infer B } } }
  ? B
  : O extends { requestBody: { content: { "application/json": infer B } } }
    ? B
    : undefined;

export interface Given<P extends keyof paths, M extends Method> {
  path?: PathParameters<Operation<P, M>>;
  query?: Query<Operation<P, M>>;
  body?: Body<Operation<P, M>>;
  /** A write's own key; without one it is remembered by operation and body until the server has answered. */
  key?: string;
  /** Send without a session even if there is one. */
  anonymous?: boolean;
}

/** The server refused, failed, or was not reached. */
export class Refused extends Error {
  /** `retryAfter`: seconds that the server asks to wait before the same is sent again; null where it asks for nothing. */
  constructor(
    readonly problem: Problem,
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail);
  }
  get code(): string {
    return this.problem.code;
  }
  /** Nobody knows whether it was done: the same key must be sent again. */
  get unanswered(): boolean {
    return this.problem.status === 0 || this.problem.status >= 500;
  }
  /** Not now, but later: too many at once, or the server is busy. Nothing is wrong with what was sent. */
  get postponed(): boolean {
    return this.problem.status === 429 || (this.problem.status === 503 && this.retryAfter !== null);
  }
}

const TIMEOUT_MS = 20_000;

function onTheWay(code: string, title: string, detail: string, next: string, status = 0): Problem {
  return { code, title, detail, next, status };
}

const UNREACHED = onTheWay(
  "client.unreached",
  "没有连上",
  "手机没有连上网络，或者网络太慢。",
  "您填的内容还在。走到有信号的地方，再点一次。",
);

function problemOf(status: number, body: unknown): Problem {
  const told = body as Partial<Problem> | null;
  if (told && typeof told === "object" && typeof told.code === "string" && typeof told.detail === "string") {
    return { title: "", next: "", ...told, status } as Problem;
  }
  return onTheWay(
    "client.server_failed",
    "系统出了点问题",
    "服务器没有办成这件事，您填的内容还在。",
    "请过一会儿再点一次；着急的话请拨打服务电话。",
    status,
  );
}

const LONGEST_WAIT = 3600;
const USUAL_WAIT = 60;

/**
 * Seconds from Retry-After, at least one and at most an hour: as a number or as a date (by the server's own clock, for the phone's
 * may be wrong). A 429 without it means a minute.
 */
function waitAsked(status: number, headers: Record<string, string> | undefined): number | null {
  const header = (wanted: string) =>
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
  const told = String(header("retry-after")).trim();
  const from = Date.parse(header("date")) || Date.now();
  const seconds = /^\d+$/.test(told) ? Number(told) : (Date.parse(told) - from) / 1000;
  if (Number.isFinite(seconds)) return Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(seconds)));
  return status === 429 ? USUAL_WAIT : null;
}

interface Sent {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

function send(method: Method, url: string, body: unknown, headers: Record<string, string>): Promise<Sent> {
  return new Promise((resolve, reject) => {
    uni.request({
      url,
      method: method.toUpperCase() as UniApp.RequestOptions["method"],
      data: body as UniApp.RequestOptions["data"],
      header: headers,
      timeout: TIMEOUT_MS,
      success: (answer) =>
        resolve({
          status: answer.statusCode,
          body: answer.data,
          headers: (answer.header ?? {}) as Record<string, string>,
        }),
      fail: () => reject(new Refused(UNREACHED)),
    });
  });
}

function addressOf(template: string, path: object | undefined, query: object | undefined): string {
  let address = template;
  for (const [name, value] of Object.entries(path ?? {})) {
    address = address.replace(`{${name}}`, encodeURIComponent(String(value)));
  }
  const asked = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return __API_BASE_URL__ + address + (asked.length ? `?${asked.join("&")}` : "");
}

let renewing: Promise<boolean> | null = null;

/** A new session by the machine's own login, once for everybody who waits for it. False: the person has to log in. */
function renew(): Promise<boolean> {
  if (session.staysOut()) return Promise.resolve(false);
  renewing ??= (async () => {
    try {
      const code = await platform.loginCode();
      const sent = await send(
        "post",
        `${__API_BASE_URL__}/api/sessions`,
        { code },
        { "Content-Type": "application/json" },
      );
      if (sent.status !== 201) return false;
      session.begin(sent.body as Schemas["Session"]);
      return true;
    } catch {
      return false;
    } finally {
      renewing = null;
    }
  })();
  return renewing;
}

async function call<P extends keyof paths, M extends Method>(
  method: M,
  template: P,
  given: Given<P, M>,
): Promise<Answer<P, M>> {
  const url = addressOf(template, given.path as object | undefined, given.query as object | undefined);
  const remembered = method === "get" || given.key ? null : fingerprint(method, url, given.body);
  const key = method === "get" ? null : (given.key ?? keyFor(remembered as string));
  const once = (): Promise<Sent> => {
    const headers: Record<string, string> = {};
    if (given.body !== undefined || method !== "get") headers["Content-Type"] = "application/json";
    if (session.token() && !given.anonymous) headers.Authorization = `Bearer ${session.token()}`;
    if (key) headers["Idempotency-Key"] = key;
    return send(method, url, given.body ?? (method === "get" ? undefined : {}), headers);
  };
  let sent = await once();
  if (sent.status === 401 && !given.anonymous) {
    session.end();
    if (await renew()) sent = await once();
  }
  if (sent.status >= 200 && sent.status < 300) {
    if (remembered) forgetKey(remembered);
    return sent.body as Answer<P, M>;
  }
  const refused = new Refused(problemOf(sent.status, sent.body), waitAsked(sent.status, sent.headers));
  if (remembered && !refused.unanswered && sent.status !== 429) forgetKey(remembered);
  throw refused;
}

export const api = {
  get: <P extends PathsWith<"get">>(path: P, given: Given<P, "get"> = {}) => call("get", path, given),
  post: <P extends PathsWith<"post">>(path: P, given: Given<P, "post"> = {}) => call("post", path, given),
  patch: <P extends PathsWith<"patch">>(path: P, given: Given<P, "patch"> = {}) => call("patch", path, given),
  delete: <P extends PathsWith<"delete">>(path: P, given: Given<P, "delete"> = {}) =>
    call("delete", path, given),
};

/** Sends a picture with its own key; the id goes into the JSON of what it belongs to. */
export async function sendPicture(
  picture: string,
  key: string,
  anonymous = false,
): Promise<Schemas["Photo"]> {
  const path = (await platform.pictureFor(picture)) ?? picture;
  const headers: Record<string, string> = { "Idempotency-Key": key };
  if (session.token() && !anonymous) headers.Authorization = `Bearer ${session.token()}`;
  return new Promise((resolve, reject) => {
    let seen: Record<string, string> | undefined;
    const task = uni.uploadFile({
      url: `${__API_BASE_URL__}/api/photos`,
      filePath: path,
      name: "file",
      header: headers,
      timeout: 60_000,
      success: (answer) => {
        let body: unknown = null;
        try {
          body = JSON.parse(answer.data);
        } catch {
          // a body that is not JSON is told as a failure of the server
        }
        if (answer.statusCode === 201) return resolve(body as Schemas["Photo"]);
        const headers = (answer as { header?: Record<string, string> }).header ?? seen;
        reject(new Refused(problemOf(answer.statusCode, body), waitAsked(answer.statusCode, headers)));
      },
      fail: () => reject(new Refused(UNREACHED)),
    });
    // WeChat tells an upload's headers apart from its answer, and before it.
    if (platform.kind === "weixin")
      task.onHeadersReceived(({ header }) => (seen = header as Record<string, string>));
  });
}
