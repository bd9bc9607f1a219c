/** Forms with [data-async] are sent without leaving the page; the answer is the page as it is now. None goes twice. */

import { dropDraft } from "./drafts.js";
import { ask, exchange, find, parsed, toast, whole } from "./page.js";
import { word } from "./words.js";

const AGAIN_MS = 3000;
const TWICE_MS = 3000; // between two presses that mean one
let asked = 0; // pages, in the order of asking
let shown = 0; // the one that stands here
let again;
let left = new WeakMap(); // forms that lead to another page: what they were sent with, and when

export function forms() {
  document.addEventListener("click", ({ target }) => {
    if (target.dataset?.hides) document.getElementById(target.dataset.hides).hidden = true;
  });
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const stays = form.matches("[data-async]");
    if (stays || twice(form, submitter)) event.preventDefault();
    if (stays) send(form, submitter);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && (left = new WeakMap()));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest("form[data-async]");
    if (!form || !event.target.matches("textarea")) return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    if (button.disabled) toast(word("no_reply"), true);
    else form.requestSubmit(button);
  });
}

/** The same once more before the next page is there; the button stays enabled, because what it says is sent. */
function twice(form, submitter) {
  if (form.getAttribute("method") !== "post") return false;
  const fields = JSON.stringify([...new FormData(form, submitter)].map(([name, value]) => [name, value.name ?? value]));
  const before = left.get(form);
  if (before?.fields === fields && Date.now() - before.at < TWICE_MS) return true;
  left.set(form, { fields, at: Date.now() });
  return false;
}

async function send(form, submitter) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const boxes = form.querySelectorAll("textarea");
  const last = document.querySelector("#transcript article:last-of-type")?.dataset.seq ?? "";
  form.querySelectorAll("[data-last-seq]").forEach((field) => (field.value = last)); // what came in since the page did
  const fields = new FormData(form, submitter);
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  boxes.forEach((box) => (box.readOnly = true));
  const before = asked;
  const response = await ask(form.getAttribute("action"), { method: "POST", body });
  const crossed = asked > before;
  const number = ++asked;
  const html = response?.ok ? await whole(response) : null;
  if (html !== null) accepted(form, html, number);
  const moved = response && !response.ok && (await refused(form, response));
  boxes.forEach((box) => (box.readOnly = false));
  delete form.dataset.busy; // before the page is fetched: 仍要发送 may be pressed by now
  // What was asked for meanwhile may be older than the answer or newer; what is asked for now is the newest.
  if (moved || crossed) await refresh();
}

function accepted(form, html, number) {
  const fresh = parsed(html);
  renew(form);
  if (form.dataset.draft) dropDraft(form);
  else if (form.closest("dialog") || form.dataset.form === "file") form.reset();
  if (form.dataset.form === "reply") answered("");
  form.closest("dialog")?.close();
  show(fresh, number);
  toast(find("#toast", fresh)?.textContent.trim());
}

/** The text stays where it is; true when things have moved on and are to be shown as they stand now. */
async function refused(form, response) {
  const { error } = await response.json().catch(() => ({}));
  if (error?.code === "repeat") renew(form);
  if (error?.code === "answered") answered(error.message);
  else toast(error?.message ?? response.statusText, true);
  return response.status === 409 || response.status === 403;
}

/** Only for the next sending: one whose answer was lost is sent again with its own key, and goes out once. */
function renew({ elements: { key } }) {
  if (key) key.value = crypto.getRandomValues(new Uint32Array(4)).join("-");
}

/** A colleague has answered meanwhile: what is written stays, and goes out only when somebody says so again. */
function answered(message) {
  const strip = find("#answered");
  strip.hidden = !message;
  find("span", strip).textContent = message;
}

/** Fetch the page again and exchange what is live; soon once more when it is only now that it cannot be had. */
export async function refresh() {
  const mine = ++asked;
  const response = await ask(location.pathname);
  const html = await whole(response);
  if (html === null || response.status >= 500) {
    clearTimeout(again);
    again = setTimeout(refresh, AGAIN_MS);
  } else if (response.ok) show(parsed(html), mine);
}

function show(fresh, number) {
  if (number < shown) return; // it comes after one that was asked for later
  shown = number;
  exchange(fresh);
  const speaks = find("[data-speaks]", fresh);
  if (speaks) document.querySelectorAll("[data-speaks], [data-sends]").forEach((one) => (one.disabled = speaks.disabled));
  const root = find("[data-ticket]", fresh);
  if (root) find("[data-ticket]").dataset.version = root.dataset.version;
  document.dispatchEvent(new Event("console:fresh"));
}
