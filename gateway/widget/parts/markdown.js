/**
 * Light Markdown to DOM nodes: paragraphs, numbered and bulleted lists, headings, fenced code, **bold**, `code`,
 * 【screen labels】 and http(s) links. Anything else is text.
 */

import { h } from "./dom.js";

const FENCE = /^\s*```/;
const HEADING = /^\s*#{1,6}\s+(.*)$/;
const NUMBERED = /^\s*(\d{1,3})(?:[.)]\s+|[、．]\s*)(.*)$/;
const BULLET = /^\s*[-*•·]\s+(.*)$/;
const BOLD = String.raw`\*\*(.+?)\*\*`;
const CODE = "`([^`]+)`";
const LABEL = "【([^】]{1,40})】";
const LINK = String.raw`\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)`;
const ADDRESS = String.raw`(https?:\/\/[\w\-.~:\/?#@!$&*+;=%,]*[\w\-\/#&=%])`;
const INLINE = new RegExp([BOLD, CODE, LABEL, LINK, ADDRESS].join("|"), "g");

/** Nodes for a block of text. */
export function markdown(text) {
  const writer = new Writer();
  for (const line of String(text ?? "").split(/\r?\n/)) writer.line(line);
  return writer.made;
}

class Writer {
  made = [];
  #open = null; // the paragraph, list or code block that the next line may continue
  #gap = false; // a blank line came before

  line(text) {
    if (this.#open?.tagName === "PRE") this.#code(text);
    else if (!text.trim()) this.#gap = true;
    else {
      this.#block(text);
      this.#gap = false;
    }
  }

  #block(text) {
    const item = listItem(text);
    const heading = text.match(HEADING);
    if (FENCE.test(text)) this.#begin("pre", { tabIndex: 0 });
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

  #item({ tag, start, text }) {
    if (this.#open?.tagName !== tag.toUpperCase()) this.#begin(tag, start > 1 ? { start } : {});
    this.#open.append(h("li", {}, inline(text)));
  }

  /** A list goes on while its lines are indented, a paragraph until a blank line. */
  #continues(text) {
    if (!this.#open || this.#open.className === "heading") return false;
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
