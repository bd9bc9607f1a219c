/** The open window: heading, consent notice, log, composer. Shows what the conversation tells it; decides nothing. */

import { Composer } from "./composer.js";
import { h, icon, press } from "./dom.js";
import { Log } from "./log.js";
import { markdown } from "./markdown.js";

/** A lost line is mentioned only when it stays lost this long. */
const LINK_MS = 2_000;

export class Panel {
  #texts;
  #act;
  #linkTimer = 0;

  /**
   * `look` as in messages.js; `act` has, besides what messages.js wants, send(text), close() and cancelHuman();
   * `drafts` is a Store for this tab.
   */
  constructor({ look, act, drafts, suggestions, noticeRead, onNoticeRead }) {
    this.#texts = look.texts;
    this.#act = act;
    this.look = look;
    this.onNoticeRead = onNoticeRead;
    this.noticeRead = noticeRead;
    this.composer = new Composer({ texts: look.texts, drafts, send: act.send });
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
    this.node = this.#frame();
    this.state("bot");
  }

  // What the conversation tells

  show(entry) {
    this.welcome.hidden = true;
    this.log.put(entry);
  }

  cleared() {
    this.log.clear();
    this.welcome.hidden = false;
  }

  ready(session) {
    this.look.name = session.name || this.look.name;
    this.name.textContent = this.look.name;
    this.#showNotice(session.notice || this.#texts.notice);
  }

  replaying(yes) {
    this.log.busy = yes;
    this.welcome.hidden = yes || this.log.size > 0;
    if (!yes) this.log.toEnd();
  }

  state(name) {
    const texts = this.#texts;
    this.node.dataset.state = name;
    this.status.replaceChildren(texts[`state_${name}`] || "");
    const taken = name === "waiting" || name === "human";
    this.human.lastChild.textContent = taken ? texts[`human_${name}`] : texts.human;
    this.human.setAttribute("aria-disabled", taken);
    this.cancel.hidden = name !== "waiting";
  }

  typing(who) {
    this.waiting.hidden = !who;
    this.waiting.lastChild.textContent = who ? this.#texts[who === "agent" ? "typing_agent" : "typing_bot"] : "";
    if (who) this.log.toEnd();
  }

  link(up, error) {
    clearTimeout(this.#linkTimer);
    if (up) this.banner.hidden = true;
    else this.#linkTimer = setTimeout(() => this.#warn(error?.message), error?.status ? 0 : LINK_MS);
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
    this.human = press("human", () => this.#askHuman(), icon("person"), h("span", {}, texts.human));
    this.cancel = press("link", this.#act.cancelHuman, texts.cancel_human);
    const close = press("close", this.#act.close, icon("close"));
    close.title = texts.close;
    close.setAttribute("aria-label", texts.close);
    return h(
      "section",
      { class: "panel", role: "dialog", tabIndex: -1, "aria-labelledby": "name", hidden: true },
      h(
        "header",
        {},
        h("div", { class: "face" }, icon("mark")),
        h(
          "div",
          { class: "title" },
          h("div", { class: "names" }, this.name, h("span", { class: "role" }, texts.assistant_label)),
          h("div", { class: "line", role: "status" }, this.status, this.cancel),
        ),
        this.human,
        close,
      ),
      this.banner,
      h("div", { class: "middle" }, this.log.node, this.jump),
      h("footer", {}, this.composer.node, h("p", { class: "hint" }, texts.hint)),
    );
  }

  #welcome(suggestions) {
    const chips = suggestions.map((text) => press("chip", () => this.#act.send(text), text));
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
    this.notice.replaceChildren(h("div", {}, markdown(text)), ok);
    this.notice.classList.toggle("seen", this.noticeRead);
    this.notice.hidden = false;
  }

  #askHuman() {
    if (this.human.getAttribute("aria-disabled") !== "true") this.#act.human();
  }

  #warn(message) {
    this.banner.textContent = message || this.#texts[navigator.onLine ? "reconnecting" : "offline"];
    this.banner.hidden = false;
  }
}
