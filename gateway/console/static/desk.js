/** What every page knows about the desk: the number in the title, the sound, and my own presence. */

import { ask, find } from "./page.js";
import { called } from "./sound.js";

let base;
let badge = 0;
let dot = false;
let known;

/** What the server says about the desk; `calls` that were not there the last time are worth a sound. */
export function told(news) {
  badge = news.badge;
  title();
  const fresh = known ? news.calls.filter((one) => !known.has(one)) : [];
  known = new Set(news.calls);
  if (fresh.length) called(fresh);
  presence(news.presence);
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
  const box = find("form.presence select");
  box?.addEventListener("change", save);
}

function title() {
  base ??= document.title;
  document.title = `${dot ? "● " : ""}${badge ? `(${badge}) ` : ""}${base}`;
}

async function save({ target }) {
  const form = target.form;
  await ask(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
  form.dataset.presence = target.value;
}

function presence(value) {
  const form = find("form.presence");
  if (!form || !value || document.activeElement === form.elements.presence) return;
  form.dataset.presence = value;
  form.elements.presence.value = value;
}
