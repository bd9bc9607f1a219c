/** What every page knows about the desk: the number in the title, the sound, and my own presence. */

import { ask, find, toast } from "./page.js";
import { called } from "./sound.js";

let base;
let badge = 0;
let dot = false;
let known;
let presence; // as the server has it
let saving = Promise.resolve();
let unsaved = 0;

/** What the server says about the desk; `calls` that were not there the last time are worth a sound. */
export function told(news) {
  badge = news.badge;
  title();
  const fresh = known ? news.calls.filter((one) => !known.has(one)) : [];
  known = new Set(news.calls);
  if (fresh.length) called(fresh);
  presence = news.presence;
  if (document.activeElement !== presenceBox()) showPresence();
  document.dispatchEvent(new CustomEvent("console:desk", { detail: news }));
}

export async function poll() {
  const address = document.body.dataset.news;
  const response = address ? await ask(address) : null;
  if (response?.ok) told(await response.json());
}

/** A dot in the title while something has been said that nobody has looked at. */
export function mark(on) {
  dot = on;
  title();
}

export function startBadge() {
  base = document.title;
  const shown = find("[data-badge]");
  if (shown) badge = Number(shown.dataset.badge);
  title();
  document.addEventListener("visibilitychange", () => document.hidden || mark(false));
  const box = presenceBox();
  presence = box?.form.dataset.presence;
  box?.addEventListener("change", save);
  box?.addEventListener("blur", showPresence);
}

function title() {
  base ??= document.title;
  document.title = `${dot ? "● " : ""}${badge ? `(${badge}) ` : ""}${base}`;
}

const presenceBox = () => find("form.presence select");

/** One after the other: the last choice is the last one to be stored. */
function save({ target: { form, value } }) {
  unsaved += 1;
  saving = saving.then(() => store(form, value));
}

async function store(form, value) {
  const body = new URLSearchParams({ presence: value });
  const response = await ask(form.getAttribute("action"), { method: "POST", body });
  unsaved -= 1;
  if (response?.ok) presence = value;
  else if (response) toast((await response.json().catch(() => ({}))).error?.message ?? response.statusText, true);
  showPresence();
}

/** What is still to be stored stays as it was chosen; what cannot be stored goes back. */
function showPresence() {
  const box = presenceBox();
  if (!box || !presence || unsaved) return;
  box.form.dataset.presence = presence;
  box.value = presence;
}
