/** What outlives a reload: a slice of localStorage, or of memory where the browser forbids storage. */

class MemoryStorage {
  #items = new Map();
  get length() {
    return this.#items.size;
  }
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  setItem(key, value) {
    this.#items.set(key, value);
  }
  removeItem(key) {
    this.#items.delete(key);
  }
}

/** `window.localStorage` or `window.sessionStorage` if it can be written to, else memory. */
export function usableStorage(name) {
  try {
    const storage = window[name];
    storage.setItem("gongda:probe", "1");
    storage.removeItem("gongda:probe");
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

export class Store {
  #storage;
  #prefix;

  constructor(storage, site) {
    this.#storage = storage;
    this.#prefix = `gongda:${site}:`;
  }

  get(name, fallback = null) {
    try {
      return JSON.parse(this.#storage.getItem(this.#prefix + name)) ?? fallback;
    } catch {
      return fallback;
    }
  }

  /** False when the value could not be kept, because the storage is full. */
  set(name, value) {
    try {
      this.#storage.setItem(this.#prefix + name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  remove(name) {
    this.#storage.removeItem(this.#prefix + name);
  }

  /** Names that start with `start`, without this store's own prefix. */
  names(start) {
    const found = [];
    for (let index = 0; index < this.#storage.length; index += 1) {
      const key = this.#storage.key(index);
      if (key.startsWith(this.#prefix + start)) found.push(key.slice(this.#prefix.length));
    }
    return found.sort();
  }

  /** Calls `listener(name)` when another tab changes something here, until `signal` aborts. */
  watch(listener, signal) {
    const heard = (event) => {
      if (event.key?.startsWith(this.#prefix)) listener(event.key.slice(this.#prefix.length));
    };
    window.addEventListener("storage", heard, { signal });
  }
}
