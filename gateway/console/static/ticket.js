/** One ticket: the conversation as it goes on, drafts, and reply or note. */

import { keepDraft } from "./drafts.js";
import { refresh } from "./forms.js";
import { ask, find, parsed } from "./page.js";

const EVERY_MS = 2000;
const HIDDEN_MS = 10_000;

export function ticket(root) {
  if (!root) return;
  const number = root.dataset.ticket;
  const transcript = find("#transcript");
  root.querySelectorAll("[data-draft]").forEach((form) => keepDraft(form, number));
  modes(root);
  follow(transcript);
  const look = looker(root, number, transcript);
  document.addEventListener("console:fresh", look);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = document.title.replace(/^● /, "");
    look();
  });
}

function modes(root) {
  root.dataset.mode = "reply";
  root.querySelectorAll("[data-mode]:is(button)").forEach((tab) =>
    tab.addEventListener("click", () => {
      root.dataset.mode = tab.dataset.mode;
      root.querySelectorAll("button[data-mode]").forEach((one) => one.setAttribute("aria-selected", one === tab));
      find(`[data-form=${tab.dataset.mode}] textarea`).focus();
    }),
  );
}

/** Asks for what is new, one question at a time; call it to ask now. */
function looker(root, number, transcript) {
  let timer;
  let asking = false;
  let again = false;
  const look = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    clearTimeout(timer);
    await news(root, number, transcript);
    asking = false;
    timer = setTimeout(look, again ? 0 : document.hidden ? HIDDEN_MS : EVERY_MS);
    again = false;
  };
  look();
  return look;
}

async function news(root, number, transcript) {
  const after = lastSeq(transcript);
  const response = await ask(`/console/tickets/${number}/messages?after=${after}`);
  if (!response?.ok) return;
  const { version, speaks, messages } = await response.json();
  find("[data-speaks]").disabled = !speaks;
  append(transcript, messages);
  if (version === root.dataset.version) return;
  root.dataset.version = version; // before asking, so that a page that cannot be had is not asked for every time
  await refresh();
}

function append(transcript, messages) {
  const atEnd = isAtEnd(transcript);
  const fresh = messages.filter(({ seq }) => seq > lastSeq(transcript));
  for (const { html } of fresh) transcript.append(document.adoptNode(parsed(html).querySelector("article")));
  if (!fresh.length) return;
  transcript.querySelectorAll(".empty").forEach((note) => note.remove());
  const heard = fresh.some(({ author }) => author === "user");
  if (atEnd || fresh.some(({ author }) => author === "agent")) toEnd(transcript);
  else find("#jump").hidden = false;
  if (heard && document.hidden && !document.title.startsWith("● ")) document.title = `● ${document.title}`;
}

/** Stay at the newest message until somebody scrolls up. */
function follow(transcript) {
  const jump = find("#jump");
  let atEnd = true;
  jump.addEventListener("click", () => toEnd(transcript));
  transcript.addEventListener("scroll", () => {
    atEnd = isAtEnd(transcript);
    if (atEnd) jump.hidden = true;
  });
  // Also when the window or the box below changes its size; the first call comes with the first layout.
  new ResizeObserver(() => atEnd && toEnd(transcript)).observe(transcript);
}

const lastSeq = (transcript) => Number(transcript.querySelector("article:last-of-type")?.dataset.seq ?? 0);
const isAtEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
const toEnd = (box) => (box.scrollTop = box.scrollHeight);
