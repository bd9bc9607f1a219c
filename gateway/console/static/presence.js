/** Who else has this ticket open: tells the server that we have, and shows the others. */

import { ask, find } from "./page.js";

const READING_MS = 10_000;
const WRITING_MS = 5000;
const STILL_MS = 8000; // without a key, writing has become reading

export function presence(root) {
  const address = `/console/tickets/${root.dataset.ticket}/look`;
  let last = 0;
  let typed = 0;
  const tell = async (mode) => {
    last = Date.now();
    const response = await ask(address, { method: "POST", body: new URLSearchParams({ mode }) });
    if (response?.ok) viewers((await response.json()).viewers);
  };
  const mode = () => (Date.now() - typed < STILL_MS ? "writing" : "reading");
  find("[data-form=reply] textarea", root).addEventListener("input", ({ target, isTrusted }) => {
    if (!isTrusted || !target.value) return;
    const begins = mode() === "reading";
    typed = Date.now();
    if (begins || typed - last > WRITING_MS) tell("writing");
  });
  setInterval(() => document.hidden || Date.now() - last < READING_MS - 500 || tell(mode()), 1000);
  document.addEventListener("visibilitychange", () => document.hidden || tell(mode()));
  addEventListener("pagehide", () => navigator.sendBeacon(address, new URLSearchParams({ mode: "gone" })));
  if (!document.hidden) tell("reading");
}

/** 李强正在回复 · 王海涛正在查看 */
export function viewers(found) {
  const line = find("#viewers");
  if (!line) return;
  line.hidden = !found.length;
  line.replaceChildren(
    ...found.map(({ name, says, mode }) => {
      const one = document.createElement("span");
      const who = document.createElement("b");
      who.translate = false;
      who.textContent = name;
      one.dataset.viewing = mode;
      one.append(who, says);
      return one;
    }),
  );
}
