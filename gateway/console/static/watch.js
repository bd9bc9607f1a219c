/** Parts with [data-refresh=seconds] are fetched again until they say 0: jobs that go on by themselves. */

import { ask, exchange, parsed, whole } from "./page.js";
import { showMarkdown } from "./shown.js";

const WATCHED = "[data-live][data-refresh]:not([data-live=queue], [data-refresh='0'])"; // the queue looks after itself
const HIDDEN_MS = 20_000;

export function watch() {
  const soonest = Math.min(...[...document.querySelectorAll(WATCHED)].map((part) => Number(part.dataset.refresh)));
  if (!Number.isFinite(soonest)) return;
  setTimeout(async () => {
    const response = await ask(location.pathname + location.search);
    const html = response?.ok && (await whole(response));
    if (html) exchange(parsed(html));
    await showMarkdown();
    watch();
  }, document.hidden ? HIDDEN_MS : soonest * 1000);
}
