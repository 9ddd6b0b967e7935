import { computed, ref, type Ref } from "vue";
import { api } from "@/services/request";
import { useMe } from "@/stores/me";

/**
 * Whose house a page speaks of: one's own, or one that somebody from the village or township acts for. The address is
 * read beside the page; without it the page still works.
 */
export function useWhose(household: Ref<string>) {
  const me = useMe();
  const address = ref("");
  const name = ref("");
  const area = ref("");
  let asked = "";

  const mine = computed(() => me.households.some((tie) => tie.household_id === household.value));
  /** Somebody else's, as a cadre or officer sees it. */
  const forThem = computed(() => Boolean(household.value) && me.signedIn && !mine.value);
  const several = computed(() => me.households.length > 1);

  async function learn(): Promise<void> {
    if (!household.value || asked === household.value) return;
    asked = household.value;
    try {
      const home = await api.get("/api/households/{household_id}", {
        path: { household_id: household.value },
      });
      address.value = home.address;
      name.value = home.head_name;
      area.value = home.area_code;
    } catch {
      asked = ""; // without signal, or not to be seen: the page's own question says so
    }
  }
  return { address, name, area, mine, forThem, several, learn };
}
