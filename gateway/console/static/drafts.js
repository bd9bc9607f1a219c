/** Drafts in this browser, by agent, ticket and kind: nothing typed is lost by a reload, a crash or a log-out. */

const key = (ticket, kind) => `gongda:draft:${document.body.dataset.agent}:${ticket}:${kind}`;

export function keepDraft(form, ticket) {
  const box = form.querySelector("textarea");
  const name = key(ticket, form.dataset.draft);
  box.value = read(name) || box.value;
  const count = form.querySelector("[data-count]");
  const changed = () => {
    write(name, box.value);
    if (count) count.textContent = box.value ? `${box.value.length} / ${box.maxLength}` : "";
  };
  box.addEventListener("input", changed);
  changed();
}

/** What had been said when the draft was begun: who answers something older is asked before it goes out. */
export function draftBegan(form, ticket, lastSeq) {
  const box = form.querySelector("textarea");
  const field = form.elements.after;
  const name = key(ticket, `${form.dataset.draft}:after`);
  const changed = () => {
    if (box.value && field.dataset.begun) return;
    field.dataset.begun = box.value ? "yes" : "";
    field.value = box.value ? lastSeq() : "";
    write(name, field.value);
  };
  if (box.value && read(name)) {
    field.dataset.begun = "yes";
    field.value = read(name);
  }
  box.addEventListener("input", changed);
  changed();
}

export function dropDraft(form) {
  const box = form.querySelector("textarea");
  box.value = "";
  box.dispatchEvent(new Event("input"));
}

// Storage may be full or forbidden; then a draft lives as long as the page.
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, text) {
  try {
    if (text) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch {
    /* see above */
  }
}
