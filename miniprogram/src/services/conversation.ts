/** The thread between a household and the service. */
import { api, type Schemas } from "./request";

export type Entry = Schemas["ConversationEntry"];
export type Card = Schemas["ConversationCard"];
export type EntryPage = Schemas["ConversationEntryPage"];

/** One's own thread, the newest line first; without a household the one spoken of last. */
export const myThread = (household: string | undefined, cursor: string | null, limit = 30) =>
  api.get("/api/conversation", { query: { household_id: household || undefined, cursor, limit } });

/** `key`: of this very line, so that a second try is the same line. */
export const say = (text: string, household: string | undefined, key: string) =>
  api.post("/api/conversation", { body: { text, household_id: household || null }, key });

export const confirmCard = (card: string) =>
  api.post("/api/conversation/cards/{card_id}/confirmation", { path: { card_id: card } });

export const dismissCard = (card: string) =>
  api.post("/api/conversation/cards/{card_id}/dismissal", { path: { card_id: card } });

/** A household's thread for whoever answers it: cadre or township. */
export const threadOf = (household: string, cursor: string | null, limit = 30) =>
  api.get("/api/households/{household_id}/conversation", {
    path: { household_id: household },
    query: { cursor, limit },
  });

export const answerIn = (household: string, text: string, key: string) =>
  api.post("/api/households/{household_id}/conversation", {
    path: { household_id: household },
    body: { text },
    key,
  });
