/** Clocks with [data-due] count down by themselves; the server's clock counts, not the computer's. */

import { word } from "./words.js";

const NEAR_DUE_S = 4 * 3600; // further away, the moment itself says more than hours and minutes
const ahead = Date.parse(document.body.dataset.now) - Date.now() || 0;

export function clocks() {
  const tick = () => document.querySelectorAll("[data-due]").forEach(show);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("console:fresh", tick);
}

function show(dial) {
  const now = Date.now() + ahead;
  const left = Math.round((Date.parse(dial.dataset.due) - now) / 1000);
  const near = dial.dataset.near ? Date.parse(dial.dataset.near) <= now : !dial.classList.contains("calm");
  dial.classList.toggle("late", left <= 0);
  dial.classList.toggle("near", left > 0 && near);
  dial.classList.toggle("calm", left > 0 && !near);
  const count = dial.querySelector("[data-count]");
  const text = says(left, dial.dataset.before);
  if (count && count.textContent !== text) count.textContent = text;
}

function says(left, before) {
  if (left <= 0) return word("over", { t: span(-left) });
  return left > NEAR_DUE_S ? word("before", { t: before }) : word("left", { t: span(left) });
}

function span(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return word("days", { d: Math.floor(hours / 24), h: hours % 24 });
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
