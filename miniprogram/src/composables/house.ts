import { onLoad } from "@dcloudio/uni-app";
import { computed, ref } from "vue";
import { useMe } from "@/stores/me";

/**
 * The household a page speaks of: the one it was opened with (`?household=`), else the person's own; empty where there is none.
 * `mine`: the person is its resident or proxy. `mayAct`: that, or the cadre of its village (by the area's code, once known).
 */
export function useHouse() {
  const me = useMe();
  const asked = ref("");
  onLoad((options) => {
    asked.value = (options?.household as string | undefined) ?? "";
  });
  const id = computed(() => asked.value || me.home);
  const tie = computed(() => me.households.find((each) => each.household_id === id.value)?.role ?? null);
  const mine = computed(() => tie.value !== null);
  const mayAct = (area: string | undefined) =>
    mine.value || (!!area && me.villages.some((role) => !!role.area_code && area.startsWith(role.area_code)));
  return { id, tie, mine, mayAct };
}
