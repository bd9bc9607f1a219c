/** Forms with [data-async] are sent without leaving the page; the answer is the page as it is now. */

import { dropDraft } from "./drafts.js";
import { ask, exchange, find, parsed, toast } from "./page.js";

export function forms() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-async]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest("form[data-async]");
    if (!form || !event.target.matches("textarea")) return;
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    if (button.disabled) toast(find("[data-live=hint]")?.textContent.trim(), true);
    else form.requestSubmit(button);
  });
}

async function send(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const boxes = form.querySelectorAll("textarea");
  const body = new URLSearchParams(new FormData(form));
  boxes.forEach((box) => (box.readOnly = true));
  const response = await ask(form.getAttribute("action"), { method: "POST", body });
  if (response?.ok) await accepted(form, response);
  else if (response) await refused(response);
  boxes.forEach((box) => (box.readOnly = false));
  delete form.dataset.busy;
}

async function accepted(form, response) {
  const fresh = parsed(await response.text());
  if (form.dataset.draft) dropDraft(form);
  form.closest("dialog")?.close();
  show(fresh);
  toast(find("#toast", fresh)?.textContent.trim());
}

/** The text stays where it is. When things have moved on, show how they stand now. */
async function refused(response) {
  const { error } = await response.json().catch(() => ({}));
  toast(error?.message ?? response.statusText, true);
  if (response.status === 409 || response.status === 403) await refresh();
}

/** Fetch the page again and exchange what is live. */
export async function refresh() {
  const response = await ask(location.pathname);
  if (response?.ok) show(parsed(await response.text()));
}

function show(fresh) {
  exchange(fresh);
  const key = find("[data-form=reply] [name=key]", fresh);
  if (key) find("[data-form=reply] [name=key]").value = key.value;
  const root = find("[data-ticket]", fresh);
  if (root) find("[data-ticket]").dataset.version = root.dataset.version;
  document.dispatchEvent(new Event("console:fresh"));
}
