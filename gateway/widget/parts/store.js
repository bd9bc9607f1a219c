/**
 * What outlives a reload: a slice of localStorage or sessionStorage. What the browser refuses to keep (storage
 * forbidden, full, or wiped while the page is open) stays in memory for as long as the page does.
 */

/** `window[name]`, or null where the browser forbids even to look at it. */
export function storageOf(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

export class Store {
  #storage;
  #prefix;
  #spare = new Map();

  constructor(storage, site) {
    this.#storage = storage;
    this.#prefix = `gongda:${site}:`;
  }

  get(name, fallback = null) {
    try {
      const kept = this.#spare.has(name) ? this.#spare.get(name) : this.#storage.getItem(this.#prefix + name);
      return JSON.parse(kept) ?? fallback;
    } catch {
      return fallback;
    }
  }

  /** False when the value will be gone after a reload. */
  set(name, value) {
    try {
      this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
      this.#spare.delete(name);
      return true;
    } catch {
      return this.keep(name, value);
    }
  }

  /** Only for as long as this page is open, and unknown to other tabs. */
  keep(name, value) {
    this.#spare.set(name, JSON.stringify(value));
    return false;
  }

  /** Drops what only this page keeps. */
  lose() {
    this.#spare.clear();
  }

  remove(name) {
    this.#spare.delete(name);
    try {
      this.#storage.removeItem(this.#prefix + name);
    } catch {
      // forbidden: then it was never there
    }
  }

  /** Names that start with `start`, without this store's own prefix, sorted. */
  names(start) {
    const found = new Set([...this.#spare.keys()].filter((name) => name.startsWith(start)));
    for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
      const key = this.#storage.key(index) ?? "";
      if (key.startsWith(this.#prefix + start)) found.add(key.slice(this.#prefix.length));
    }
    return [...found].sort();
  }

  /** Calls `listener(name)` when another tab changes something here, until `signal` aborts. */
  watch(listener, signal) {
    const heard = (event) => {
      if (event.key?.startsWith(this.#prefix)) listener(event.key.slice(this.#prefix.length));
    };
    window.addEventListener("storage", heard, { signal });
  }
}
