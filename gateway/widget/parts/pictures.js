/**
 * Files the visitor is about to send: chosen, pasted, dropped or photographed, checked, shown with a way to take
 * them back. The gateway looks at their content; here is only what spares a wasted upload.
 */

import { fits } from "./accepted.js";
import { drop, find, keep, tidy } from "./blobs.js";
import { h, icon, press } from "./dom.js";
import { fill } from "./i18n.js";
import { newId } from "./outbox.js";

const MIB = 1024 * 1024;

/** A row of files to come. One for the field, another for the form. */
export class Tray {
  #texts;
  #onChange;
  #onEmpty;
  #store;
  #limits;
  #files = []; // {id, file, memory, url}

  /**
   * `limits()` tells what is taken now (see accepted.js); `store` has get() and set(list) and keeps which files there are, so that they are there after a reload;
   * `onChange(count)`; `onEmpty()` when the last one was removed and the focus needs another place.
   */
  constructor({ texts, limits, store, onChange, onEmpty }) {
    this.#texts = texts;
    this.#limits = limits;
    this.#onEmpty = onEmpty;
    this.#store = store;
    this.#onChange = onChange;
    this.list = h("ul", { class: "files", "aria-label": texts.files, hidden: true });
    this.told = h("p", { class: "told", role: "alert", hidden: true });
    this.node = h("div", { class: "tray" }, this.list, this.told);
    tidy();
  }

  get count() {
    return this.#files.length;
  }

  /** The client ids. */
  get ids() {
    return this.#files.map(({ id }) => id);
  }

  /** What was there before a reload. */
  async restore() {
    for (const { id, name, type, memory } of this.#store.get()) {
      const file = await find(id);
      if (file) this.#files.push(shown(id, new File([file], name, { type }), memory));
    }
    this.#draw();
  }

  /** Takes what it may and says why it does not take the rest. */
  async add(files) {
    const complaints = [];
    for (const file of files) {
      const wrong = this.#wrong(file);
      if (wrong) complaints.push(wrong);
      else await this.#take(named(file, this.#texts));
    }
    if (this.#files.some(({ memory }) => memory)) complaints.push(this.#texts.file_not_kept);
    this.#tell([...new Set(complaints)].join(" "));
    this.#draw();
  }

  /** Hands the files over: they are the outbox's now. */
  take() {
    const files = this.#files;
    this.#files = [];
    this.#tell("");
    this.#draw();
    for (const { url } of files) if (url) URL.revokeObjectURL(url);
    return files;
  }

  async #take(file) {
    const id = newId();
    const memory = !(await keep(id, file));
    this.#files.push(shown(id, file, memory));
  }

  #wrong(file) {
    const { largest, most, left = most, kinds, types } = this.#limits();
    const { name } = file;
    const texts = this.#texts;
    if (this.#files.length >= left) return fill(texts.file_too_many, { n: most });
    if (!fits(file, types)) {
      return fill(texts.file_type, { name, kinds: kinds.map((kind) => texts.file_kinds[kind]).join(texts.comma) });
    }
    if (!file.size) return fill(texts.file_empty, { name });
    return file.size > largest ? fill(texts.file_size, { name, size: size(file.size), limit: size(largest) }) : "";
  }

  #tell(text) {
    this.told.textContent = text;
    this.told.hidden = !text;
  }

  #draw() {
    this.list.replaceChildren(...this.#files.map((one) => this.#row(one)));
    this.list.hidden = !this.count;
    this.#store.set(this.#files.map(({ id, memory, file: { name, type } }) => ({ id, name, type, memory })));
    this.#onChange(this.count);
  }

  #row(one) {
    const { file, url } = one;
    const label = fill(this.#texts.file_remove, { name: file.name });
    const remove = press("remove", () => this.#remove(one), icon("close"));
    remove.setAttribute("aria-label", label);
    remove.title = label;
    const picture = url ? h("img", { src: url, alt: "" }) : icon("clip");
    return h("li", {}, picture, h("span", {}, h("b", {}, file.name), h("small", {}, size(file.size))), remove);
  }

  #remove(one) {
    const at = this.#files.indexOf(one);
    this.#files.splice(at, 1);
    if (one.url) URL.revokeObjectURL(one.url);
    drop(one.id);
    this.#tell("");
    this.#draw();
    const next = this.list.querySelectorAll("button")[Math.min(at, this.count - 1)];
    if (next) next.focus();
    else this.#onEmpty();
  }
}

function shown(id, file, memory) {
  return { id, file, memory, url: file.type.startsWith("image/") ? URL.createObjectURL(file) : "" };
}

/** What was pasted has no name of its own. */
function named(file, texts) {
  if (file.name && file.name !== "image.png") return file;
  return new File([file], `${texts.file_pasted}.${file.type.split("/")[1]}`, { type: file.type });
}

/** Bytes as people read them. */
export function size(bytes) {
  return bytes < MIB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MIB).toFixed(1)} MB`;
}
