/** Between the host page and the widget: what the page may tell us, and what it hears; never what anybody wrote. */

/** What the gateway knows of a person and a place, and how long it may be. */
const PERSON = { id: 100, name: 100, phone: 30, company: 100, email: 200, signature: 200 };
const PLACE = { module: 60, version: 40, page: 200 };

/** Somebody with an id, or null. */
export function person(given) {
  const known = picked(given, PERSON);
  return known?.id ? known : null;
}

/** {module, version, page}, of what is known, or null. */
export function place(given) {
  return picked(given, PLACE);
}

/** Only what is known, as text, no longer than it may be. */
function picked(given, limits) {
  const known = Object.entries(limits).filter(([name]) => given?.[name]);
  if (!known.length) return null;
  return Object.fromEntries(known.map(([name, limit]) => [name, String(given[name]).slice(0, limit)]));
}

/** An event for the page. */
export function tell(name, detail = {}) {
  window.dispatchEvent(new CustomEvent(`gongda:${name}`, { detail }));
}

/** What the conversation does, as far as it concerns the page. */
export class Told {
  #numbers = new Set(); // of tickets
  #unread = 0;

  arrived(message) {
    tell("message", { author: message.author });
    if (message.kind === "ticket") this.ticket(message.card?.number);
  }

  ticket(number) {
    if (!number || this.#numbers.has(number)) return;
    this.#numbers.add(number);
    tell("ticket", { number });
  }

  refused(entry) {
    if (entry.status === "refused") tell("error", { kind: "refused", status: entry.error?.status });
  }

  /** `message` is for the page's author: the gateway does not believe the signature. */
  identity({ status, message } = {}) {
    if (!message) return;
    console.warn(`工答: ${message}`);
    tell("error", { kind: "identity", status });
  }

  unread(count) {
    if (count !== this.#unread) tell("unread", { count });
    this.#unread = count;
  }
}
