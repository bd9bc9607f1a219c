/** What all pages share: toasts, dialogs, strips, and exchanging parts of the page for fresh ones. */

const TOAST_MS = 4000;
let hiding;

export const find = (selector, root = document) => root.querySelector(selector);

/** A short message in the corner; a `bad` one stays twice as long. */
export function toast(text, bad = false) {
  const box = find("#toast");
  if (!text || !box) return;
  box.textContent = text;
  box.classList.toggle("bad", bad);
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (box.hidden = true), bad ? TOAST_MS * 2 : TOAST_MS);
}

/** What the server said with the page is shown like any other toast. */
export function toastOnLoad() {
  toast(find("#toast")?.textContent.trim());
}

/** `?done=…` belongs to one visit only: a reload must not repeat it. */
export function tidyAddress() {
  const here = new URL(location.href);
  if (!here.searchParams.has("done")) return;
  for (const name of ["done", "n", "m"]) here.searchParams.delete(name);
  history.replaceState(null, "", here);
}

export function dialogs() {
  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(event.target);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  });
  document.addEventListener("change", (event) => event.target.closest("[data-submits]")?.requestSubmit());
  document.documentElement.classList.add("scripted");
}

/** Fetch as our script; a lost connection and an ended session show their strip. Returns null without an answer. */
export async function ask(address, options = {}) {
  try {
    const response = await fetch(address, { ...options, headers: { accept: "application/json", ...options.headers } });
    find("#offline").hidden = true;
    const ended = find("#ended");
    ended.hidden = response.status !== 401;
    find("a", ended).href = `/console/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    return response;
  } catch {
    find("#offline").hidden = false;
    return null;
  }
}

/** The text of an answer; null without one, or where the connection is lost in the middle of it. */
export async function whole(response) {
  try {
    return (await response?.text()) ?? null;
  } catch {
    find("#offline").hidden = false;
    return null;
  }
}

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** Exchange every [data-live] part; one that is open or being typed in stays. */
export function exchange(fresh) {
  for (const old of document.querySelectorAll("[data-live]")) {
    if (old.open || inUse(old)) continue;
    const next = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    if (!next || old.isEqualNode(next)) continue;
    const top = old.scrollTop;
    old.replaceWith(document.adoptNode(next));
    next.scrollTop = top;
  }
}

function inUse(part) {
  const active = document.activeElement;
  return part.contains(active) && active.matches("input, select, textarea");
}
