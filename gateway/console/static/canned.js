/** Ready replies: a slash at the beginning of a reply opens the list. */

import { ask, find, toast } from "./page.js";
import { word } from "./words.js";

const TYPED = /^\/(\S{0,20})$/;
const PAUSE_MS = 120;

export function canned(root) {
  const list = find("#canned", root);
  const box = find("[data-form=reply] textarea", root);
  if (!list || !box) return;
  const address = `/console/tickets/${root.dataset.ticket}/canned`;
  let replies = [];
  let at = 0;
  let timer;
  let asked = 0;

  const close = () => {
    forget();
    list.hidden = true;
    replies = [];
    box.removeAttribute("aria-activedescendant");
  };
  const forget = () => {
    clearTimeout(timer);
    asked += 1; // what is under way is for words that stand here no longer, or for somebody who has left
  };
  const look = async (words) => {
    const mine = asked;
    const response = await ask(`${address}?q=${encodeURIComponent(words)}`);
    const found = response?.ok && mine === asked && (await response.json());
    if (!found || mine !== asked) return;
    ({ replies } = found);
    at = 0;
    draw();
  };
  const draw = () => {
    list.hidden = false;
    list.replaceChildren(...(replies.length ? replies.map(row) : [empty()]));
    if (replies.length) box.setAttribute("aria-activedescendant", `canned-${replies[at].id}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const row = (reply, index) => {
    const item = document.createElement("div");
    item.id = `canned-${reply.id}`;
    item.role = "option";
    item.setAttribute("aria-selected", String(index === at));
    item.translate = false;
    for (const [tag, text] of [["b", `/${reply.shortcut}`], ["span", reply.title], ["small", reply.text]]) {
      const part = document.createElement(tag);
      part.textContent = text;
      item.append(part);
    }
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the cursor
      insert(reply);
    });
    return item;
  };
  const empty = () => Object.assign(document.createElement("p"), { className: "quiet small", textContent: word("canned_none") });
  const insert = (reply) => {
    put(box, reply.text);
    if (reply.unknown.length) toast(word("canned_unknown", { names: reply.unknown.map((one) => `$${one}`).join(" ") }), true);
    ask(address, { method: "POST", body: new URLSearchParams({ id: reply.id }) });
    close();
  };

  const later = (event) => {
    const typed = TYPED.exec(box.value);
    if (!typed || event.isComposing) return close();
    forget();
    timer = setTimeout(look, PAUSE_MS, typed[1]);
  };
  box.addEventListener("input", later);
  box.addEventListener("compositionend", later);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") forget(); // the list may be about to open
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && replies.length) at = (at + 1) % replies.length;
    else if (event.key === "ArrowUp" && replies.length) at = (at - 1 + replies.length) % replies.length;
    else if (event.key === "Enter" && replies.length && !event.shiftKey) insert(replies[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!list.hidden) draw();
  });
  box.addEventListener("blur", close);
}

/** Text into a box as if it had been typed. */
export function put(box, text) {
  box.value = text.slice(0, box.maxLength > 0 ? box.maxLength : undefined);
  box.dispatchEvent(new Event("input"));
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}
