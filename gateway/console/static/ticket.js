/** One ticket: the conversation as it goes on, drafts, and reply or note. */

import { canned } from "./canned.js";
import { mark, poll as pollDesk, told } from "./desk.js";
import { draftBegan, keepDraft } from "./drafts.js";
import { refresh } from "./forms.js";
import { ask, find, parsed } from "./page.js";
import { presence, viewers } from "./presence.js";
import { lastQueue } from "./queue.js";
import { listen } from "./stream.js";
import { suggest } from "./suggest.js";
import { beforeSending } from "./window.js";

export function ticket(root) {
  if (!root) return;
  const number = root.dataset.ticket;
  const transcript = find("#transcript");
  root.querySelectorAll("[data-draft]").forEach((form) => keepDraft(form, number));
  draftBegan(find("[data-form=reply]"), number, () => lastSeq(transcript));
  modes(root);
  if (find("#waits")) beforeSending(root);
  follow(transcript);
  canned(root);
  presence(root);
  back();
  const heard = suggest(root);
  const base = `/console/tickets/${number}`;
  const said = (messages) => append(transcript, messages) && heard();
  const poll = async () => {
    const response = await ask(`${base}/messages?after=${lastSeq(transcript)}`);
    if (!response?.ok) return;
    const news = await response.json();
    said(news.messages);
    await stands(root, news);
    await pollDesk();
  };
  listen(
    () => `${base}/events?after=${lastSeq(transcript)}`,
    { message: (one) => said([one]), state: (news) => stands(root, news), desk: told },
    poll,
  );
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

/** The way back leads to the list as it was left. */
function back() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".back")) return;
    event.preventDefault();
    location.assign(lastQueue());
  });
}

async function stands(root, news) {
  root.querySelectorAll("[data-speaks], [data-sends]").forEach((one) => (one.disabled = !news.speaks));
  viewers(news.viewers);
  if (news.version === root.dataset.version) return;
  root.dataset.version = news.version; // before asking, so that a page that is refused is not asked for every time
  await refresh();
}

/** Adds what is not there yet; true when the customer has said something. */
function append(transcript, messages) {
  const atEnd = isAtEnd(transcript);
  const fresh = messages.filter(({ seq }) => seq > lastSeq(transcript));
  for (const { html } of fresh) transcript.append(document.adoptNode(parsed(html).querySelector("article")));
  if (!fresh.length) return false;
  transcript.querySelectorAll(".empty").forEach((note) => note.remove());
  if (atEnd || fresh.some(({ author }) => author === "agent")) toEnd(transcript);
  else find("#jump").hidden = false;
  const heard = fresh.some(({ author }) => author === "user");
  if (heard && document.hidden) mark(true);
  return heard;
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
