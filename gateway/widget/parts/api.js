/** The gateway over HTTP. The session token travels in a header, so it never stands in an address. */

const PATIENCE_MS = 15_000;

/** The gateway answered, but not with success. `message` is Chinese and meant for the visitor, or empty. */
export class ApiError extends Error {
  constructor(status, told, retryAfter) {
    super(told?.error?.message || "");
    this.status = status;
    this.code = told?.error?.code || "";
    this.retryAfterS = seconds(retryAfter);
  }
}

export class Api {
  token = "";
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** The JSON of the answer, or null for 204. Throws ApiError, or what fetch throws without a network. */
  post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#json(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  get(path) {
    return this.#json(path, { headers: {} });
  }

  /** The open event stream of everything after sequence number `after`. */
  events(after, signal) {
    return this.#fetch(`/web/events?after=${after}`, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      signal,
    });
  }

  /** Where `path` is, and what must be sent along with a request that this class does not make itself. */
  address(path) {
    return [this.#base + path, this.token ? { "X-Gongda-Session": this.token } : {}];
  }

  async #json(path, init) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const response = await this.#fetch(path, { ...init, signal: patience.signal });
      return response.status === 204 ? null : await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(path, { headers, ...init }) {
    const [address, own] = this.address(path);
    const response = await fetch(address, { ...init, headers: { ...headers, ...own } });
    if (response.ok) return response;
    const told = await response.json().catch(() => null);
    throw new ApiError(response.status, told, response.headers.get("Retry-After"));
  }
}

/** Retry-After is a number of seconds or a date. */
function seconds(retryAfter) {
  if (!retryAfter) return undefined;
  return Number(retryAfter) || Math.max(1, Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000)) || undefined;
}
