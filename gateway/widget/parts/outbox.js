/**
 * What still has to reach the gateway, kept in storage until it has: written before the first attempt, one key
 * for each item so that two tabs never overwrite each other, sent in order, and safe to send twice because
 * every message carries its client id.
 */

import { ApiError } from "./api.js";
import { pauseBefore } from "./stream.js";

/** A longer wait than this is told to the visitor as a refusal. */
const LONGEST_WAIT_S = 60;

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
  #post;
  #listener;
  #lock;
  #unsaved = new Map();
  #count = 0;
  #failures = 0;
  #flushing = null;
  #again = false;
  #timer = 0;

  /** `post(path, body)` sends; `listener` has sent(item, answer), refused(item, error) and delayed(item, error). */
  constructor({ store, site, post, listener }) {
    this.#store = store;
    this.#post = post;
    this.#listener = listener;
    this.#lock = `gongda:${site}:outbox`;
  }

  add(path, body) {
    this.#count += 1;
    const order = `${Date.now()}`.padStart(15, "0") + `${this.#count}`.padStart(5, "0");
    const item = { name: `out:${order}:${newId()}`, path, body, at: new Date().toISOString() };
    if (!this.#store.set(item.name, item)) this.#unsaved.set(item.name, item);
    this.flush();
    return item;
  }

  /** Oldest first. */
  items() {
    const saved = this.#store.names("out:").map((name) => this.#store.get(name)).filter(Boolean);
    return [...saved, ...this.#unsaved.values()];
  }

  clear() {
    for (const item of this.items()) this.#remove(item);
  }

  /** Sends what waits. Calling it often does no harm. */
  flush() {
    clearTimeout(this.#timer);
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
        const answer = await this.#post(item.path, item.body);
        this.#failures = 0;
        this.#remove(item);
        this.#listener.sent(item, answer);
      } catch (error) {
        if (isRefusal(error)) {
          this.#remove(item);
          this.#listener.refused(item, error);
          continue;
        }
        this.#listener.delayed(item, error);
        this.#later(error);
        return;
      }
    }
  }

  #later(error) {
    const wait = error.retryAfterS ? error.retryAfterS * 1000 : pauseBefore(this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  #remove(item) {
    this.#store.remove(item.name);
    this.#unsaved.delete(item.name);
  }
}

/** Trying again would not help: the gateway understood and said no. */
function isRefusal(error) {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 408) return false;
  return error.status !== 429 || (error.retryAfterS ?? 0) > LONGEST_WAIT_S;
}
