/** Before a reply goes to a follower of the official account: how many messages it takes, and whether it will wait. */

import { find } from "./page.js";
import { parts, size } from "./parts.js";
import { word } from "./words.js";

export function beforeSending(root) {
  const box = find("[data-form=reply] textarea", root);
  if (!box) return;
  const told = find("[data-parts]", root);
  const show = () => (told.textContent = counted(root, box.value));
  box.addEventListener("input", show);
  document.addEventListener("console:fresh", show);
  show();
  let asked = null; // what is to be sent once somebody says so again
  let sure = false;
  const strip = find("#waits");
  find("[data-sure]", strip).addEventListener("click", () => {
    strip.hidden = true;
    sure = true;
    asked.form.requestSubmit(asked.submitter);
  });
  // Before the form is sent: this listener comes first, on the way down.
  document.addEventListener(
    "submit",
    (event) => {
      const reply = event.target.matches("[data-form=reply]");
      if (!reply && !event.submitter?.matches("[data-sends]")) return;
      const why = sure ? "" : reason(root, reply ? box.value : "");
      sure = false;
      strip.hidden = !why;
      if (!why) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      asked = { form: event.target, submitter: event.submitter };
      find("span", strip).textContent = why;
      find("[data-sure]", strip).focus();
    },
    true,
  );
}

function counted(root, text) {
  const state = find("[data-window]", root)?.dataset;
  if (!state || !text.trim()) return "";
  return word("parts", { n: parts(text, Number(state.part)).length, b: size(text).toLocaleString("en") });
}

/** Why it would not arrive at once; empty when it does. */
function reason(root, text) {
  const state = find("[data-window]", root);
  if (!state) return "";
  const why = find("[data-why]", state)?.textContent;
  if (why) return why;
  const { left, part } = state.dataset;
  const number = Math.max(1, parts(text, Number(part)).length);
  return number > Number(left) ? word("too_many_parts", { n: number, left }) : "";
}
