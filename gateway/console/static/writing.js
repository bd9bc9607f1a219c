/** The form of an entry: kept in this browser until it is saved, shown beside it as customers will see it. */

import { ask, find, parsed, whole } from "./page.js";
import { showMarkdown } from "./shown.js";

const PREVIEW_MS = 500;
const SAVED = ["entry_saved", "entry_submitted", "entry_unchanged"];
const PREFIX = () => `gongda:entry:${document.body.dataset.agent}:`;
let asked = 0; // previews

export function writing(form) {
  if (!form) return;
  const name = PREFIX() + form.dataset.keep;
  variants(form);
  restore(form, name);
  let timer;
  form.addEventListener("input", () => {
    write(name, content(form));
    lines(form);
    clearTimeout(timer);
    timer = setTimeout(() => preview(form), PREVIEW_MS);
  });
  form.addEventListener("submit", () => write(name, { ...content(form), sent: true }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(find("[value=save]", form));
  });
  lines(form);
  find("[aria-invalid]", form)?.focus();
}

/** The page of an entry that has just been saved: what this browser kept of it is needed no more. Before tidyAddress. */
export function dropSaved() {
  const saved = find("[data-drops]");
  if (!saved || !SAVED.includes(new URL(location.href).searchParams.get("done"))) return;
  for (const name of names()) {
    const kept = read(name);
    if (kept?.sent && value(kept, "entry_id") === saved.dataset.drops) write(name, null);
  }
}

function restore(form, name) {
  const kept = read(name);
  if (form.matches("[data-typed]")) {
    write(name, content(form));
    return;
  }
  if (!kept || JSON.stringify(kept.fields) === JSON.stringify(content(form).fields)) return;
  fill(form, kept.fields);
  const note = find("[data-restored]");
  note.hidden = false;
  find("[data-forget]", note).addEventListener("click", () => {
    write(name, null);
    location.reload();
  });
  preview(form);
}

/** With the version it was based on: if somebody has saved since, the server shows both texts. */
function fill(form, fields) {
  const rows = fields.filter(([name]) => name === "variant_versions").length;
  const box = find("[data-variants]", form);
  box.replaceChildren();
  for (let row = 0; row < rows; row += 1) more(form);
  const seen = {};
  for (const [name, text] of fields) {
    const found = form.querySelectorAll(`[name="${CSS.escape(name)}"]:not(button)`);
    const place = (seen[name] = (seen[name] ?? -1) + 1);
    if (found[place]) found[place].value = text;
  }
}

const content = (form) => ({ fields: [...new FormData(form)].filter(([, text]) => typeof text === "string") });
const value = (kept, name) => kept.fields?.find(([one]) => one === name)?.[1];

function variants(form) {
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-more]")) find("input", more(form)).focus();
    const less = event.target.closest("[data-less]");
    if (!less) return;
    less.closest("fieldset").remove();
    form.dispatchEvent(new Event("input"));
  });
}

function more(form) {
  const fresh = find("template", form).content.cloneNode(true).querySelector("fieldset");
  find("[data-variants]", form).append(fresh);
  return fresh;
}

function lines(form) {
  const count = form.elements.similar.value.split("\n").filter((line) => line.trim()).length;
  const told = find("[data-lines]", form);
  told.textContent = told.dataset.lines.replace("{n}", count);
}

async function preview(form) {
  const mine = ++asked;
  const response = await ask("/console/preview", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const html = response?.ok && (await whole(response));
  if (!html) return;
  const fresh = parsed(html).body;
  await showMarkdown(fresh);
  if (mine !== asked) return;
  find("[data-preview]", form).replaceChildren(...[...fresh.children].map((node) => document.adoptNode(node)));
}

// Storage may be full or forbidden; then what was typed lives as long as the page.
function names() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX()));
  } catch {
    return [];
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, kept) {
  try {
    if (kept) localStorage.setItem(name, JSON.stringify(kept));
    else localStorage.removeItem(name);
  } catch {
    /* see above */
  }
}
