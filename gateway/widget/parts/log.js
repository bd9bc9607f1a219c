/** The list of messages: in order, grouped by speaker, scrolled to the newest unless the visitor reads further up. */

import { h } from "./dom.js";

/** A new time line, and a new byline, after this pause. */
const PAUSE_MS = 5 * 60_000;
/** What could not be fetched is tried again after this. */
const AGAIN_MS = 3_000;
/** This close to the end counts as being at the end. */
const NEAR_PX = 80;

export class Log {
  #look;
  #act;
  #items = []; // {entry, node}, sorted
  #early = []; // entries that wait for the code that draws them
  #parts = {}; // that code, by name
  #loading = false;
  #replaying = false;
  #atNewest = true; // until the visitor scrolls away
  #due = false;
  #follow = true;
  #news = false;

  /** `onJump(needed)` hears whether something new stands below what the visitor sees. */
  constructor(look, act, onJump) {
    this.#look = look;
    this.#act = act;
    this.onJump = onJump;
    this.list = h("div", { class: "list" });
    this.node = h("div", {
      class: "log",
      role: "log",
      tabIndex: 0,
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": look.texts.log,
      onscroll: () => {
        this.#atNewest = this.#atEnd();
        if (this.#atNewest) onJump(false);
      },
    });
    this.list.addEventListener("load", () => this.#atNewest && this.#toNewest(), true); // a picture has its height
    this.node.append(this.list);
  }

  get size() {
    return this.#items.length + this.#early.length;
  }

  put(entry) {
    this.#early.push(entry);
    this.#pump();
  }

  /** Everything that is known is drawn, in order, as soon as the code for it is there. */
  #pump() {
    while (this.#early.length) {
      const [entry] = this.#early;
      const missing = partsFor(entry).find((name) => !this.#parts[name]);
      if (missing) return this.#load(missing);
      this.#early.shift();
      this.#place(entry);
    }
    if (this.busy && !this.#replaying) this.busy = false;
    return undefined;
  }

  async #load(name) {
    if (this.#loading) return;
    this.#loading = true;
    try {
      this.#parts[name] = await this.#look.lazy.get(name);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.#loading = false;
    this.#pump();
  }

  #place(entry) {
    if (!this.#due) this.#follow = this.#atEnd();
    const known = this.#lift(entry.key);
    const node = this.#parts.messages.messageNode(entry, this.#look, this.#act, this.#parts.cards);
    node.classList.toggle("fresh", !known && !this.busy);
    let place = this.#items.length;
    while (place > 0 && compare(this.#items[place - 1].entry, entry) > 0) place -= 1;
    this.list.insertBefore(node, this.#items[place]?.node ?? null);
    this.#items.splice(place, 0, { entry, node });
    if (entry.status === "pending" && !known) this.#follow = true; // just written here
    this.#news ||= !known;
    this.#settleSoon();
  }

  /** Takes an entry off the screen. */
  take(key) {
    this.#early = this.#early.filter((entry) => entry.key !== key);
    this.#lift(key);
  }

  /** How much of a file has gone, 0 to 1. */
  progress(key, share) {
    const bar = this.#items.find((item) => item.entry.key === key)?.node.querySelector("progress");
    if (bar) bar.value = share;
  }

  #lift(key) {
    const place = this.#items.findIndex((item) => item.entry.key === key);
    if (place < 0) return false;
    this.#items.splice(place, 1)[0].node.remove();
    return true;
  }

  clear() {
    this.#items = [];
    this.#early = [];
    this.list.replaceChildren();
  }

  /** `work` changes the height of what is around the list; who read the newest still does. */
  keeping(work) {
    const end = this.#atEnd();
    work();
    if (end) this.#toNewest();
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    this.onJump(false);
  }

  /** The end; but of a message taller than the panel, its beginning: that is where one starts to read. */
  #toNewest() {
    this.toEnd();
    const { entry, node } = this.#items.at(-1) ?? {};
    if (!node || entry.author === "user" || this.busy) return;
    const over = this.node.getBoundingClientRect().top - node.getBoundingClientRect().top;
    if (over > 0) this.node.scrollTop -= over + 8;
  }

  /** While busy (history is being replayed) nothing is announced or animated. */
  get busy() {
    return this.node.getAttribute("aria-busy") === "true";
  }

  set busy(value) {
    this.#replaying = value;
    if (!value && this.#early.length) return; // not before all of it is drawn
    this.node.setAttribute("aria-busy", value);
    if (!value) this.toEnd();
  }

  #atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_PX;
  }

  /** Once for all entries that arrive together: laying out after each would make long histories slow. */
  #settleSoon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#arrange();
      if (this.#follow) this.#toNewest();
      else if (this.#news) this.onJump(true);
      this.#news = false;
    });
  }

  /** Times, bylines and quick replies depend on the neighbours. */
  #arrange() {
    let before = null;
    let open = null;
    for (const { entry, node } of this.#items) {
      const paused = !before || Date.parse(entry.at) - Date.parse(before.at) > PAUSE_MS;
      const same = before && before.author === entry.author && before.name === entry.name;
      node.classList.toggle("timed", paused);
      node.classList.toggle("again", Boolean(same && !paused));
      if (entry.author === "user" && open) {
        settle(open, entry.text);
        open = null;
      }
      if (entry.options?.length) {
        if (open) settle(open);
        open = node;
      }
      before = entry;
    }
  }
}

const PLAIN = ["text", "notice"];

function partsFor({ kind, options, attachments }) {
  return PLAIN.includes(kind) && !options?.length && !attachments?.length ? ["messages"] : ["messages", "cards"];
}

/** By sequence number; what waits for one comes last, in the order it was written; what was refused one stays put. */
function compare(a, b) {
  return (a.seq ?? a.place ?? Infinity) - (b.seq ?? b.place ?? Infinity) || a.order - b.order;
}

/** Quick replies hold for one answer; afterwards they only show what was picked. */
function settle(node, picked) {
  for (const button of node.querySelectorAll(".chip")) {
    button.disabled = true;
    button.classList.toggle("picked", (button.dataset.label ?? button.textContent) === picked);
  }
}
