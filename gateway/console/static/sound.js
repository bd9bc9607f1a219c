/** A short sound for new tickets and messages: off until somebody switches it on, kept in this browser. */

import { find, toast } from "./page.js";
import { word } from "./words.js";

const KEY = "gongda:sound";
const RUNG = "gongda:rung";
const SAME_MS = 5000; // two tabs hear of the same call within that time
let audio;

export function sound() {
  const button = find("#sound");
  if (!button) return;
  button.setAttribute("aria-pressed", String(on()));
  button.addEventListener("click", () => {
    keep(KEY, on() ? null : "on");
    button.setAttribute("aria-pressed", String(on()));
    toast(word(on() ? "sound_on" : "sound_off"));
    if (!on()) return;
    beep();
    if (globalThis.Notification?.permission === "default") Notification.requestPermission();
  });
  // Browsers are silent until somebody has touched the page.
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => on() && ready(), { once: true });
}

/** Rings for calls that no other tab has rung for. */
export function called(calls) {
  if (!on()) return;
  const [at, what] = (read(RUNG) ?? "").split("|");
  if (what === calls.join() && Date.now() - Number(at) < SAME_MS) return;
  keep(RUNG, `${Date.now()}|${calls.join()}`);
  beep();
  if (document.hidden && globalThis.Notification?.permission === "granted") {
    const note = new Notification(word("calls"), { tag: "gongda" });
    note.onclick = () => focus();
  }
}

function beep() {
  const context = ready();
  if (!context || context.state !== "running") return;
  for (const [start, pitch] of [[0, 880], [0.14, 1175]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = context.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.24);
  }
}

function ready() {
  if (!globalThis.AudioContext) return null;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  return audio;
}

const on = () => read(KEY) === "on";

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    /* without storage the sound stays off */
  }
}
