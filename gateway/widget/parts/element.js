/** <gongda-widget>: the launcher and the panel in a shadow root, and what joins them to the conversation. */

import { Api } from "./api.js";
import { composing } from "./composer.js";
import { Conversation } from "./conversation.js";
import { h, icon } from "./dom.js";
import { LOCALES, fill, loadTexts, pickLocale } from "./i18n.js";
import { Panel } from "./panel.js";
import { Store, usableStorage } from "./store.js";
import { loadStyle } from "./style.js";

const NARROW = window.matchMedia("(max-width: 520px)");
/** A closed panel in a tab nobody looks at gives its connection back after this long: browsers have few for each host. */
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
  #panel;
  #launcher;
  #badge;
  #conversation;
  #returnTo = null;
  #idle = 0;
  #gone = null;
  #scroll = "";
  #locked = false;

  async begin(settings) {
    this.#settings = settings;
    this.#store = new Store(usableStorage("localStorage"), settings.site);
    this.#tab = new Store(usableStorage("sessionStorage"), settings.site);
    const asked = settings.locale || this.#store.get("locale");
    this.#locale = pickLocale(asked, document.documentElement.lang, navigator.languages);
    const root = this.attachShadow({ mode: "open" });
    [this.#texts] = await Promise.all([loadTexts(settings.home, this.#locale), loadStyle(root, settings.home)]);
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
    window.addEventListener("online", () => this.#conversation.nudge(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibility(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
    if (this.#conversation.known) this.#conversation.start();
    if (this.#tab.get("open") && !NARROW.matches) this.#show();
  }

  disconnectedCallback() {
    this.#gone.abort();
    this.#conversation.stop();
    this.#lockPage(false);
  }

  // What a site may call

  /** Opens the panel; `draft` is written into the field for the visitor to send or change. */
  open(draft) {
    const active = document.activeElement;
    if (this.#panel.node.hidden) this.#returnTo = active && active !== document.body ? active : this.#launcher;
    this.#show();
    if (draft) this.#panel.composer.value = draft;
    this.#panel.focus();
  }

  close() {
    if (this.#panel.node.hidden) return;
    this.#panel.node.hidden = true;
    this.#launcher.hidden = false;
    this.#tab.remove("open");
    this.#lockPage(false);
    const back = this.#returnTo?.isConnected && this.#returnTo !== this ? this.#returnTo : this.#launcher;
    back.focus({ preventScroll: true });
    this.#returnTo = null;
  }

  /** Changes the language of everything but the messages themselves, and keeps the choice. */
  async setLocale(locale) {
    if (!LOCALES.includes(locale)) throw new RangeError(`locale ${locale}: use one of ${LOCALES.join(", ")}`);
    this.#texts = await loadTexts(this.#settings.home, locale);
    this.#locale = locale;
    this.#conversation.locale = locale;
    this.#store.set("locale", locale);
    this.#build();
  }

  /** Ends this conversation on this device and begins an empty one. */
  reset() {
    this.#tab.remove("draft");
    this.#store.remove("notice");
    this.#conversation.reset();
    this.#build();
  }

  // Building

  #build() {
    const open = this.#panel && !this.#panel.node.hidden;
    this.#panel?.node.remove();
    this.#launcher?.remove();
    const conversation = this.#conversation;
    const texts = this.#texts;
    this.lang = this.#locale;
    const look = {
      texts,
      locale: this.#locale,
      name: conversation.session?.name || texts.name,
      rating: (seq) => conversation.rating(seq),
    };
    this.#badge = h("span", { class: "badge", hidden: true });
    this.#launcher = h(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", onclick: () => this.open() },
      icon("chat"),
      h("span", { class: "word" }, texts.launcher),
      this.#badge,
    );
    this.#panel = new Panel({
      look,
      act: this.#actions(),
      drafts: this.#tab,
      suggestions: this.#settings.suggestions || texts.suggestions,
      noticeRead: this.#store.get("notice", false),
      onNoticeRead: () => this.#store.set("notice", true),
    });
    this.#panel.node.addEventListener("keydown", (event) => this.#key(event));
    this.shadowRoot.append(this.#panel.node, this.#launcher);
    if (conversation.session) this.#panel.ready(conversation.session);
    for (const entry of conversation.entries.values()) this.#panel.show(entry);
    this.#panel.state(conversation.state);
    this.#panel.replaying(conversation.replaying || (conversation.known && !conversation.session));
    this.#count();
    if (open) this.#show();
  }

  #actions() {
    const conversation = this.#conversation;
    return {
      send: (text) => conversation.send(text),
      choose: (option) => {
        conversation.send(option.label, { id: option.id, label: option.label });
        if (!NARROW.matches) this.#panel.focus();
      },
      rate: (seq, helpful) => conversation.rate(seq, helpful),
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

  /** The conversation speaks to whichever panel is there: changing the language makes a new one. */
  #view() {
    const panel = () => this.#panel;
    return {
      show: (entry) => {
        panel().show(entry);
        this.#count();
      },
      cleared: () => panel().cleared(),
      ready: (session) => {
        panel().ready(session);
        panel().replaying(this.#conversation.replaying);
      },
      caughtUp: () => panel().replaying(false),
      state: (name) => panel().state(name),
      typing: (who) => panel().typing(who),
      link: (up, error) => panel().link(up, error),
    };
  }

  // Behaviour

  #show() {
    this.#panel.node.hidden = false;
    this.#launcher.hidden = true;
    this.#tab.set("open", true);
    this.#panel.node.setAttribute("aria-modal", NARROW.matches);
    this.#lockPage(NARROW.matches);
    this.#fit();
    this.#panel.log.toEnd();
    this.#conversation.start();
    this.#count();
  }

  /** Unread messages on the launcher; what an open, visible panel shows is read. */
  #count() {
    if (!this.#panel.node.hidden && !document.hidden) this.#conversation.markRead();
    const unread = this.#panel.node.hidden ? this.#conversation.unread : 0;
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
    } else if (this.#panel.node.hidden) this.#idle = setTimeout(() => this.#conversation.stop(), IDLE_MS);
  }

  #key(event) {
    if (event.key === "Escape" && !composing(event)) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && NARROW.matches) this.#keepFocus(event);
  }

  /** On a phone the panel covers the page, so Tab must not leave it. */
  #keepFocus(event) {
    const all = this.#panel.node.querySelectorAll("button, textarea, a, [tabindex]");
    const stops = [...all].filter((stop) => !stop.disabled && stop.getClientRects().length);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (this.shadowRoot.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }

  /** On a phone the panel ends where the on-screen keyboard begins. */
  #fit() {
    const seen = window.visualViewport;
    if (!seen || !NARROW.matches) return;
    this.#panel.node.style.setProperty("--seen-height", `${seen.height}px`);
    this.#panel.node.style.setProperty("--seen-top", `${seen.offsetTop}px`);
    this.#panel.log.toEnd();
  }

  #lockPage(lock) {
    const page = document.documentElement.style;
    if (lock === this.#locked) return;
    this.#locked = lock;
    if (lock) this.#scroll = page.overflow;
    page.overflow = lock ? "hidden" : this.#scroll;
  }
}
