/**
 * One visitor's conversation: the session, what was said, and what still has to be sent. Knows nothing of the DOM.
 *
 * An entry is a message as the gateway sends it, plus `key`, `order` and, for the visitor's own,
 * `status` ("pending", "sent", "refused"), `error`, and for a refused one its `place` among the sequence numbers.
 * The event stream is the truth: whatever it says replaces what was shown in advance, found by client id;
 * sequence numbers seen before are dropped.
 */

import { ApiError } from "./api.js";
import { Outbox, newId } from "./outbox.js";
import { Session } from "./session.js";
import { EventStream } from "./stream.js";

const MESSAGES = "/web/messages";
const HUMAN = "/web/human";
const FEEDBACK = "/web/feedback";
/** How long an answer is awaited with typing dots. */
const ANSWER_MS = 20_000;
/** A replay that has not ended by then is taken to have ended. */
const REPLAY_MS = 4_000;

export class Conversation {
  state = "bot";
  /** True until everything said before this page was loaded has been replayed. */
  replaying = false;
  entries = new Map();

  #store;
  #view;
  #session;
  #outbox;
  #stream;
  #up = false;
  #lastSeq = 0;
  #count = 0;
  #typing = 0;

  /**
   * `view` hears show(entry), cleared(), ready(session), caughtUp(), state(name), typing(who|null) and
   * link(up, error).
   */
  constructor({ api, store, site, view, locale }) {
    this.#store = store;
    this.#view = view;
    const onBegin = (begun, other) => this.#begun(begun, other);
    const session = new Session({ api, store, site, locale, onBegin });
    this.#session = session;
    const post = (path, body) => session.within(() => api.post(path, body));
    this.#outbox = new Outbox({ store, site, post, listener: this });
    this.#stream = new EventStream({
      open: (signal) => session.within(() => api.events(this.#lastSeq, signal)),
      onEvent: (name, data) => this.#hear(name, data),
      onLink: (up, error) => this.#linked(up, error),
    });
  }

  /** Whether this visitor has talked to us before. */
  get known() {
    return this.#session.known;
  }

  /** What the gateway said when the session began, or null. */
  get session() {
    return this.#session.current;
  }

  set locale(locale) {
    this.#session.locale = locale;
  }

  get read() {
    return this.#store.get("read", 0);
  }

  get unread() {
    return [...this.entries.values()].filter((entry) => entry.author !== "user" && entry.seq > this.read).length;
  }

  start() {
    this.replaying ||= this.known && this.#lastSeq === 0;
    for (const item of this.#outbox.items()) this.#expect(item);
    this.#stream.start();
    this.#outbox.flush();
  }

  stop() {
    this.#stream.stop();
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

  send(text, choice) {
    const tidy = (text.toWellFormed?.() ?? text).trim();
    if (!tidy) return;
    this.#expect(this.#outbox.add(MESSAGES, { client_id: newId(), text: tidy, ...(choice && { choice }) }));
    this.#await();
  }

  /** The button. Its entry has no text: the view has the words for it. */
  requestHuman() {
    this.#expect(this.#outbox.add(HUMAN, { client_id: newId() }));
  }

  /** Tries a refused message again under its old client id. */
  retry(entry) {
    this.#expect(this.#outbox.add(entry.item.path, entry.item.body));
  }

  /** Takes a refused message off the screen. */
  discard(entry) {
    this.entries.delete(entry.key);
  }

  rate(seq, helpful, reason) {
    this.#store.set("ratings", { ...this.#store.get("ratings", {}), [seq]: helpful });
    this.#outbox.add(FEEDBACK, { seq, helpful, ...(reason && { reason }) });
  }

  /** True, false, or undefined when not rated. */
  rating(seq) {
    return this.#store.get("ratings", {})[seq];
  }

  markRead() {
    if (this.#lastSeq > this.read) this.#store.set("read", this.#lastSeq);
  }

  /** Forgets this conversation; the next one starts empty. */
  reset() {
    this.#outbox.clear();
    this.#store.remove("token");
    this.#restart();
  }

  /** Another tab changed something. */
  changedElsewhere(name) {
    if (name !== "token" || !this.#session.outdated) return;
    this.#restart();
    this.start();
  }

  // The outbox reports here.

  sent(item, answer) {
    const entry = this.entries.get(item.body.client_id);
    if (!entry || entry.status !== "pending") return;
    this.#put({ ...entry, seq: answer?.seq, status: "sent", error: "" });
  }

  refused(item, error) {
    const entry = this.entries.get(item.body.client_id);
    this.#hush();
    if (entry) this.#put({ ...entry, status: "refused", error: error.message, place: this.#lastSeq + 0.5 });
  }

  delayed(item, error) {
    const entry = this.entries.get(item.body.client_id);
    this.#hush();
    const told = error instanceof ApiError ? error.message : "";
    if (entry?.status === "pending" && entry.error !== told) this.#put({ ...entry, error: told });
  }

  // The session reports here.

  #begun(session, other) {
    if (other) this.#forget();
    if (other && this.#up) this.#stream.reconnect(); // it still listens to the conversation before
    this.replaying = session.last_seq > this.#lastSeq;
    this.#view.ready(session);
    if (!this.replaying) this.#view.caughtUp();
  }

  #restart() {
    this.#session.end();
    this.#forget();
    this.#stream.reconnect();
  }

  /** Drops what belongs to another conversation; what waits to be sent stays. */
  #forget() {
    this.#lastSeq = 0;
    this.#store.remove("read");
    this.#store.remove("ratings");
    this.entries.clear();
    this.#hear("state", { state: "bot" });
    this.#view.cleared();
    for (const item of this.#outbox.items()) this.#expect(item);
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
    if (message.seq >= this.session.last_seq) this.#caughtUp();
  }

  #caughtUp() {
    if (!this.replaying) return;
    this.replaying = false;
    this.#view.caughtUp();
  }

  /** Shows something of the visitor's own before the gateway has it. */
  #expect(item) {
    const key = item.body.client_id;
    if (!key || this.entries.get(key)?.status === "sent") return;
    this.#put({ key, author: "user", kind: "text", text: item.body.text, at: item.at, status: "pending", item });
  }

  #put(entry) {
    const before = this.entries.get(entry.key);
    this.#count += 1;
    const kept = { ...entry, order: before?.order ?? this.#count, item: entry.item ?? before?.item };
    this.entries.set(entry.key, kept);
    this.#view.show(kept);
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
    this.#up = up;
    if (up) {
      this.#outbox.nudge();
      setTimeout(() => this.#caughtUp(), REPLAY_MS);
    } else this.#hush();
    this.#view.link(up, error);
  }
}
