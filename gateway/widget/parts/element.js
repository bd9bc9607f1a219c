/**
 * <gongda-widget>: the launcher in a shadow root, and what a site may call. Conversation and panel are fetched when
 * they are first wanted, so that a page pays for the launcher only.
 */

import { NARROW, composing, h, icon, press } from "./dom.js";
import { Told, person, place, tell } from "./host.js";
import { LOCALES, fill, loadTexts, pickLocale } from "./i18n.js";
import { Lazy } from "./lazy.js";
import { Store, storageOf } from "./store.js";
import { loadStyle } from "./style.js";

/** A closed panel in a tab nobody looks at gives its connection back after this: browsers have few for each host. */
const IDLE_MS = 30_000;
/** What stays when another person sits down. */
const OF_THE_BROWSER = ["locale", "dismissed"];
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/** The widget, ready to use and on the page. */
export async function createWidget(settings) {
  if (!customElements.get("gongda-widget")) customElements.define("gongda-widget", GongdaWidget);
  const element = document.createElement("gongda-widget");
  await element.begin(settings);
  document.body.append(element);
  tell("ready", { locale: element.lang });
  return element;
}

class GongdaWidget extends HTMLElement {
  #settings;
  #store;
  #tab;
  #lazy;
  #texts;
  #locale;
  #wanted; // the locale whose texts are on their way
  #who = null;
  #whose = null; // the id of the one whom this page has something of
  #hint = null;
  #conversation = null; // once it is loaded
  #talking = null; // the promise of it
  #launcher;
  #badge;
  #room = null;
  #open = false;
  #shut = false; // closed since it was asked for
  #told = new Told();
  #returnTo = null;
  #idle = 0;
  #gone = null;

