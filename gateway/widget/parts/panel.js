/** The open window: heading, consent notice, log, composer. Shows what the conversation tells it; decides nothing. */

import { Composer } from "./composer.js";
import { NARROW, h, icon, press } from "./dom.js";
import { Log } from "./log.js";

/** A lost line is mentioned only when it stays lost this long. */
const LINK_MS = 2_000;

export class Panel {
  #texts;
  #act;
  #linkTimer = 0;
  #pageOverflow = null; // of the page while it cannot scroll

  /**
   * `look` as in messages.js, and lazy; `act` has, besides what messages.js wants, send(text, files), close(),
   * cancelHuman(), dismiss(announcement) and form(); `drafts` is a Store for this tab.
   */
  constructor({ look, act, drafts, suggestions, noticeRead, onNoticeRead }) {
    this.#texts = look.texts;
    this.#act = act;
    this.look = look;
    this.onNoticeRead = onNoticeRead;
    this.noticeRead = noticeRead;
    this.composer = new Composer({ texts: look.texts, drafts, send: act.send, lazy: look.lazy });
    this.jump = press("jump", () => this.log.toEnd(), icon("down"), look.texts.newer);
    this.jump.hidden = true;
    this.log = new Log(look, act, (needed) => {
      this.jump.hidden = !needed;
    });
    this.notice = h("div", { class: "notice", hidden: true });
    this.welcome = this.#welcome(suggestions);
    this.log.node.prepend(this.notice, this.welcome);
    this.waiting = this.#dots();
    this.log.node.append(this.waiting);
    this.status = h("div", { class: "status" });
    this.banner = h("div", { class: "banner", role: "status", hidden: true });
    this.announced = h("div");
    this.office = h("div");
    this.node = this.#frame();
    this.state("bot");
  }

  // What the conversation tells

  put(entry) {
    this.welcome.hidden = true;
    this.log.put(entry);
    if (entry.author !== "user" || entry.status === "refused") this.#release();
  }

  cleared() {
    this.log.clear();
    this.welcome.hidden = false;
    this.#release();
  }

  ready(session) {
    this.look.name = session.name || this.look.name;
    this.name.textContent = this.look.name;
    this.#showRole();
    this.composer.features = session.features;
    this.#showNotice(session.notice || this.#texts.notice);
    this.#showOffice(session);
  }

  replaying(yes) {
    this.log.busy = yes;
    this.welcome.hidden = yes || this.log.size > 0;
  }

  state(name) {
    const texts = this.#texts;
    this.node.dataset.state = name;
    this.status.replaceChildren(texts[`state_${name}`] || "");
    this.role.textContent = name === "human" ? texts.agent_label : texts.assistant_label;
    this.#showRole();
    this.taken = name === "waiting" || name === "human";
    this.human.lastChild.textContent = this.taken ? texts[`human_${name}`] : texts.human;
    this.cancel.hidden = name !== "waiting";
    this.#release();
  }

  typing(who) {
    this.waiting.hidden = !who;
    this.waiting.lastChild.textContent = who ? this.#texts[who === "agent" ? "typing_agent" : "typing_bot"] : "";
    if (who) this.log.toEnd();
  }

