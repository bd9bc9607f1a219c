/** The list: refreshed by itself, with the number of new tickets in the title. */

import { ask, exchange, find, parsed } from "./page.js";

export function queue(list) {
  if (!list) return;
  const title = document.title;
  badge(title);
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-live=queue] tbody tr");
    if (!row || event.target.closest("a") || getSelection().toString()) return;
    find("a", row).click();
  });
  const seconds = Number(list.dataset.refresh);
  if (!seconds) return;
  const look = async () => {
    if (document.hidden && !seen.late()) return;
    await refresh();
    badge(title);
  };
  setInterval(look, seconds * 1000);
  document.addEventListener("visibilitychange", look);
}

/** A tab in the background looks more rarely: the badge must still tell. */
const seen = {
  at: 0,
  late() {
    return Date.now() - this.at > 20_000;
  },
};

async function refresh() {
  seen.at = Date.now();
  const response = await ask(location.pathname + location.search);
  if (!response?.ok) return;
  const before = new Set([...document.querySelectorAll("tr[data-id]")].map((row) => row.dataset.id));
  exchange(parsed(await response.text()));
  for (const row of document.querySelectorAll("tr[data-id]")) row.classList.toggle("arrived", !before.has(row.dataset.id));
}

function badge(title) {
  const count = Number(find("[data-live=queue]").dataset.badge);
  document.title = count ? `(${count}) ${title}` : title;
}
