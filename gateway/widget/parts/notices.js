/** Above the conversation: what the vendor announces, and when people are there. */

import { h, icon, press } from "./dom.js";

const LEVELS = ["info", "warning", "critical"];

/** `found` as the gateway sends it: {id, text, level, link}; `onDismiss()` when the visitor has read it. */
export function announcement(found, texts, onDismiss) {
  const level = LEVELS.includes(found.level) ? found.level : LEVELS[0];
  const close = press("dismiss", onDismiss, icon("close"));
  close.title = texts.dismiss;
  close.setAttribute("aria-label", texts.dismiss);
  return h(
    "div",
    { class: `announcement ${level}`, role: level === "critical" ? "alert" : "status" },
    h("p", {}, h("b", {}, texts.announcement), found.text, " ", more(found.link, texts)),
    close,
  );
}

/** Nobody is there: when they are, and the form meanwhile. */
export function office(hours, texts, onForm) {
  const sentence = h("span", {}, hours || texts.off_duty);
  return h("div", { class: "office", role: "note" }, sentence, press("link", onForm, texts.form_open));
}

function more(link, texts) {
  if (!/^https?:\/\//i.test(link ?? "") && !/^\/(?!\/)/.test(link ?? "")) return null;
  return h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, texts.more);
}