  link(up, error) {
    clearTimeout(this.#linkTimer);
    if (up) this.banner.hidden = true;
    else this.#linkTimer = setTimeout(() => this.#warn(error), error?.status ? 0 : LINK_MS);
  }

  /** What the vendor announces, or null. */
  async announcement(found) {
    if (!found) return this.announced.replaceChildren();
    const { announcement } = await this.look.lazy.get("notices");
    const dismiss = () => {
      this.announced.replaceChildren();
      this.#act.dismiss(found);
      this.focus();
    };
    return this.log.keeping(() => this.announced.replaceChildren(announcement(found, this.#texts, dismiss)));
  }

  async #showOffice({ on_duty: onDuty, hours }) {
    if (onDuty !== false) return this.office.replaceChildren();
    const { office } = await this.look.lazy.get("notices");
    return this.log.keeping(() => this.office.replaceChildren(office(hours, this.#texts, this.#act.form)));
  }

  // Being open

  /** Shows a sheet over everything, or with null none; what is below cannot be reached meanwhile. */
  cover(sheet) {
    this.sheet?.node.remove();
    this.sheet = sheet;
    for (const part of this.node.children) part.inert = Boolean(sheet);
    if (sheet) this.node.append(sheet.node);
  }

  show() {
    this.node.hidden = false;
    this.node.setAttribute("aria-modal", NARROW.matches);
    this.#lockPage(NARROW.matches);
    this.fit();
    this.log.toEnd();
  }

  hide() {
    this.node.hidden = true;
    this.#lockPage(false);
  }

  remove() {
    this.hide();
    this.node.remove();
  }

  /** On a phone the panel ends where the on-screen keyboard begins. */
  fit() {
    const seen = window.visualViewport;
    if (this.node.hidden || !seen || !NARROW.matches) return;
    this.node.style.setProperty("--seen-height", `${seen.height}px`);
    this.node.style.setProperty("--seen-top", `${seen.offsetTop}px`);
    this.log.toEnd();
  }

  /** A sheet, or on a phone the panel itself, covers what is below, so Tab must not leave it. */
  keepFocus(event) {
    if (!this.sheet && !NARROW.matches) return;
    const all = (this.sheet ?? this).node.querySelectorAll("button, textarea, input, a, [tabindex='0']");
    const stops = [...all].filter((stop) => !stop.disabled && stop.getClientRects().length);
    const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (event.composedPath()[0] !== edge) return;
    event.preventDefault();
    other.focus();
  }

  #lockPage(lock) {
    const page = document.documentElement.style;
    if (lock) {
      this.#pageOverflow ??= page.overflow;
      page.overflow = "hidden";
    } else if (this.#pageOverflow !== null) {
      page.overflow = this.#pageOverflow;
      this.#pageOverflow = null;
    }
  }

  /** The composer gets the focus. */
  focus() {
    this.composer.fit();
    this.composer.input.focus({ preventScroll: true });
  }

  // Building

  #frame() {
    const texts = this.#texts;
    this.name = h("h2", { id: "name" }, this.look.name);
    this.role = h("span", { class: "role" });
    const ask = () => this.#once(this.human, this.#act.human);
    this.human = press("human", ask, icon("person"), h("span", {}, texts.human));
    this.cancel = press("link", () => this.#once(this.cancel, this.#act.cancelHuman), texts.cancel_human);
    const close = press("close", this.#act.close, icon("close"));
    close.title = texts.close;
    close.setAttribute("aria-label", texts.close);
    return h(
      "section",
      {
        class: "panel",
        role: "dialog",
        tabIndex: -1,
        "aria-labelledby": "name",
        hidden: true,
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => this.composer.dropped(event),
      },
      h(
        "header",
        { role: "none" }, // the banner is the site's
        h("div", { class: "face" }, icon("mark")),
        h(
          "div",
          { class: "title" },
          h("div", { class: "names" }, this.name, this.role),
          h("div", { class: "line", role: "status" }, this.status, this.cancel),
        ),
        this.human,
        close,
      ),
      this.banner,
      this.announced,
      this.office,
      h("div", { class: "middle" }, this.log.node, this.jump),
      h("footer", { role: "none" }, this.composer.node, h("p", { class: "hint" }, texts.hint)),
    );
  }

  #welcome(suggestions) {
    const chips = suggestions.map((one) => {
      const [label, said = label] = [one].flat(); // in a foreign language the label differs from what is asked
      return press("chip", () => this.#act.send(said), label);
    });
    const hello = h("p", { class: "hello" }, this.#texts.welcome);
    return h("div", { class: "welcome" }, hello, h("div", { class: "options" }, chips));
  }

  #dots() {
    const dots = h("div", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    return h("div", { class: "typing", role: "status", hidden: true }, dots, h("span", { class: "unseen" }));
  }

  #showNotice(text) {
    const seen = () => {
      this.noticeRead = true;
      this.notice.classList.add("seen");
      this.onNoticeRead();
      this.focus();
    };
    const ok = press("link", seen, this.#texts.notice_ok);
    this.notice.replaceChildren(h("div", {}, text), ok);
    const draw = ({ marked }) => this.notice.firstChild.replaceChildren(...marked(text));
    this.look.lazy.get("messages").then(draw, () => {}); // until then it stands there as it came
    this.notice.classList.toggle("seen", this.noticeRead);
    this.notice.hidden = false;
  }

  #showRole() {
    this.role.hidden = this.role.textContent === this.name.textContent;
  }

  /** Not again before there is an answer: a second press would ask twice. */
  #once(button, act) {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", true);
    act();
  }

  /** There is an answer, or will be none. */
  #release() {
    this.human.setAttribute("aria-disabled", this.taken);
    this.cancel.setAttribute("aria-disabled", false);
  }

  /**
   * What a browser says of a dead line is for no visitor, and the gateway speaks Simplified Chinese; when it is busy,
   * 503, it cannot know that we try again by ourselves.
   */
  #warn({ status, message } = {}) {
    const texts = this.#texts;
    const told = status && ((this.look.locale === "zh-CN" && status !== 503 && message) || texts.refusals[status]);
    this.banner.textContent = told || texts[navigator.onLine ? "reconnecting" : "offline"];
    this.banner.hidden = false;
  }
}
