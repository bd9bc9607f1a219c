/** One entry of the conversation as DOM nodes. */

import { h, icon, press } from "./dom.js";
import { clockTime, fill } from "./i18n.js";
import { markdown } from "./markdown.js";

/**
 * `look` has the texts, the locale, the assistant's name, the gateway's address and rating(seq);
 * `act` has choose(option), rate(seq, helpful, reason), retry(entry), edit(entry) and human().
 */
export function messageNode(entry, look, act) {
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
    body(author, entry, look, act),
    entry.options?.length ? (entry.stars ? stars : options)(entry.options, look, act) : null,
    author === "user" ? delivery(entry, look, act) : null,
  );
}

function byline(author, entry, { texts, name }) {
  if (author === "system") return null;
  if (author === "user") return h("span", { class: "unseen" }, texts.you);
  const role = author === "agent" ? texts.agent_label : texts.assistant_label;
  const who = entry.name || (author === "bot" ? name : "");
  const parts = [who, role].filter(Boolean);
  return h("div", { class: "byline" }, parts.map((part) => h("span", { class: part === role ? "role" : "who" }, part)));
}

function body(author, entry, look, act) {
  if (author === "user") return h("div", { class: "bubble plain" }, entry.text ?? look.texts.human_said);
  const card = entry.card || {};
  if (entry.kind === "answer") return answer(entry, card, look, act);
  if (entry.kind === "ticket") return ticket(entry, card, look);
  return h("div", { class: "bubble" }, markdown(entry.text));
}

function answer(entry, card, look, act) {
  const { texts } = look;
  return h(
    "article",
    { class: "bubble card" },
    // Text channels need the title as text; here it would stand there twice.
    entry.text && entry.text !== card.title ? h("div", {}, markdown(entry.text)) : null,
    card.title ? h("h3", {}, card.title) : null,
    (card.blocks || []).map((block) => markdown(block)),
    card.workaround ? h("div", { class: "workaround" }, h("b", {}, texts.workaround), markdown(card.workaround)) : null,
    h("p", { class: "origin" }, origin(card, texts)),
    card.feedback ? feedback(entry, look, act) : null,
  );
}

/** 来源 · 版本 · 复核日期, of what is known. */
function origin(card, texts) {
  const parts = [
    card.source && fill(texts.source, { source: card.source }),
    card.version && fill(texts.version, { version: card.version }),
    card.review && fill(texts.review, { date: card.review }),
  ];
  return parts.filter(Boolean).map((part) => h("span", {}, part));
}

function feedback(entry, { texts, rating }, act) {
  const told = h("span", { class: "told", role: "status" });
  const human = press("link", act.human, texts.human);
  const buttons = [true, false].map((helpful) => {
    const label = helpful ? texts.helpful : texts.unhelpful;
    return press(helpful ? "thumb" : "thumb down", () => rate(helpful), icon("thumb"), label);
  });
  const why = reasons(texts, (reason) => {
    act.rate(entry.seq, false, reason);
    why.hidden = true;
    told.textContent = texts.thanks_reason;
  });
  const show = (helpful, fresh) => {
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", helpful === (index === 0)));
    human.hidden = helpful !== false;
    why.hidden = helpful !== false || !fresh;
    if (!why.hidden) why.scrollIntoView({ block: "nearest" });
    if (fresh) told.textContent = helpful ? texts.thanks_helpful : texts.thanks_unhelpful;
  };
  const rate = (helpful) => {
    act.rate(entry.seq, helpful);
    show(helpful, true);
  };
  show(rating(entry.seq), false);
  return h("div", { class: "feedback", role: "group", "aria-label": texts.feedback }, buttons, told, human, why);
}

/** Why an answer was of no use: one press, and only asked right after the thumb. */
function reasons(texts, tell) {
  const buttons = Object.entries(texts.reasons).map(([key, label]) => press("thumb", () => tell(key), label));
  return h("div", { class: "reasons", role: "group", "aria-label": texts.why, hidden: true }, texts.why, buttons);
}

function ticket(entry, card, { texts, locale, base }) {
  const when = card.when && !Number.isNaN(Date.parse(card.when)) ? clockTime(card.when, locale) : card.when;
  const rows = [
    [texts.ticket_number, card.number && h("code", {}, card.number)],
    [texts.ticket_status, card.status],
    [texts.ticket_when, when],
  ];
  return h(
    "article",
    { class: "bubble card" },
    h("h3", {}, texts.ticket),
    h("dl", {}, rows.filter(([, value]) => value).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)])),
    entry.text ? markdown(entry.text) : null,
    card.link ? progress(card.link, texts, base) : null,
  );
}

/** The page that shows how far a ticket is; nothing but a web address becomes a link. */
function progress(link, texts, base) {
  const address = new URL(link, base || location.href);
  if (!/^https?:$/.test(address.protocol)) return null;
  return h("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, texts.ticket_progress);
}

/** A score: the label of each star is what is said. */
function stars(list, { texts }, act) {
  const buttons = list.map((option, index) => {
    const star = press("chip star", () => act.choose(option), h("span", {}, `${index + 1}`), "★");
    star.setAttribute("aria-label", `${index + 1} ${option.label}`);
    star.setAttribute("data-label", option.label);
    star.title = option.label;
    return star;
  });
  return h("div", { class: "options stars", role: "group", "aria-label": texts.options }, buttons);
}

function options(list, { texts }, act) {
  const buttons = list.map((option) => press("chip", () => act.choose(option), option.label));
  return h("div", { class: "options", role: "group", "aria-label": texts.options }, buttons);
}

/** Under the visitor's own message: waiting, or refused and why. */
function delivery(entry, { texts }, act) {
  const waiting = navigator.onLine ? texts.sending : texts.queued;
  if (entry.status === "pending") return h("div", { class: "delivery" }, entry.error || waiting);
  if (entry.status !== "refused") return null;
  return h(
    "div",
    { class: "delivery refused", role: "alert" },
    entry.error || texts.refused,
    press("link", () => act.retry(entry), texts.retry),
    entry.text ? press("link", () => act.edit(entry), texts.edit) : null,
  );
}
