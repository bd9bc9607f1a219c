/** What is more than text: answers with their source, tickets, quick replies, scores, files. */

import { clockTime } from "./clock.js";
import { h, icon, press } from "./dom.js";
import { fill } from "./i18n.js";
import { markdown } from "./markdown.js";

/** An answer of the knowledge base. */
export function answer(entry, look, act) {
  const { texts } = look;
  const card = entry.card || {};
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
    buttons[1].focus(); // the pressed button is gone
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

/** How a ticket stands. */
export function ticket(entry, { texts, locale, base }) {
  const card = entry.card || {};
  return h(
    "article",
    { class: "bubble card" },
    h("h3", {}, texts.ticket),
    ticketRows(card, texts, locale),
    entry.text ? markdown(entry.text) : null,
    card.link ? progress(card.link, texts, base) : null,
  );
}

/** Number, status and time of a ticket, of what is known. */
export function ticketRows(card, texts, locale) {
  const when = card.when && !Number.isNaN(Date.parse(card.when)) ? clockTime(card.when, locale) : card.when;
  const rows = [
    [texts.ticket_number, card.number && h("code", {}, card.number)],
    [texts.ticket_status, card.status],
    [texts.ticket_when, when],
  ];
  return h("dl", {}, rows.filter(([, value]) => value).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));
}

/** The page that shows how far a ticket is; nothing but a web address becomes a link. */
export function progress(link, texts, base) {
  const address = web(link, base);
  return address && outside(address, {}, texts.ticket_progress);
}

/** Quick replies, or the stars of a score: the label of each star is what is said. */
export function options(entry, { texts }, act) {
  const buttons = entry.options.map((option, index) => {
    if (!entry.stars) return press("chip", () => act.choose(option), option.label);
    const star = press("chip star", () => act.choose(option), h("span", {}, `${index + 1}`), "★");
    star.setAttribute("aria-label", `${index + 1} ${option.label}`);
    star.setAttribute("data-label", option.label);
    star.title = option.label;
    return star;
  });
  const name = entry.stars ? "options stars" : "options";
  return h("div", { class: name, role: "group", "aria-label": texts.options }, buttons);
}

/** The files of a message: pictures as such, larger in a new tab; others by name. */
export function files(entry, look) {
  return h("div", { class: "attached" }, entry.attachments.map((one) => file(one, entry, look)));
}

function file(one, entry, look) {
  const address = one.url && web(one.url, look.base);
  const picture = one.media_type.startsWith("image/");
  const shown = picture ? image(one, look.texts) : [icon("clip"), h("span", {}, one.name)];
  const frame = address ? outside(address, {}, shown) : h("span", {}, shown);
  frame.classList.add(picture ? "picture" : "paper");
  if (picture && address) frame.title = look.texts.picture_open;
  if (picture && address) shown.src = address;
  else if (picture) preview(shown, entry.key, look);
  return frame;
}

function image({ name, width, height }, texts) {
  const alt = fill(texts.picture_alt, { name });
  const made = h("img", { alt, decoding: "async", width: width || undefined, height: height || undefined });
  made.addEventListener("error", () => made.replaceWith(h("span", { class: "lost" }, texts.picture_failed)));
  return made;
}

/** What has not left yet is shown from where it waits. */
async function preview(shown, id, look) {
  const blob = await look.blob(id).catch(() => null);
  if (!blob) return;
  shown.src = URL.createObjectURL(blob);
  shown.addEventListener("load", () => URL.revokeObjectURL(shown.src), { once: true });
}

/** A path is one of the gateway's, wherever that is mounted. */
function web(link, base) {
  const address = new URL(/^\/(?!\/)/.test(link) ? base + link : link, location.href);
  return /^https?:$/.test(address.protocol) ? address.href : "";
}

function outside(href, props, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, ...children);
}
