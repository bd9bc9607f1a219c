/** Beside the conversation: where the visitor is in the product, and what the vendor announces to everybody. */

/** An announcement is looked for this often while somebody looks at the page. */
const LOOK_MS = 5 * 60_000;

export class Errands {
  /** The announcement as last seen, or null. */
  announcement = null;

  #api;
  #session;
  #onAnnouncement;
  #hint = null;
  #told = null;
  #telling = false;
  #timer = 0;

  constructor({ api, session, onAnnouncement }) {
    this.#api = api;
    this.#session = session;
    this.#onAnnouncement = onAnnouncement;
  }

  start() {
    this.stop();
    this.#timer = setInterval(() => !document.hidden && this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  begun(session) {
    this.#told = null;
    this.#tellHint();
    this.#found(session.announcement ?? null);
  }

  /** The line is back. */
  again() {
    if (!this.#session.current) return;
    this.#tellHint();
    this.#look();
  }

  /** {module, version, page}: it is told once there is a session, and again when it changes. */
  hint(place) {
    this.#hint = place;
    if (this.#session.current) this.#tellHint();
  }

  /** Another person sits here now. */
  forget() {
    this.#told = null;
  }

  /** One after the other: of two on their way at once, the older could arrive last and stay. */
  async #tellHint() {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#hint && this.#told !== this.#hint) {
      const hint = this.#hint;
      this.#told = hint;
      try {
        await this.#session.within(() => this.#api.post("/web/hints", hint));
      } catch {
        if (this.#told !== hint || this.#hint !== hint) continue; // another session or place by now
        this.#told = null; // told when the line is back; it helps the answers, nothing depends on it
        break;
      }
    }
    this.#telling = false;
  }

  async #look() {
    try {
      this.#found(await this.#session.within(() => this.#api.get(`/web/announcement?locale=${this.#session.locale}`)));
    } catch {
      // the next look will do
    }
  }

  #found(announcement) {
    this.announcement = announcement;
    this.#onAnnouncement(announcement);
  }
}
