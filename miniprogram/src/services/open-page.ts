/**
 * The one way to a page that somebody else named: a notice, a card, a to-do. The four main pages are switched to, and
 * WeChat drops what stands behind their `?`: it is kept here until the page takes it.
 */

import { useMe } from "@/stores/me";

export const TAB_PAGES: readonly string[] = [
  "pages/home/index",
  "pages/scan/index",
  "pages/inbox/index",
  "pages/me/index",
];
/** WeChat keeps ten pages on top of one another; a further one takes the place of the last. */
const DEEPEST = 10;

type Query = Record<string, string>;
const carried = new Map<string, Query>();

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `pages/fault/index?fault=1`, with or without a slash before it, as page and query. */
export function parsePath(path: string): { page: string; query: Query } {
  const [page = "", search = ""] = path.trim().replace(/^\/+/, "").split("?");
  const query: Query = {};
  for (const part of search.split("&").filter(Boolean)) {
    const [name = "", value = ""] = part.split("=");
    query[decoded(name)] = decoded(value);
  }
  return { page, query };
}

/** What was meant for a main page that was switched to, once; call it when the page shows. */
export function takeCarried(page: string): Query {
  const found = carried.get(page) ?? {};
  carried.delete(page);
  return found;
}

function sayUnknown(): void {
  uni.showModal({
    title: "这一页打不开",
    content: "手机上的版本里没有这一页。请关掉小程序，重新打开再试；还不行请打服务电话。",
    showCancel: false,
    confirmText: "知道了",
  });
}

/** Opens it, whichever kind of page it is; says so in words where there is no such page. An empty path opens nothing. */
export function openPage(path: string): void {
  const { page, query } = parsePath(path);
  if (!page) return;
  if (TAB_PAGES.includes(page)) {
    carried.set(page, query);
    // The main pages speak of the house that was chosen last.
    if (query.household) useMe().choose(query.household);
    uni.switchTab({ url: `/${page}`, fail: sayUnknown });
    return;
  }
  const search = path.trim().split("?")[1];
  const url = `/${page}${search ? `?${search}` : ""}`;
  if (getCurrentPages().length >= DEEPEST) uni.redirectTo({ url, fail: sayUnknown });
  else uni.navigateTo({ url, fail: sayUnknown });
}
