/**
 * One visitor's conversation: the session, what was said, and what still has to be sent. Knows nothing of the DOM.
 *
 * An entry is a message as the gateway sends it, plus `key`, `order` and, for the visitor's own,
 * `status` ("pending", "sent", "refused"), `error`, and for a refused one its `place` among the sequence numbers.
 * The event stream is the truth: whatever it says replaces what was shown in advance, found by client id;
 * sequence numbers seen before are dropped.
 */

import { Api, ApiError } from "./api.js";
import { Entries, pending, refused } from "./entries.js";
import { Errands } from "./errands.js";
import { Outbox, newId } from "./outbox.js";
import { Session } from "./session.js";
import { EventStream } from "./stream.js";

const MESSAGES = "/web/messages";
const FILES = "/web/attachments";
const TICKETS = "/web/tickets";
/** How long an answer is awaited with typing dots. */
const ANSWER_MS = 20_000;
/** Office hours, name and notice are asked for again after this. */
const STALE_MS = 10 * 60_000;
/** A replay that has not ended by then is taken to have ended. */
const REPLAY_MS = 4_000;

export class Conversation {
  state = "bot";
  /** True until everything said before this page was loaded has been replayed. */
  replaying = false;
  entries = new Entries();
  /** Beside the conversation: hints and the announcement. */
  errands;

  #api;
  #store;
  #view;
  #lazy;
  #session;
  #outbox;
  #stream;
  #up = false;
  #begunAt = 0;
  #lastSeq = 0;
  #typing = 0;

