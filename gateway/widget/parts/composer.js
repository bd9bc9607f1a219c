/** Where the visitor writes. Enter sends, Shift+Enter makes a line, and an input method keeps its own Enter. */

import { composing, h, icon } from "./dom.js";

export class Composer {
  /** `send(text)` gets what was written; `drafts` is a Store that keeps what was not sent yet. */
  constructor({ texts, drafts, send }) {
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
    });
    const named = { "aria-label": texts.send, title: texts.send };
    this.button = h("button", { type: "submit", class: "send", ...named }, icon("send"));
    this.node = h("form", { class: "composer", onsubmit: (event) => this.#submit(event) }, this.input, this.button);
    this.#changed();
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    this.input.value = text;
    this.#changed();
  }

  /** Makes the field as high as its text, up to the limit in the style sheet. */
  fit() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #changed() {
    this.drafts.set("draft", this.input.value);
    this.button.disabled = !this.input.value.trim();
    this.fit();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value;
    if (!text.trim()) return;
    this.value = "";
    this.send(text);
  }
}
