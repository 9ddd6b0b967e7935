/** The page on top of the others. An answer to a question of a page that was left is not acted upon. */
export function pageOnTop(): unknown {
  const pages = getCurrentPages();
  return pages[pages.length - 1]?.route ?? "";
}