  /**
   * `view` hears show(entry), arrived(message), cleared(), ready(session), caughtUp(), state(name),
   * typing(who|null), link(up, error), progress(key, share), announcement(it|null), ticket(made), notMade(item) and
   * taken(key).
   */
  constructor({ base, store, site, view, locale, lazy }) {
    this.#store = store;
    this.#view = view;
    this.#lazy = lazy;
    const api = new Api(base);
    const onBegin = (begun, other) => this.#begun(begun, other);
    const session = new Session({ api, store, site, locale, onBegin });
    this.#api = api;
    this.#session = session;
    this.errands = new Errands({ api, session, onAnnouncement: (found) => view.announcement(found) });
    this.#outbox = new Outbox({ store, site, send: (item) => this.#send(item), listener: this });
    this.#stream = new EventStream({
      open: (signal) => this.#listen(signal),
      onEvent: (name, data) => this.#hear(name, data),
      onLink: (up, error) => this.#linked(up, error),
    });
  }

  /** What the gateway said when the session began, or null. */
  get session() {
    return this.#session.current;
  }

  get unread() {
    return this.entries.unread(this.#store.get("read", 0));
  }

  /** Where what is refused now stands among the sequence numbers. */
  get place() {
    return this.#lastSeq + 0.5;
  }

  start() {
    this.replaying ||= this.#session.known && this.#lastSeq === 0;
    this.#showKept();
    this.#stream.start();
    this.errands.start();
    this.#outbox.flush();
    if (this.#begunAt && Math.abs(Date.now() - this.#begunAt) > STALE_MS) this.#session.refresh().catch(() => {});
  }

  stop() {
    this.#stream.stop();
    this.errands.stop();
  }

  /** Perhaps the line works again: try at once. */
  nudge() {
    this.#stream.nudge();
    this.#outbox.nudge();
  }

  /** The browser says that the network is gone, or back; a line from before may look alive and be dead. */
  network(up) {
    if (!up) this.#linked(false);
    else {
      this.#stream.reconnect();
      this.#outbox.nudge();
    }
  }

  /** The language of what the gateway says from now on; the promise of its new greeting. */
  speak(locale) {
    this.#session.locale = locale;
    return this.#session.refresh();
  }

  /** Who the site says this is. */
  identify(person) {
    this.#session.identity = person;
    return this.#session.refresh();
  }

  send(text, choice) {
    const tidy = (text.toWellFormed?.() ?? text).trim();
    if (!tidy) return;
    this.#expect(this.#outbox.add(MESSAGES, { client_id: newId(), text: tidy, ...(choice && { choice }) }));
    this.#await();
  }

  /** A file whose blob is kept under `id`; `memory` when only by this page; `quiet` when what it belongs to is sent
   * besides and it needs no answer. */
  sendFile({ id, file, memory }, text, quiet = false) {
    const said = text?.trim();
    const body = { client_id: id, file: { name: file.name, type: file.type, size: file.size } };
    this.#expect(this.#outbox.add(FILES, { ...body, ...(said && { text: said }), ...(quiet && { quiet }) }, memory));
    if (!quiet) this.#await();
  }

  /** The form; it is sent after its files, and its own client id makes it one ticket. */
  sendTicket(form) {
    this.#store.remove("notMade"); // told once more, the same words would be no change
    this.#outbox.add(TICKETS, form);
  }

  /** Whether this form is still to be sent. */
  ticketWaits(clientId) {
    return this.#outbox.items().some((item) => item.path === TICKETS && item.body.client_id === clientId);
  }

  /** The button. Its entry has no text: the view has the words for it. */
  requestHuman() {
    this.#expect(this.#outbox.add("/web/human", { client_id: newId() }));
  }

  /** Tries a refused message again under its old client id. */
  retry(entry) {
    const { item } = entry;
    this.#outbox.forget(item);
    this.#expect(this.#outbox.add(item.path, item.body, item.memory));
  }

  /** Takes a refused message off the screen. */
  discard(entry) {
    this.#outbox.forget(entry.item);
    this.entries.delete(entry.key);
  }

  rate(seq, helpful, reason) {
    this.#store.set("ratings", { ...this.#store.get("ratings", {}), [seq]: helpful });
    this.#outbox.add("/web/feedback", { seq, helpful, ...(reason && { reason }) });
  }

  /** True, false, or undefined when not rated. */
  rating(seq) {
    return this.#store.get("ratings", {})[seq];
  }

  markRead() {
    if (this.#lastSeq > this.#store.get("read", 0)) this.#store.set("read", this.#lastSeq);
  }

  /** Forgets this conversation and this person; the next one starts empty. */
  reset() {
    this.#outbox.clear();
    for (const name of ["token", "conversation", "made", "notMade", "read", "ratings"]) this.#store.remove(name);
    this.leave();
  }

  /** Forgets both in memory; what is in the store is the next person's already. */
  leave() {
    this.#session.identity = null;
    this.errands.forget();
    this.#restart();
  }

  /** Another tab changed something. */
  changedElsewhere(name) {
    const value = this.#store.get(name);
    if (name === "made" && value) this.#view.ticket(value);
    else if (name === "notMade" && value) this.#view.notMade(value);
    else if (name.startsWith("no:")) this.#refusedElsewhere(name, value);
    else if (name === "token" && this.#session.outdated) {
      this.#restart();
      if (value) this.start();
    }
  }

  /** Another tab was told no for what may have been written here, or its visitor has dealt with that. */
  #refusedElsewhere(name, item) {
    if (item) return this.#showRefused(item);
    const taken = [...this.entries.values()].find((entry) => entry.status === "refused" && entry.item.name === name);
    if (!taken) return undefined;
    this.entries.delete(taken.key);
    return this.#view.taken(taken.key);
  }

  // The outbox reports here.

  async #send(item) {
    if (!item.body.file) return this.#within(item, () => this.#api.post(item.path, item.body));
    const { upload } = await this.#lazy.get("upload");
    const tell = (share) => this.#view.progress(item.body.client_id, share);
    return this.#within(item, () => upload(this.#api, item, tell));
  }

  /** Another person may sit here by the time there is a session: what the one before them wrote is theirs alone. */
  #within(item, call) {
    return this.#session.within(() => {
      if (!this.#outbox.waits(item)) throw new Error("it was taken back");
      return call();
    });
  }

  /** Whether the gateway can be reached, as far as the event stream tells. */
  get reachable() {
    return this.#up && navigator.onLine;
  }

  sent(item, answer) {
    if (item.path === TICKETS) this.#made({ ...answer, client_id: item.body.client_id });
    const entry = this.entries.get(item.body.client_id);
    if (!entry || entry.status !== "pending") return;
    this.#put({ ...entry, seq: answer?.seq, status: "sent", error: undefined });
  }

  refused(item) {
    this.#hush();
    if (isEntry(item)) return this.#put(refused(item)); // another tab may have written it, or it was before a reload
    this.#outbox.forget(item); // a thumb, a form: whoever sent it still has it
    if (item.path === TICKETS) this.#notMade({ body: { client_id: item.body.client_id }, error: item.error });
    return undefined;
  }

  /** The form may be in another tab; the note says which one it is and nothing of what is in it. */
  #notMade(note) {
    this.#store.set("notMade", note);
    this.#view.notMade(note);
  }

  delayed(item, error) {
    const entry = this.entries.get(item.body.client_id);
    this.#hush();
    const told = error instanceof ApiError ? { status: error.status, message: error.message } : undefined;
    if (entry?.status === "pending" && entry.error?.message !== told?.message) this.#put({ ...entry, error: told });
  }

  #made(made) {
    this.#store.set("made", made);
    this.#view.ticket(made);
  }

  // The session reports here.

  #begun(session, other) {
    this.#begunAt = Date.now();
    if (other) {
      for (const name of ["read", "ratings"]) this.#store.remove(name);
      this.#forget();
    }
    if (other && this.#up) this.#stream.reconnect(); // it still listens to the conversation before
    this.replaying = session.last_seq > this.#lastSeq;
    this.errands.begun(session);
    this.#view.ready(session);
    if (!this.replaying) this.#view.caughtUp();
  }

  /** The events of this conversation; another person may have been recognised since they were asked for. */
  async #listen(signal) {
    let conversation;
    const response = await this.#session.within(() => {
      ({ conversation } = this.session);
      return this.#api.events(this.#lastSeq, signal);
    });
    if (conversation === this.session.conversation) return response;
    response.body.cancel().catch(() => {});
    return this.#listen(signal);
  }

  #restart() {
    this.#session.end();
    this.#forget();
    this.#stream.reconnect();
  }

  /** Drops what belongs to another conversation; what waits to be sent stays. */
  #forget() {
    this.#lastSeq = 0;
    this.entries.clear();
    this.#hear("state", { state: "bot" });
    this.#view.cleared();
    this.#showKept();
  }

  // What was said

  #hear(name, data) {
    if (name === "message") this.#receive(data);
    else if (name === "typing") this.#showTyping(data.who);
    else if (name === "state" && data.state !== this.state) {
      this.state = data.state;
      this.#view.state(data.state);
    }
  }

  #receive(message) {
    if (!(message.seq > this.#lastSeq)) return;
    this.#lastSeq = message.seq;
    const own = message.author === "user";
    if (!own) this.#hush();
    this.#put({ ...message, key: own && message.client_id ? message.client_id : `seq-${message.seq}`, status: "sent" });
    if (!this.replaying) this.#view.arrived(message);
    if (message.seq >= (this.session?.last_seq ?? 0)) this.#caughtUp();
  }

  #caughtUp() {
    if (!this.replaying) return;
    this.replaying = false;
    this.#view.caughtUp();
  }

  #showKept() {
    for (const item of this.#outbox.items()) this.#expect(item);
    for (const item of this.#outbox.refusals()) this.#showRefused(item);
  }

  /** Once; it takes the place of what was still being sent. */
  #showRefused(item) {
    const known = this.entries.get(item.body.client_id);
    if (isEntry(item) && (known?.status ?? "pending") === "pending") this.#put(refused(item));
  }

  /** Shows something of the visitor's own before the gateway has it. */
  #expect(item) {
    if (isEntry(item) && this.entries.get(item.body.client_id)?.status !== "sent") this.#put(pending(item));
  }

  #put(entry) {
    this.#view.show(this.entries.put(entry));
  }

  #await() {
    if (this.state === "bot" && navigator.onLine) this.#showTyping("bot");
  }

  #showTyping(who) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#hush(), ANSWER_MS);
    this.#view.typing(who);
  }

  #hush() {
    clearTimeout(this.#typing);
    this.#view.typing(null);
  }

  #linked(up, error) {
    const again = up && !this.#up;
    this.#up = up;
    if (up) {
      this.#outbox.nudge();
      if (again) this.errands.again();
      setTimeout(() => this.#caughtUp(), REPLAY_MS);
    } else this.#hush();
    this.#view.link(up, error);
  }
}

/** Whether it stands among the messages: a thumb and a form do not. */
function isEntry({ path, body }) {
  return Boolean(body.client_id) && path !== TICKETS;
}
