/** The list: fresh whenever something has happened, rows chosen by mouse and keyboard, filters in the address. */

import { ask, exchange, find, parsed, whole } from "./page.js";

const SOONEST_MS = 1500; // between two looks, however much happens
const BACK = "gongda:queue";
let asked = 0; // lists, in the order of asking
let shown = 0; // the one that stands here
let chosen; // number of the row that the keyboard is on

export function queue(list) {
  if (!list) return;
  remember();
  rows();
  filters(find("[data-filters]"));
  let version;
  let last = 0;
  let timer;
  const look = async () => {
    timer = undefined;
    last = Date.now();
    await refresh();
  };
  document.addEventListener("console:desk", ({ detail }) => {
    if (detail.version === version) return;
    const first = version === undefined;
    version = detail.version;
    if (!first || last) timer ??= setTimeout(look, Math.max(0, SOONEST_MS - (Date.now() - last)));
    last ||= 1; // the first word of the stream is about the list that is just shown
  });
  setInterval(() => document.hidden || look(), 60_000); // ages and appointments go on without any event
}

/** Up and down the list; the row stays chosen when the list is exchanged. */
export function step(by) {
  const all = [...document.querySelectorAll("tr[data-id]")];
  if (!all.length) return;
  const at = all.findIndex((row) => row.dataset.id === chosen);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  chosen = next.dataset.id;
  choose();
  next.scrollIntoView({ block: "nearest" });
}

export function openChosen() {
  const row = chosen && document.querySelector(`tr[data-id="${CSS.escape(chosen)}"]`);
  if (!row) return false;
  find("td.number a", row).click();
  return true;
}

/** Where the list was left: with its tab and its conditions. */
export const lastQueue = () => sessionStorage.getItem(BACK) ?? "/console";

function remember() {
  sessionStorage.setItem(BACK, here());
}

function rows() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-id]");
    if (!row || event.target.closest("a, button") || getSelection().toString()) return;
    find("td.number a", row).click();
  });
}

/** A condition counts at once; words when somebody stops typing. */
function filters(form) {
  if (!form) return;
  let typing;
  const go = async () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", `${form.getAttribute("action")}${query.size ? `?${query}` : ""}`);
    remember();
    await refresh();
  };
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("select")) return;
    target.classList.toggle("chosen", Boolean(target.value));
    go();
  });
  form.addEventListener("input", ({ target, isComposing }) => {
    if (!target.matches("[data-search]") || isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(go, 350);
  });
  form.addEventListener("compositionend", go);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    go();
  });
}

const here = () => location.pathname + location.search;

async function refresh() {
  const mine = ++asked;
  const address = here();
  const response = await ask(address);
  const html = response?.ok && (await whole(response));
  if (!html || mine < shown || address !== here()) return;
  shown = mine;
  const before = new Set([...document.querySelectorAll("tr[data-id]")].map((row) => row.dataset.id));
  exchange(parsed(html));
  for (const row of document.querySelectorAll("tr[data-id]")) row.classList.toggle("arrived", !before.has(row.dataset.id));
  choose();
  document.dispatchEvent(new Event("console:fresh"));
}

function choose() {
  for (const row of document.querySelectorAll("tr[data-id]")) row.classList.toggle("chosen", row.dataset.id === chosen);
}
