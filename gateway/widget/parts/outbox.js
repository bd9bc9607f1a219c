/**
 * What still has to reach the gateway, kept in storage until it has: written before the first attempt, one key
 * for each item so that two tabs never overwrite each other, sent in order, and safe to send twice because
 * every message carries its client id. What the gateway refused is kept too, until the visitor has dealt with it.
 */

import { ApiError } from "./api.js";
import { pauseBefore } from "./stream.js";

/** A longer wait than this is told to the visitor as a refusal, or not kept to when the gateway is busy. */
const LONGEST_WAIT_S = 60;
/** Of a file while all else gets through: what stands between us and the gateway may not let it pass. */
const FILE_TRIES = 5;

/** A random UUID, also on plain-http intranets, where crypto.randomUUID does not exist. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Runs `work` while no other tab does, where the browser has locks (https only); elsewhere client ids must do. */
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

export class Outbox {
  #store;
  #send;
  #listener;
  #lock;
  #order = 0;
  #failures = 0;
  #tried = "";
  #tries = 0;
  #flushing = null;
  #again = false;
  #timer = 0;
  #notBefore = 0;

  /** `send(item)` sends; `listener` has sent(item, answer), refused(item), delayed(item, error) and `reachable`. */
  constructor({ store, site, send, listener }) {
    this.#store = store;
    this.#send = send;
    this.#listener = listener;
    this.#lock = `gongda:${site}:outbox`;
  }

  /** `memory`: only this page could send it, so other tabs must not see it and a reload loses it. */
  add(path, body, memory = false) {
    const item = { name: `out:${this.#next()}:${newId()}`, path, body, memory, at: new Date().toISOString() };
    if (memory) this.#store.keep(item.name, item);
    else this.#store.set(item.name, item);
    this.flush();
    return item;
  }

  /** What waits, oldest first. */
  items() {
    return this.#kept("out:");
  }

  /** What was refused, each with its `error` and `place`. */
  refusals() {
    return this.#kept("no:");
  }

  /** Whether nobody has sent it or taken it back meanwhile. */
  waits(item) {
    return Boolean(this.#store.get(item.name));
  }

  forget(item) {
    this.#store.remove(item.name);
  }

  clear() {
    this.#notBefore = 0;
    for (const item of [...this.items(), ...this.refusals()]) this.forget(item);
  }

  /** Sends what waits, not before the gateway wants to be asked again. Calling it often does no harm. */
  flush() {
    clearTimeout(this.#timer);
    const wait = this.#notBefore - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.flush(), wait);
      return Promise.resolve();
    }
    if (this.#flushing) {
      this.#again = true; // what came in may have missed the last look at the list
      return this.#flushing;
    }
    this.#again = false;
    this.#flushing = Promise.resolve(alone(this.#lock, () => this.#drain())).finally(() => {
      this.#flushing = null;
      if (this.#again) this.flush();
    });
    return this.#flushing;
  }

  /** The network may be back. */
  nudge() {
    this.#failures = 0;
    return this.flush();
  }

  async #drain() {
    for (let item = this.items()[0]; item; item = this.items()[0]) {
      try {
        const answer = await this.#send(item);
        this.#failures = 0;
        const mine = this.waits(item);
        this.forget(item);
        if (mine) this.#listener.sent(item, answer);
      } catch (error) {
        if (!this.waits(item)) continue;
        if (!this.#final(item, error)) {
          this.#listener.delayed(item, error);
          this.#later(error);
          return;
        }
        this.forget(item);
        this.#listener.refused(this.#refuse(item, error));
      }
    }
  }

  /** A file that the gateway cannot keep, or no more of today, must not hold up what was written after it. */
  #final(item, error) {
    if (isRefusal(error)) return true;
    if (!item.body.file || !(error.status || this.#listener.reachable)) return false;
    this.#tries = item.name === this.#tried ? this.#tries + 1 : 1;
    this.#tried = item.name;
    return this.#tries >= FILE_TRIES;
  }

  #refuse(item, error) {
    const { status, code, message } = error instanceof ApiError ? error : {}; // what a browser says is for no visitor
    const refused = { ...item, name: item.name.replace("out:", "no:"), error: { status, code, message } };
    refused.place = this.#listener.place;
    this.#store.set(refused.name, refused);
    return refused;
  }

  #later(error) {
    const asked = Math.min(error.retryAfterS ?? 0, LONGEST_WAIT_S) * 1000;
    const wait = asked || pauseBefore(this.#failures);
    if (asked) this.#notBefore = performance.now() + asked;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Later than everything that waits, whatever the clock says meanwhile. */
  #next() {
    const last = this.items().at(-1)?.name.split(":")[1] ?? 0;
    this.#order = Math.max(Date.now() * 100, this.#order + 1, Number(last) + 1);
    return `${this.#order}`.padStart(17, "0");
  }

  #kept(start) {
    return this.#store.names(start).map((name) => this.#store.get(name)).filter(Boolean);
  }
}

/** Trying again would not help: the gateway understood and said no. */
function isRefusal(error) {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 408) return false;
  return error.status !== 429 || (error.retryAfterS ?? 0) > LONGEST_WAIT_S;
}
