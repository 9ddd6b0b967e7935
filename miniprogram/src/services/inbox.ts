/** One's own notices. */
import { api, type Schemas } from "./request";

export type Notice = Schemas["Notice"];
export type Outcome = Schemas["ChannelOutcome"];

export const inbox = (cursor: string | null) => api.get("/api/inbox", { query: { cursor, limit: 20 } });

export const noticeHistory = (notice: string) =>
  api.get("/api/inbox/{notice_id}", { path: { notice_id: notice } });

export const markRead = (notice: string) =>
  api.post("/api/inbox/{notice_id}/read", { path: { notice_id: notice } });
