/** Shortcuts; never while somebody is typing, nor while an input method is composing. */

import { find } from "./page.js";
import { lastQueue, openChosen, step } from "./queue.js";

const PAIR_MS = 1200; // between g and q
let before = { key: "", at: 0 };

export function keys() {
  find("#keys")?.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (act(event)) event.preventDefault();
    before = { key: event.key, at: Date.now() };
  });
}

function act({ key, target }) {
  if (key === "q" && before.key === "g" && Date.now() - before.at < PAIR_MS) return go(lastQueue());
  switch (key) {
    case "?":
      return show();
    case "j":
      return step(1) ?? true;
    case "k":
      return step(-1) ?? true;
    case "o":
      return openChosen();
    case "Enter":
      return target === document.body && openChosen();
    case "/":
      return focus("[data-search]") || focus("[data-suggestions] input");
    case "r":
      return press("button[data-mode=reply]");
    case "n":
      return press("button[data-mode=note]");
    case "t":
      return press("[data-opens=transfer]");
    case "e":
      return press("[data-opens=resolve]");
    default:
      return false;
  }
}

function show() {
  find("#shortcuts")?.showModal();
  return true;
}

function press(selector) {
  const found = find(selector);
  found?.click();
  return Boolean(found);
}

function focus(selector) {
  const found = find(selector);
  found?.focus();
  found?.select();
  return Boolean(found);
}

function go(address) {
  location.assign(address);
  return true;
}
