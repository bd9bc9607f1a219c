/** The gateway over HTTP. The session token travels in a header, so it never stands in an address. */

const PATIENCE_MS = 15_000;

/** The gateway answered, but not with success. `message` is Chinese and meant for the visitor, or empty. */
export class ApiError extends Error {
  constructor(status, message, retryAfterS) {
    super(message);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

export class Api {
  token = "";
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** The JSON of the answer, or null for 204. Throws ApiError, or what fetch throws without a network. */
  async post(path, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const response = await this.#fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: patience.signal,
      });
      return response.status === 204 ? null : await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  /** The open event stream of everything after sequence number `after`. */
  events(after, signal) {
    return this.#fetch(`/web/events?after=${after}`, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      signal,
    });
  }

  async #fetch(path, { headers, ...init }) {
    const own = this.token ? { "X-Gongda-Session": this.token } : {};
    const response = await fetch(this.#base + path, { ...init, headers: { ...headers, ...own } });
    if (response.ok) return response;
    const told = await response.json().catch(() => ({}));
    const wait = Number(response.headers.get("Retry-After")) || undefined;
    throw new ApiError(response.status, told?.error?.message || "", wait);
  }
}
