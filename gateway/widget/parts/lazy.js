/** Parts that are fetched when they are first wanted, each with its style sheet. */

import { loadStyle } from "./style.js";

const PARTS = {
  conversation: [() => import("./conversation.js")],
  room: [() => import("./room.js"), "panel.css"],
  messages: [() => import("./messages.js"), "messages.css"],
  cards: [() => import("./cards.js"), "cards.css"],
  pictures: [() => import("./pictures.js"), "pictures.css"],
  screenshot: [() => import("./screenshot.js")],
  blobs: [() => import("./blobs.js")],
  upload: [() => import("./upload.js")],
  notices: [() => import("./notices.js"), "notices.css"],
  form: [() => import("./form.js"), "form.css"],
};

export class Lazy {
  #root;
  #home;
  #wanted = new Map();

  constructor(root, home) {
    this.#root = root;
    this.#home = home;
  }

  /** The module. What failed to load, because the network was away, is tried anew by the next call. */
  get(name) {
    if (!this.#wanted.has(name)) {
      const coming = this.#load(name);
      coming.catch(() => this.#wanted.delete(name));
      this.#wanted.set(name, coming);
    }
    return this.#wanted.get(name);
  }

  async #load(name) {
    const [module, sheet] = PARTS[name];
    const [loaded] = await Promise.all([module(), sheet && loadStyle(this.#root, this.#home, sheet)]);
    return loaded;
  }
}
