/** Lists that are short by nature, read whole. */

interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** The largest page that the server gives. */
export const WHOLE = 200;

/** Every page, one after the other; `atMost` keeps a phone from reading on for ever. */
export async function everyPage<T>(
  read: (cursor: string | undefined) => Promise<PageOf<T>>,
  atMost = 10,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < atMost; page++) {
    const answer = await read(cursor);
    items.push(...answer.items);
    if (!answer.next) break;
    cursor = answer.next;
  }
  return items;
}
