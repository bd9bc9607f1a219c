/**
 * <gongda-widget>: the launcher in a shadow root, and what joins panel and conversation. The panel itself is
 * fetched when it is first wanted, so that a page pays for the launcher only.
 */

import { Api } from "./api.js";
import { Conversation } from "./conversation.js";
import { NARROW, composing, h, icon, press } from "./dom.js";
import { LOCALES, fill, loadTexts, pickLocale } from "./i18n.js";
import { Store, usableStorage } from "./store.js";
import { loadStyle } from "./style.js";

/** A closed panel in a tab nobody looks at gives its connection back after this: browsers have few for each host. */
const IDLE_MS = 30_000;

/** The widget, ready to use and on the page. */
export async function createWidget(settings) {
  if (!customElements.get("gongda-widget")) customElements.define("gongda-widget", GongdaWidget);
  const element = document.createElement("gongda-widget");
  await element.begin(settings);
  document.body.append(element);
  return element;
}

class GongdaWidget extends HTMLElement {
  #settings;
  #store;
  #tab;
  #texts;
  #locale;
  #conversation;
  #launcher;
  #badge;
  #Panel = null; // the promise of its class
  #panel = null;
  #open = false;
  #returnTo = null;
  #idle = 0;
  #gone = null;

  async begin(settings) {
    this.#settings = settings;
    this.#store = new Store(usableStorage("localStorage"), settings.site);
    this.#tab = new Store(usableStorage("sessionStorage"), settings.site);
    const asked = this.#store.get("locale") || settings.locale;
    this.#locale = pickLocale(asked, document.documentElement.lang, navigator.languages);
    const root = this.attachShadow({ mode: "open" });
    const texts = loadTexts(settings.home, this.#locale);
    await loadStyle(root, settings.home, "launcher.css");
    this.#texts = await texts;
    this.dataset.position = settings.position === "left" ? "left" : "right";
    this.#conversation = new Conversation({
      api: new Api(settings.base),
      store: this.#store,
      site: settings.site,
      view: this.#view(),
      locale: this.#locale,
    });
    this.#build();
  }

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#store.watch((name) => this.#changedElsewhere(name), signal);
    for (const [name, up] of Object.entries({ online: true, offline: false })) {
      window.addEventListener(name, () => this.#conversation.network(up), { signal });
    }
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#panel?.fit(), { signal });
    if (this.#conversation.known) this.#conversation.start();
    if (this.#tab.get("open") && !NARROW.matches) this.#show();
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#conversation.stop();
    this.#panel?.hide();
  }

  // What a site may call

  /** Opens the panel; `draft` is written into the field for the visitor to send or change. */
  async open(draft) {
    const active = document.activeElement;
    if (!this.#open) this.#returnTo = active === document.body || active === this ? null : active;
    await this.#show();
    if (draft) this.#panel.composer.value = draft;
    if (draft || !NARROW.matches) this.#panel.focus();
    else this.#panel.node.focus({ preventScroll: true }); // the on-screen keyboard would cover what there is to read
  }

  close() {
    if (!this.#open) return;
    this.#open = false;
    this.#panel.hide();
    this.#launcher.hidden = false;
    this.#tab.remove("open");
    (this.#returnTo?.isConnected ? this.#returnTo : this.#launcher).focus({ preventScroll: true });
    this.#count();
  }

  /** Changes the language of everything but the messages themselves, and keeps the choice. */
  async setLocale(locale) {
    if (!LOCALES.includes(locale)) throw new RangeError(`locale ${locale}: use one of ${LOCALES.join(", ")}`);
    this.#texts = await loadTexts(this.#settings.home, locale);
    this.#locale = locale;
    this.#conversation.locale = locale;
    this.#store.set("locale", locale);
    await this.#rebuild();
  }

  /** Ends this conversation on this device and begins an empty one. */
  async reset() {
    this.#tab.remove("draft");
    this.#store.remove("notice");
    this.#conversation.reset();
    await this.#rebuild();
  }

  // Building

  #build() {
    this.lang = this.#locale;
    this.#launcher?.remove();
    this.#badge = h("span", { class: "badge", hidden: true });
    const word = h("span", { class: "word" }, this.#texts.launcher);
    this.#launcher = press("launcher", () => this.#launch(word), icon("chat"), word, this.#badge);
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    for (const sign of ["pointerenter", "focus"]) {
      this.#launcher.addEventListener(sign, () => this.#fetchPanel().catch(() => {}), { once: true });
    }
    this.#launcher.hidden = this.#open;
    this.shadowRoot.append(this.#launcher);
    this.#count();
  }

  #rebuild() {
    this.#panel?.hide();
    this.#panel?.node.remove();
    this.#panel = null;
    this.#build();
    return this.#open ? this.#show() : undefined;
  }

  async #launch(word) {
    try {
      await this.open();
    } catch (error) {
      console.error("工答 panel did not load:", error);
      word.textContent = this.#texts.offline;
    }
  }

  #fetchPanel() {
    const style = () => loadStyle(this.shadowRoot, this.#settings.home, "panel.css");
    this.#Panel ??= Promise.all([import("./panel.js"), style()]).then(
      ([{ Panel }]) => Panel,
      (error) => {
        this.#Panel = null;
        throw error;
      },
    );
    return this.#Panel;
  }

  async #makePanel() {
    const Panel = await this.#fetchPanel();
    if (this.#panel) return;
    const conversation = this.#conversation;
    const texts = this.#texts;
    const rating = (seq) => conversation.rating(seq);
    const look = { texts, locale: this.#locale, name: texts.name, base: this.#settings.base, rating };
    this.#panel = new Panel({
      look,
      act: this.#actions(),
      drafts: this.#tab,
      suggestions: this.#settings.suggestions || texts.suggestions,
      noticeRead: this.#store.get("notice", false),
      onNoticeRead: () => this.#store.set("notice", true),
    });
    this.#panel.node.addEventListener("keydown", (event) => this.#key(event));
    this.shadowRoot.append(this.#panel.node);
    this.#panel.replaying(true);
    if (conversation.session) this.#panel.ready(conversation.session);
    for (const entry of conversation.entries.values()) this.#panel.put(entry);
    this.#panel.state(conversation.state);
    this.#panel.replaying(conversation.replaying || (conversation.known && !conversation.session));
  }

  #actions() {
    const conversation = this.#conversation;
    return {
      send: (text) => conversation.send(text),
      choose: (option) => {
        conversation.send(option.label, { id: option.id, label: option.label });
        if (!NARROW.matches) this.#panel.focus();
      },
      rate: (...thumb) => conversation.rate(...thumb),
      retry: (entry) => conversation.retry(entry),
      edit: (entry) => {
        conversation.discard(entry);
        this.#panel.log.take(entry.key);
        this.#panel.composer.value = entry.text;
        this.#panel.focus();
      },
      human: () => conversation.requestHuman(),
      cancelHuman: () => conversation.send(this.#texts.cancel_human_said),
      close: () => this.close(),
    };
  }

  /** The conversation speaks to whichever panel is there: none before it is opened, a new one in a new language. */
  #view() {
    return {
      show: (entry) => {
        this.#panel?.put(entry);
        this.#count();
      },
      cleared: () => this.#panel?.cleared(),
      ready: (session) => {
        this.#panel?.ready(session);
        this.#panel?.replaying(this.#conversation.replaying);
      },
      caughtUp: () => this.#panel?.replaying(false),
      state: (name) => this.#panel?.state(name),
      typing: (who) => this.#panel?.typing(who),
      link: (up, error) => this.#panel?.link(up, error),
    };
  }

  // Behaviour

  async #show() {
    await this.#makePanel();
    this.#open = true;
    this.#panel.show();
    this.#launcher.hidden = true;
    this.#tab.set("open", true);
    this.#conversation.start();
    this.#count();
  }

  /** Unread messages on the launcher; what an open, visible panel shows is read. */
  #count() {
    if (this.#open && !document.hidden) this.#conversation.markRead();
    const unread = this.#open ? 0 : this.#conversation.unread;
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 99 ? "99+" : String(unread);
    const { launcher, launcher_unread: some } = this.#texts;
    this.#launcher.setAttribute("aria-label", unread ? fill(some, { n: unread }) : launcher);
  }

  #changedElsewhere(name) {
    this.#conversation.changedElsewhere(name);
    if (name === "read") this.#count();
  }

  #visibility() {
    clearTimeout(this.#idle);
    if (!document.hidden) {
      if (this.#conversation.known) this.#conversation.start();
      this.#conversation.nudge();
      this.#count();
    } else if (!this.#open) this.#idle = setTimeout(() => this.#conversation.stop(), IDLE_MS);
  }

  #key(event) {
    if (event.key === "Escape" && !composing(event)) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && NARROW.matches) this.#panel.keepFocus(event);
  }
}
