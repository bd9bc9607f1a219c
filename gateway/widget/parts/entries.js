/** What is on the screen of a conversation, by key: the gateway's messages and what the visitor is about to send. */

export class Entries extends Map {
  #count = 0;

  /** Keeps an entry in the place of the one before it; returns it as it is kept. */
  put(entry) {
    const before = this.get(entry.key);
    this.#count += 1;
    const kept = { ...entry, order: before?.order ?? this.#count, item: entry.item ?? before?.item };
    this.set(entry.key, kept);
    return kept;
  }

  /** How many of others' stand behind sequence number `read`. */
  unread(read) {
    return [...this.values()].filter((entry) => entry.author !== "user" && entry.seq > read).length;
  }

  /** What the visitor asked last, or nothing. */
  get lastQuestion() {
    return [...this.values()].filter((entry) => entry.author === "user" && entry.text).at(-1)?.text ?? "";
  }
}

/** Something of the visitor's own that waits in the outbox. */
export function pending(item) {
  const { client_id: key, text, file } = item.body;
  const attachments = file && [{ name: file.name, media_type: file.type, size: file.size }];
  const kind = file ? (file.type.startsWith("image/") ? "image" : "file") : "text";
  return { key, author: "user", kind, text, attachments, at: item.at, status: "pending", item };
}

/** The same, refused by the gateway. */
export function refused(item) {
  return { ...pending(item), status: "refused", error: item.error, place: item.place };
}