  async begin(settings) {
    this.#settings = settings;
    this.#store = new Store(storageOf("localStorage"), settings.site);
    this.#tab = new Store(storageOf("sessionStorage"), settings.site);
    this.#hint = place(settings.hint);
    const root = this.attachShadow({ mode: "open" });
    this.#lazy = new Lazy(root, settings.home); // forgetting the person before needs it
    this.#follow();
    if (settings.identity) this.#recognise(settings.identity);
    const asked = this.#store.get("locale") || settings.locale;
    this.#locale = pickLocale(asked, document.documentElement.lang, navigator.languages);
    const texts = loadTexts(settings.home, this.#locale);
    await loadStyle(root, settings.home, "launcher.css");
    this.#texts = await texts;
    this.dir = "ltr"; // none of our languages runs the other way, whatever the page does
    this.dataset.position = settings.position === "left" ? "left" : "right";
    this.#shade();
    this.#build();
  }

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    const on = (target, name, heard) => target?.addEventListener(name, heard, { signal });
    this.#store.watch((name) => this.#changedElsewhere(name), signal);
    on(window, "online", () => this.#conversation?.network(true));
    on(window, "offline", () => this.#conversation?.network(false));
    on(window, "pagehide", () => this.#conversation?.stop());
    on(window, "pageshow", ({ persisted }) => persisted && this.#returned());
    on(document, "visibilitychange", () => this.#visibility());
    on(window.visualViewport, "resize", () => this.#room?.panel.fit());
    on(window.visualViewport, "scroll", () => this.#room?.panel.fit());
    on(DARK, "change", () => this.#shade());
    this.#resume();
    if (this.#tab.get("open") && !NARROW.matches) this.#show().catch((error) => this.#failed(error));
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#conversation?.stop();
    this.#room?.panel.hide();
  }

  // What a site may call

  /** Opens the panel; `draft` is written into the field for the visitor to send or change. */
  async open(draft) {
    const active = document.activeElement;
    if (!this.#open) this.#returnTo = active === document.body || active === this ? null : active;
    await this.#show();
    const { panel } = this.#room;
    if (draft) this.#propose(draft, panel.composer);
    if (draft || !NARROW.matches) panel.focus();
    else panel.node.focus({ preventScroll: true }); // the on-screen keyboard would cover what there is to read
  }

  /** What the visitor has typed is theirs: only an empty field, or what was proposed before, makes room. */
  #propose(draft, composer) {
    if (composer.value.trim() && composer.value !== this.#tab.get("proposed")) return;
    composer.value = draft;
    this.#tab.set("proposed", composer.value);
  }

  close() {
    this.#shut = true;
    this.#tab.remove("open");
    if (!this.#open) return;
    this.#open = false;
    this.#room?.panel.hide();
    this.#launcher.hidden = this.#settings.launcher === "hidden";
    (this.#returnTo?.isConnected ? this.#returnTo : this.#launcher).focus({ preventScroll: true });
    this.#count();
    tell("close");
  }

  toggle() {
    return this.#open ? this.close() : this.open();
  }

  /** Changes the language of everything but the messages themselves, and keeps the choice. */
  async setLocale(locale) {
    if (!LOCALES.includes(locale)) throw new RangeError(`locale ${locale}: use one of ${LOCALES.join(", ")}`);
    this.#wanted = locale;
    const texts = await loadTexts(this.#settings.home, locale);
    if (this.#wanted !== locale) return; // another was asked for meanwhile
    this.#texts = texts;
    this.#locale = locale;
    this.#store.set("locale", locale);
    this.#conversation?.speak(locale).catch(() => {}); // told when the line is back
    await this.#rebuild();
  }

  /** {id, name, phone, company, email, signature}: who the site knows this to be. Another id ends the conversation. */
  async identify(given) {
    if (this.#recognise(given)) await this.#restart();
    await this.#conversation?.identify(this.#who).catch(() => {}); // told when the line is back
  }

  /** {module, version, page}: where in the product the visitor is. */
  hint(given) {
    this.#hint = place(given);
    this.#conversation?.errands.hint(this.#hint);
  }

  /** Ends this conversation on this device and begins an empty one; the person is forgotten too. */
  async reset() {
    this.#who = null;
    this.#forget();
    await this.#restart();
  }

  // Building

  /** True when somebody else was here before, whose conversation this person must not see. */
  #recognise(given) {
    this.#who = person(given);
    const before = this.#store.get("who", this.#held);
    const other = Boolean(before && before !== this.#who?.id);
    if (other) this.#forget();
    this.#whose = this.#who?.id;
    if (this.#who) for (const store of [this.#store, this.#tab]) store.set("who", this.#whose);
    return other;
  }

  /** A page in the back-forward cache still has what later pages of its tab have forgotten. */
  get #held() {
    return this.#whose ?? this.#tab.get("who");
  }

  /**
   * True when this page still held somebody whom another tab, or a later page of this one, has seen leave. Only what
   * is its own is forgotten: what it shares with them is the next person's by now.
   */
  #follow() {
    const before = this.#held;
    const now = this.#store.get("who");
    const left = Boolean(before && before !== now);
    if (left) {
      this.#who = null;
      for (const store of [this.#store, this.#tab]) store.lose();
      if (this.#tab.get("who") !== now) this.#wipe(this.#tab);
      this.#lazy.get("blobs").then(({ lose }) => lose(), () => {});
    }
    this.#whose = now;
    if (now) this.#tab.set("who", now);
    return left;
  }

  #forget() {
    this.#wipe(this.#store); // "token" before "who", in the order of names: whoever hears of "who" finds no token
    this.#wipe(this.#tab);
    this.#lazy.get("blobs").then(({ clear }) => clear(), () => {});
  }

  #wipe(store) {
    this.#whose = null;
    for (const name of store.names("")) if (!OF_THE_BROWSER.includes(name)) store.remove(name);
    if (this.#open) this.#tab.set("open", true);
  }

  /** `end` is what becomes of the conversation: "reset", or "leave" when another tab has done that. */
  #restart(end = "reset") {
    this.#room?.close(); // an open form was the other person's
    this.#conversation?.[end]();
    return this.#rebuild();
  }

  #shade() {
    const { theme } = this.#settings;
    this.toggleAttribute("data-dark", theme === "dark" || (theme !== "light" && DARK.matches));
  }

  #build() {
    this.lang = this.#locale;
    this.#launcher?.remove();
    this.#badge = h("span", { class: "badge", hidden: true });
    const word = h("span", { class: "word" }, this.#texts.launcher);
    const open = () => this.open().catch((error) => this.#failed(error, word));
    this.#launcher = press("launcher", open, icon("chat"), word, this.#badge);
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    for (const sign of ["pointerenter", "focus"]) {
      this.#launcher.addEventListener(sign, () => this.#lazy.get("room").catch(() => {}), { once: true });
    }
    this.#launcher.hidden = this.#open || this.#settings.launcher === "hidden";
    this.shadowRoot.append(this.#launcher);
    this.#count();
  }

  #rebuild() {
    const form = this.#room?.close();
    this.#room?.panel.remove();
    this.#room = null;
    this.#build();
    return this.#open ? this.#show(form) : undefined;
  }

  #failed(error, word) {
    console.error("工答 panel did not load:", error);
    if (word) word.textContent = this.#texts.offline;
    tell("error", { kind: "load" });
  }

  /** The conversation, loaded once. */
  #talk() {
    this.#talking ??= this.#lazy.get("conversation").then(({ Conversation }) => {
      this.#conversation = new Conversation({
        base: this.#settings.base,
        store: this.#store,
        site: this.#settings.site,
        view: this.#view(),
        locale: this.#locale,
        lazy: this.#lazy,
      });
      this.#conversation.identify(this.#who).catch(() => {});
      this.#conversation.errands.hint(this.#hint);
      return this.#conversation;
    });
    this.#talking.catch(() => {
      this.#talking = null;
    });
    return this.#talking;
  }

  async #makeRoom() {
    const [{ Room }] = await Promise.all([this.#lazy.get("room"), this.#talk()]);
    this.#room ??= new Room({
      root: this.shadowRoot,
      conversation: this.#conversation,
      settings: this.#settings,
      texts: this.#texts,
      locale: this.#locale,
      lazy: this.#lazy,
      store: this.#store,
      tab: this.#tab,
      who: () => this.#who,
      onKey: (event) => this.#key(event),
      close: () => this.close(),
    });
  }

  /** The conversation speaks to whichever room is there: none before it is opened, a new one in a new language. */
  #view() {
    const room = (name) => (...told) => this.#room?.[name](...told);
    const names = ["cleared", "caughtUp", "state", "typing", "link", "progress", "announcement", "notMade", "taken"];
    return {
      ...Object.fromEntries(names.map((name) => [name, room(name)])),
      ready: (session) => {
        this.#room?.ready(session);
        this.#told.identity(session.identity);
      },
      show: (entry) => {
        this.#room?.put(entry);
        this.#count();
        this.#told.refused(entry);
      },
      arrived: (message) => this.#told.arrived(message),
      ticket: (made) => {
        this.#told.ticket(made.number);
        this.#room?.ticket(made);
      },
    };
  }

  // Behaviour

  async #show(form) {
    this.#shut = false;
    await this.#makeRoom();
    if (this.#shut) return; // closed while its code came
    const opening = !this.#open;
    this.#open = true;
    this.#room.panel.show();
    this.#launcher.hidden = true;
    this.#tab.set("open", true);
    this.#conversation.start();
    this.#count();
    if (form) await this.#room.form();
    if (opening) tell("open");
  }

  /** Unread messages on the launcher; what an open, visible panel shows is read. */
  #count() {
    if (this.#open && !document.hidden) this.#conversation?.markRead();
    const unread = this.#open ? 0 : (this.#conversation?.unread ?? 0);
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? "99+" : String(unread);
    const { launcher, launcher_unread: some } = this.#texts;
    this.#launcher.setAttribute("aria-label", unread ? fill(some, { n: unread }) : launcher);
    this.#told.unread(unread);
  }

  #changedElsewhere(name) {
    this.#leave();
    if (name === "token" && !this.#conversation) this.#resume();
    this.#conversation?.changedElsewhere(name);
    if (name === "read") this.#count();
  }

  /** Nobody stays here whom another tab has seen leave, be it while this one slept. */
  #leave() {
    if (this.#follow()) this.#restart("leave")?.catch((error) => this.#failed(error));
  }

  /** Somebody who has talked to us before, or has something to send, is connected without opening anything. */
  async #resume() {
    this.#leave();
    if (!this.#open && !this.#store.get("token") && !this.#store.names("out:").length) return;
    try {
      const conversation = await this.#talk();
      conversation.start();
      conversation.nudge();
    } catch {
      // opening the panel will say so
    }
  }

  /** In the back-forward cache a page hears late or nothing: who was here may have left, or sent the draft, since. */
  #returned() {
    this.#changedElsewhere("token");
    this.#rebuild()?.catch((error) => this.#failed(error));
    this.#resume();
  }

  #visibility() {
    clearTimeout(this.#idle);
    if (!document.hidden) {
      this.#resume();
      this.#count();
    } else if (!this.#open) this.#idle = setTimeout(() => this.#conversation?.stop(), IDLE_MS);
  }

  #key(event) {
    if (event.key === "Escape" && !composing(event)) {
      event.stopPropagation();
      if (!this.#room.close()) this.close();
    } else if (event.key === "Tab") this.#room.panel.keepFocus(event);
  }
}
