/** One entry of the conversation as DOM nodes. What is more than text is drawn by cards.js. */

import { clockTime } from "./clock.js";
import { h, press } from "./dom.js";
import { markdown } from "./markdown.js";

export { markdown as marked };

const BUSY = 503;

/**
 * `look` has the texts, the locale, the assistant's name, the gateway's address, rating(seq) and blob(id);
 * `act` has choose(option), rate(seq, helpful, reason), retry(entry), edit(entry), discard(entry) and human();
 * `cards` is that module, once something needs it.
 */
export function messageNode(entry, look, act, cards) {
  const author = ["user", "bot", "agent"].includes(entry.author) ? entry.author : "system";
  return h(
    "div",
    {
      class: `message from-${author} kind-${entry.kind}`,
      "data-seq": entry.seq,
      "aria-live": author === "user" ? "off" : undefined, // the visitor knows what they wrote
    },
    h("div", { class: "time" }, clockTime(entry.at, look.locale)),
    byline(author, entry, look),
    body(author, entry, look, act, cards),
    entry.options?.length ? cards.options(entry, look, act) : null,
    author === "user" ? delivery(entry, look, act) : null,
  );
}

function byline(author, entry, { texts, name }) {
  if (author === "system") return null;
  if (author === "user") return h("span", { class: "unseen" }, texts.you);
  const role = author === "agent" ? texts.agent_label : texts.assistant_label;
  const who = entry.name || (author === "bot" ? name : "");
  const parts = [...new Set([who, role])].filter(Boolean); // a product may be called 智能助手
  return h("div", { class: "byline" }, parts.map((part) => h("span", { class: part === role ? "role" : "who" }, part)));
}

function body(author, entry, look, act, cards) {
  if (entry.attachments?.length) return [cards.files(entry, look), entry.text ? said(author, entry.text) : null];
  if (author === "user") return said(author, entry.text ?? look.texts.human_said);
  if (entry.kind === "answer") return cards.answer(entry, look, act);
  if (entry.kind === "ticket") return cards.ticket(entry, look);
  return said(author, entry.text);
}

function said(author, text) {
  return author === "user" ? h("div", { class: "bubble plain" }, text) : h("div", { class: "bubble" }, markdown(text));
}

/** Under the visitor's own message: waiting, or refused and why. */
function delivery(entry, { texts, locale }, act) {
  const told = why(entry.error, texts, locale, Boolean(entry.attachments));
  if (entry.status === "pending") {
    const waiting = navigator.onLine ? texts.sending : texts.queued;
    const bar = entry.item?.body.file ? h("progress", { max: 1, value: 0, "aria-label": texts.sending }) : null;
    return h("div", { class: bar ? "delivery uploading" : "delivery" }, bar, told || waiting);
  }
  if (entry.status !== "refused") return null;
  return h(
    "div",
    { class: "delivery refused", role: "alert" },
    told || texts.refused,
    press("link", () => act.retry(entry), texts.retry),
    entry.text && !entry.attachments ? press("link", () => act.edit(entry), texts.edit) : null,
    entry.attachments ? press("link", () => act.discard(entry), texts.discard) : null,
  );
}

/**
 * The gateway speaks Chinese and knows the limits; in other languages the status says enough. When it is busy it cannot
 * know that we send again by ourselves.
 */
function why({ status, message } = {}, texts, locale, file) {
  const own = (file && texts.refusals[`file_${status}`]) || texts.refusals[status];
  const theirs = locale === "zh-CN" && (file || status !== BUSY);
  return (theirs ? message || own : own || message) || "";
}
