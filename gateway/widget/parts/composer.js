/**
 * Where the visitor writes. Enter sends, Shift+Enter makes a line, and an input method keeps its own Enter. Files
 * come from the buttons, the clipboard or by dropping; the code for them is fetched when a session has begun.
 */

import { limits } from "./accepted.js";
import { composing, h, icon, press } from "./dom.js";

const AGAIN_MS = 2000;
const NEEDED = ["pictures", "blobs", "upload", "messages", "cards"]; // for a file, which may come when the network is gone
const TOUCH = window.matchMedia("(pointer: coarse)");

export class Composer {
  #texts;
  #lazy;
  #tray = null; // the promise of the files to come
  #files = 0;
  #limits = limits();
  #adding = null; // files on their way into the tray: who presses Enter meanwhile means them too

  /** `send(text, files)` gets what was written; `drafts` is a Store that keeps what was not sent yet. */
  constructor({ texts, drafts, send, lazy }) {
    this.#texts = texts;
    this.#lazy = lazy;
    this.send = send;
    this.drafts = drafts;
    this.input = h("textarea", {
      rows: 1,
      placeholder: texts.placeholder,
      "aria-label": texts.input,
      enterKeyHint: "send",
      value: drafts.get("draft", ""),
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#given(event, event.clipboardData),
    });
    this.button = button("submit", "send", texts.send);
    this.tools = h("div", { class: "tools", hidden: true }, this.#tools());
    const bar = h("div", { class: "bar" }, this.input, this.tools, this.button);
    this.node = h("form", { class: "composer", onsubmit: (event) => this.#submit(event) }, bar);
    if (drafts.get("files", []).length) this.#adding = this.#trayed().catch(() => {});
    this.#changed();
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
    this.#changed();
  }

  /** Whether the gateway takes files, and which: what it says when a session begins. */
  set features(told) {
    this.tools.hidden = !told?.attachments;
    this.#limits = limits(told?.files);
    this.chooser.accept = this.#limits.types.join();
    if (told?.attachments) for (const part of NEEDED) this.#lazy.get(part).catch(() => {});
  }

  /** Makes the field as high as its text, up to the limit in the style sheet. */
  fit() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight}px`;
  }

  /** True when the event brought files and they were taken. */
  dropped(event) {
    this.#given(event, event.dataTransfer);
  }

  #tools() {
    const files = this.#picker("clip", this.#texts.file_add, { accept: this.#limits.types.join(), multiple: true });
    this.chooser = files[1];
    const made = [files];
    if (TOUCH.matches) {
      made.push(this.#picker("camera", this.#texts.camera, { accept: "image/*", capture: "environment" }));
    } else if (navigator.mediaDevices?.getDisplayMedia) {
      const shoot = button("button", "screen", this.#texts.screenshot);
      shoot.addEventListener("click", () => this.#shoot());
      made.push(shoot);
    }
    return made;
  }

  #picker(name, label, props) {
    const input = h("input", { type: "file", hidden: true, ...props });
    input.addEventListener("change", () => {
      this.#add([...input.files]);
      input.value = "";
    });
    const pick = button("button", name, label);
    pick.addEventListener("click", () => input.click());
    return [pick, input];
  }

  async #shoot() {
    const { screenshot } = await this.#lazy.get("screenshot");
    const file = await screenshot(this.#texts.screenshot);
    if (file) this.#add([file]);
  }

  #given(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length || this.tools.hidden) return;
    event.preventDefault();
    this.#add(files);
  }

  async #add(files) {
    if (!files.length) return;
    this.#adding = this.#trayed().then((tray) => tray.add(files)).catch(() => {
      setTimeout(() => this.#add(files), AGAIN_MS); // the network is away, and the code for files with it
    });
    await this.#adding;
    this.input.focus({ preventScroll: true });
  }

  #trayed() {
    this.#tray ??= this.#lazy.get("pictures").then(async ({ Tray }) => {
      const store = { get: () => this.drafts.get("files", []), set: (list) => this.drafts.set("files", list) };
      const tray = new Tray({
        texts: this.#texts,
        limits: () => this.#limits,
        store,
        onChange: (count) => {
          this.#files = count;
          this.#changed();
        },
        onEmpty: () => this.input.focus(),
      });
      this.node.prepend(tray.node);
      await tray.restore();
      return tray;
    });
    this.#tray.catch(() => {
      this.#tray = null;
    });
    return this.#tray;
  }

  #changed() {
    this.drafts.set("draft", this.input.value);
    this.button.disabled = !this.input.value.trim() && !this.#files;
    this.fit();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.#submit(event);
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#adding) await this.#adding;
    if (!this.node.isConnected) return; // somebody else may sit here by now
    const tray = this.#files ? await this.#tray : null;
    const text = this.input.value; // until it is in the outbox it stays here, where a reload finds it again
    if (!text.trim() && !this.#files) return;
    const files = tray?.take() ?? [];
    this.value = "";
    this.send(text, files);
  }
}

function button(type, name, label) {
  const made = press(type === "submit" ? name : "tool", () => {}, icon(name));
  made.type = type;
  made.title = label;
  made.setAttribute("aria-label", label);
  return made;
}
