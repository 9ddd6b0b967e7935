import { computed, ref, shallowRef } from "vue";
import { Cancelled, NotHere } from "@/platform";
import { Refused, type Problem } from "@/services/request";

/** Anything that was thrown, in words for the person; null for what the person closed. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Refused) return error.problem;
  if (error instanceof Cancelled) return null;
  if (error instanceof NotHere) {
    return { code: "client.not_here", title: "换个办法", detail: error.message, next: "", status: 0 };
  }
  console.error(error);
  return {
    code: "client.broken",
    title: "页面出了点问题",
    detail: "这一页没有显示好。",
    next: "请退出去再进来；还不行的话请拨打服务电话。",
    status: 0,
  };
}

/** A read that a page shows: loading, ready (also while it is read again), or an error that can be tried again. */
export function useAsk<T>(read: () => Promise<T>) {
  const data = shallowRef<T | null>(null);
  const problem = ref<Problem | null>(null);
  const loading = ref(false);
  let latest = 0;

  async function ask(): Promise<void> {
    const turn = ++latest;
    loading.value = true;
    try {
      const answer = await read();
      if (turn !== latest) return;
      data.value = answer;
      problem.value = null;
    } catch (error) {
      if (turn === latest) problem.value = problemOf(error);
    } finally {
      if (turn === latest) loading.value = false;
      uni.stopPullDownRefresh();
    }
  }

  const state = computed<"loading" | "ready" | "error">(() =>
    problem.value && data.value === null ? "error" : data.value === null ? "loading" : "ready",
  );
  return { data, problem, loading, state, ask };
}

/** A list read page by page: `items`, `more` while there is a next page. */
export function useList<T>(read: (cursor: string | null) => Promise<{ items: T[]; next?: string | null }>) {
  const items = shallowRef<T[]>([]);
  const next = ref<string | null>(null);
  const first = useAsk(async () => {
    const page = await read(null);
    items.value = page.items;
    next.value = page.next ?? null;
    return true;
  });
  const further = useAct(async () => {
    const page = await read(next.value);
    items.value = [...items.value, ...page.items];
    next.value = page.next ?? null;
  });
  return {
    items,
    more: computed(() => next.value !== null),
    state: first.state,
    loading: first.loading,
    problem: computed(() => first.problem.value ?? further.problem.value),
    ask: first.ask,
    askMore: () => further.run(),
  };
}

/**
 * Something a person does by a tap. While it runs, a second tap does nothing; what goes wrong is shown, and what was typed
 * stays. `run` answers true when it was done.
 */
export function useAct<Args extends unknown[]>(act: (...args: Args) => Promise<unknown>) {
  const busy = ref(false);
  const problem = ref<Problem | null>(null);
  async function run(...args: Args): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = null;
    try {
      await act(...args);
      return true;
    } catch (error) {
      problem.value = problemOf(error);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, problem, run };
}
