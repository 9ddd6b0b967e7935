/** Where to go on after a login. */

const HOME = "/pages/home/index";

/** The address to come back to: what the server takes as a page of ours, else the home (which a browser calls "/"). */
export function pageToReturnTo(fullPath: string | undefined): string {
  const page = fullPath ?? "";
  return /^\/(pages|packages)\/[0-9A-Za-z/_-]+(\?[0-9A-Za-z=&%._~+-]*)?$/.test(page) && page.length <= 290
    ? page
    : HOME;
}
