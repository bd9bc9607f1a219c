/**
 * Light Markdown to DOM nodes: paragraphs, numbered and bulleted lists, headings, pipe tables, fenced code, **bold**,
 * `code`, 【screen labels】 and http(s) links. Anything else is text.
 */

import { h } from "./dom.js";

const FENCE = /^\s*```/;
const HEADING = /^\s*#{1,6}\s+(.*)$/;
const NUMBERED = /^\s*(\d{1,3})(?:[.)]\s+|[、．]\s*)(.*)$/;
const BULLET = /^\s*[-*•·]\s+(.*)$/;
const DASHES = /^:?-+:?$/;
const BOLD = String.raw`\*\*(.+?)\*\*`;
const CODE = "`([^`]+)`";
const LABEL = "【([^】]{1,40})】";
const LINK = String.raw`\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)`;
const ADDRESS = String.raw`(https?:\/\/[\w\-.~:\/?#@!$&*+;=%,]*[\w\-\/#&=%])`;
const INLINE = new RegExp([BOLD, CODE, LABEL, LINK, ADDRESS].join("|"), "g");

/** Nodes for a block of text. */
export function markdown(text) {
  const writer = new Writer();
  const lines = String(text ?? "").split(/\r?\n/);
  lines.forEach((line, at) => writer.line(line, lines[at + 1] ?? ""));
  return writer.made;
}

class Writer {
  made = [];
  #open = null; // the paragraph, list, table or code block that the next line may continue
  #gap = false; // a blank line came before

  line(text, next) {
    if (this.#open?.tagName === "PRE") this.#code(text);
    else if (!text.trim()) this.#gap = true;
    else {
      this.#block(text, next);
      this.#gap = false;
    }
  }

  #block(text, next) {
    const item = listItem(text);
    const heading = text.match(HEADING);
    if (this.#tabled(text)) this.#row(text);
    else if (FENCE.test(text)) this.#begin("pre", { tabIndex: 0 });
    else if (startsTable(text, next)) this.#table(text);
    else if (item) this.#item(item);
    else if (heading) this.#begin("p", { class: "heading" }).append(...inline(heading[1]));
    else if (this.#continues(text)) this.#continued().append(h("br"), ...inline(text.trim()));
    else this.#begin("p").append(...inline(text));
  }

  #begin(tag, props) {
    this.#open = h(tag, props);
    this.made.push(this.#open);
    return this.#open;
  }

  #code(text) {
    if (FENCE.test(text)) this.#open = null;
    else this.#open.append(`${text}\n`);
  }

  /** A table goes on, without a gap, while its lines hold a pipe. */
  #tabled(text) {
    return this.#open?.tagName === "TABLE" && !this.#gap && text.includes("|");
  }

  #table(header) {
    const table = h("table", {}, h("thead", {}, row("th", header)));
    this.#begin("div", { class: "table", tabIndex: 0 }).append(table); // wide and long tables scroll inside
    this.#open = table;
  }

  #row(text) {
    const [body] = this.#open.tBodies;
    if (body) body.append(row("td", text));
    else this.#open.append(h("tbody")); // this line says the alignment
  }

  #item({ tag, start, text }) {
    if (this.#open?.tagName !== tag.toUpperCase()) this.#begin(tag, start > 1 ? { start } : {});
    this.#open.append(h("li", {}, inline(text)));
  }

  /** A list goes on while its lines are indented, a paragraph until a blank line. */
  #continues(text) {
    if (!this.#open || this.#open.className === "heading" || this.#open.tagName === "TABLE") return false;
    return this.#open.tagName === "P" ? !this.#gap : /^\s/.test(text);
  }

  #continued() {
    return this.#open.tagName === "P" ? this.#open : this.#open.lastChild;
  }
}

function listItem(line) {
  const numbered = line.match(NUMBERED);
  if (numbered) return { tag: "ol", start: Number(numbered[1]), text: numbered[2] };
  const bullet = line.match(BULLET);
  return bullet && { tag: "ul", text: bullet[1] };
}

/** A header with a row of as many dashes below it. */
function startsTable(line, next) {
  if (!line.includes("|") || !next.includes("|")) return false;
  const ruler = cells(next);
  return ruler.length === cells(line).length && ruler.every((cell) => DASHES.test(cell));
}

function row(tag, line) {
  return h("tr", {}, cells(line).map((cell) => h(tag, tag === "th" ? { scope: "col" } : {}, inline(cell))));
}

/** What stands between the pipes; an escaped pipe is text, for which a NUL stands meanwhile. */
function cells(line) {
  const inner = line.trim().replace(/\\\|/g, "\0").replace(/^\||\|$/g, "");
  return inner.split("|").map((cell) => cell.trim().split("\0").join("|"));
}

/** Nodes and strings for one line. */
function inline(line) {
  const made = [];
  let from = 0;
  for (const match of line.matchAll(INLINE)) {
    made.push(line.slice(from, match.index), styled(match));
    from = match.index + match[0].length;
  }
  made.push(line.slice(from));
  return made.filter((part) => part !== "");
}

function styled([whole, bold, code, label, linkText, linkTo]) {
  if (bold) return h("strong", {}, inline(bold));
  if (code) return h("code", {}, code);
  if (label) return h("span", { class: "label" }, whole);
  return h("a", { href: linkTo || whole, target: "_blank", rel: "noopener noreferrer nofollow" }, linkText || whole);
}
