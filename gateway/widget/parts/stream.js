/** The event stream, read with fetch, kept alive by reconnecting with growing, jittered pauses. */

const FIRST_PAUSE_MS = 800;
const LONGEST_PAUSE_MS = 30_000;
/** The gateway sends a heartbeat every 15 s; this much silence means that the line is dead. */
const SILENCE_MS = 40_000;
const LOOK_MS = 5_000;
/** Looks further apart than this: the machine slept, or its clock was set. The line may look alive and be dead. */
const ASLEEP_MS = 20_000;
/** A connection that lasted this long counts as a success. */
const STEADY_MS = 5_000;

/** Milliseconds to wait before attempt `failures + 1`: doubling, and spread so that visitors do not return at once. */
export function pauseBefore(failures, random = Math.random) {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + random());
}

/** Cuts text into events. Push pieces as they come; each complete event goes to `emit(name, data)`. */
export function eventParser(emit) {
  let rest = "";
  let name = "";
  let data = [];
  const line = (text) => {
    if (text === "") {
      if (data.length) emit(name || "message", data.join("\n"));
      name = "";
      data = [];
    } else if (text.startsWith("event:")) name = text.slice(6).trim();
    else if (text.startsWith("data:")) data.push(text.slice(5).replace(/^ /, ""));
  };
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const text of lines) line(text.replace(/\r$/, ""));
  };
}

export class EventStream {
  #open;
  #onEvent;
  #onLink;
  #connection = null;
  #wake = null;
  #run = null; // stands for the one loop that may go on
  #failures = 0;

  /**
   * `open(signal)` resolves to a streaming response; `onEvent(name, object)` gets each event;
   * `onLink(up, error)` hears whenever the line comes up or goes down.
   */
  constructor({ open, onEvent, onLink }) {
    this.#open = open;
    this.#onEvent = onEvent;
    this.#onLink = onLink;
  }

  start() {
    if (this.#run) return;
    this.#run = {};
    this.#loop(this.#run);
  }

  stop() {
    this.#run = null;
    this.#connection?.abort();
    this.#wake?.();
  }

  /** The network may be back: do not wait for the pause to end. */
  nudge() {
    this.#failures = 0;
    this.#wake?.();
  }

  /** Drops the present connection and makes a new one. */
  reconnect() {
    this.#connection?.abort();
    this.nudge();
  }

  async #loop(run) {
    while (this.#run === run) {
      const began = performance.now();
      let fault;
      try {
        await this.#connect();
      } catch (error) {
        fault = error;
      }
      if (this.#run !== run) return;
      this.#onLink(false, fault);
      this.#failures = performance.now() - began > STEADY_MS ? 0 : this.#failures + 1;
      await this.#sleep(pauseBefore(this.#failures));
    }
  }

  async #connect() {
    const connection = new AbortController();
    this.#connection = connection;
    let heard = Date.now();
    let looked = heard;
    const watchdog = setInterval(() => {
      const now = Date.now();
      const slept = !document.hidden && Math.abs(now - looked) > ASLEEP_MS; // hidden pages are only slowed down
      if (slept || Math.abs(now - heard) > SILENCE_MS) connection.abort();
      looked = now;
    }, LOOK_MS);
    try {
      const response = await this.#open(connection.signal);
      this.#onLink(true);
      await this.#read(response.body.getReader(), () => {
        heard = Date.now();
      });
    } finally {
      clearInterval(watchdog);
      connection.abort();
    }
  }

  async #read(reader, alive) {
    const decoder = new TextDecoder();
    const push = eventParser((name, data) => this.#emit(name, data));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      push(decoder.decode(value, { stream: true }));
    }
  }

  #emit(name, data) {
    let parsed;
    try {
      parsed = JSON.parse(data);
    } catch {
      return; // one unreadable event must not cost the connection
    }
    this.#onEvent(name, parsed);
  }

  #sleep(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
