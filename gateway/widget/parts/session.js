/** The visitor's session: made once for all tabs, renewed when the gateway no longer accepts its token. */

import { alone } from "./outbox.js";

/** A lock can reach the next tab sooner than what was stored under it. */
const SETTLED_MS = 30;

export class Session {
  /** What the gateway said when the session began. */
  current = null;
  /** Who the site says this is; see identify in widget.js. */
  identity = null;

  #api;
  #store;
  #site;
  #onBegin;
  #opening = null;
  #used = ""; // the token it goes by, or is being begun with
  #ended = 0; // how often; a beginning that was ended meanwhile counts for nothing

  /** `onBegin(session, other)` hears of each beginning; `other` when it belongs to another conversation than before. */
  constructor({ api, store, site, locale, onBegin }) {
    this.#api = api;
    this.#store = store;
    this.#site = site;
    this.#onBegin = onBegin;
    this.locale = locale;
  }

  /** Whether this visitor has talked to us before. */
  get known() {
    return Boolean(this.#store.get("token"));
  }

  /** Whether another tab has begun a session that this one does not use yet, or has ended the one it uses. */
  get outdated() {
    return this.#store.get("token", "") !== this.#used;
  }

  /** The next call begins anew, with the token that is in the store by then. */
  end() {
    this.#opening = null;
    this.#ended += 1;
    this.#used = this.#store.get("token", "");
  }

  /** Says language and identity again, if they were said before. */
  async refresh() {
    if (!this.#opening) return;
    await this.#opening; // ended while it begins, it would leave a session behind that nobody uses
    this.end();
    await this.#ready();
  }

  /** Makes the call within a session; when its token is refused, once more with a new one. */
  async within(call) {
    await this.#ready();
    const used = this.#api.token;
    try {
      return await call();
    } catch (error) {
      if (error.status !== 401) throw error;
      if (this.#api.token === used) this.#drop(used);
      await this.#ready();
      return call();
    }
  }

  /** One tab begins, the others find its token. */
  #ready() {
    this.#opening ??= this.#open(this.#ended);
    return this.#opening;
  }

  async #open(ended) {
    try {
      await alone(`gongda:${this.#site}:session`, () => this.#begin(ended));
    } catch (error) {
      if (ended === this.#ended) {
        this.#opening = null;
        throw error;
      }
    }
    if (ended !== this.#ended) await this.#ready();
  }

  async #begin(ended) {
    this.#api.token = "";
    if (!this.known) await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    const session = await this.#ask(this.#store.get("token"));
    if (ended !== this.#ended) return; // such as by the next person, whose token this must not become
    const other = this.#store.get("conversation") !== session.conversation;
    this.#api.token = this.#used = session.token;
    this.#store.set("token", session.token);
    this.#store.set("conversation", session.conversation);
    this.current = session;
    this.#onBegin(session, other);
  }

  async #ask(token) {
    const asked = { site: this.#site, locale: this.locale, ...(this.identity && { identity: this.identity }) };
    if (!token) return this.#api.post("/web/session", asked);
    try {
      return await this.#api.post("/web/session", { ...asked, token });
    } catch (error) {
      if (error.status !== 401) throw error;
      return this.#api.post("/web/session", asked);
    }
  }

  #drop(token) {
    if (this.#store.get("token") === token) this.#store.remove("token");
    this.#opening = null;
  }
}
