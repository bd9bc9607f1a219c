/** Entries that may answer: for the customer's last words, or for words that the agent types. */

import { put } from "./canned.js";
import { ask, find, parsed, toast } from "./page.js";
import { word } from "./words.js";

const PAUSE_MS = 400;

/** Returns a function that looks again, for when the customer has said something. */
export function suggest(root) {
  const panel = find("[data-suggestions]", root);
  if (!panel) return () => {};
  const box = find("input", panel);
  let timer;
  let asked = 0;
  const look = async () => {
    if (!panel.open) return;
    const mine = ++asked;
    const words = box.value.trim();
    const response = await ask(`${panel.dataset.suggestions}${words ? `?q=${encodeURIComponent(words)}` : ""}`);
    if (!response?.ok || mine !== asked) return;
    find("[data-found]", panel).replaceWith(document.adoptNode(find("[data-found]", parsed(await response.text()))));
  };
  const later = (event) => {
    clearTimeout(timer);
    if (!event?.isComposing) timer = setTimeout(look, PAUSE_MS);
  };
  box.addEventListener("input", later);
  box.addEventListener("compositionend", later);
  box.addEventListener("keydown", (event) => event.key === "Escape" && box.blur());
  panel.addEventListener("toggle", look);
  panel.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-insert]")) return;
    const text = find("[data-text]", target.closest(".suggestion")).content.textContent;
    const reply = find("[data-form=reply] textarea", root);
    if (find("button[data-mode=reply]").getAttribute("aria-selected") !== "true") find("button[data-mode=reply]").click();
    put(reply, reply.value.trim() ? `${reply.value.trimEnd()}\n${text}` : text);
    toast(word("inserted"));
  });
  look();
  return () => box.value.trim() || later();
}
