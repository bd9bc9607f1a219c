/** What joins the panel and the conversation, and shows the form over them. */

import { NARROW } from "./dom.js";
import { Panel } from "./panel.js";

export class Room {
  #conversation;
  #lazy;
  #store;
  #tab;
  #who;
  #look;
  #session = null;
  #form = null;

  constructor({ root, conversation, settings, texts, locale, lazy, store, tab, who, onKey, close }) {
    this.#conversation = conversation;
    this.#lazy = lazy;
    this.#store = store;
    this.#tab = tab;
    this.#who = who;
    this.#look = {
      texts,
      locale,
      lazy,
      name: texts.name,
      base: settings.base,
      rating: (seq) => conversation.rating(seq),
      blob: async (id) => (await lazy.get("blobs")).find(id),
    };
    this.panel = new Panel({
      look: this.#look,
      act: this.#actions(close),
      drafts: tab,
      suggestions: settings.suggestions || texts.suggestions,
      noticeRead: store.get("notice", false),
      onNoticeRead: () => store.set("notice", true),
    });
    this.panel.node.addEventListener("keydown", onKey);
    root.append(this.panel.node);
    this.#furnish(store);
  }

  #furnish(store) {
    const conversation = this.#conversation;
    this.panel.replaying(true);
    if (conversation.session) this.ready(conversation.session);
    for (const entry of conversation.entries.values()) this.panel.put(entry);
    this.panel.state(conversation.state);
    this.panel.replaying(conversation.replaying || (Boolean(store.get("token")) && !conversation.session));
    this.announcement(conversation.errands.announcement);
  }

  /** Closes the form; false when none was open. */
  close() {
    const open = Boolean(this.#form);
    if (open) this.#leave();
    return open;
  }

  // What the conversation tells

  put(entry) {
    this.panel.put(entry);
  }

  cleared() {
    this.panel.cleared();
  }

  ready(session) {
    this.#session = session;
    this.panel.ready(session);
    this.panel.replaying(this.#conversation.replaying);
  }

  caughtUp() {
    this.panel.replaying(false);
  }

  state(name) {
    this.panel.state(name);
  }

  typing(who) {
    this.panel.typing(who);
  }

  link(up, error) {
    this.panel.link(up, error);
  }

  progress(key, share) {
    this.panel.log.progress(key, share);
  }

  /** Once for each announcement, unless the visitor has put it away. */
  announcement(found) {
    const put = this.#store.get("dismissed", []);
    this.panel.announcement(found && !put.includes(found.id) ? found : null).catch(() => {});
  }

  /** A ticket was made of the form, perhaps by another tab or after a reload. */
  async ticket(made) {
    const draft = this.#tab.get("form");
    if (draft?.client_id !== made.client_id) return;
    if (this.#form) this.#form.made(made);
    else await this.form();
  }

  notMade({ body, error }) {
    if (this.#form?.clientId === body.client_id) this.#form.refused(error);
  }

  taken(key) {
    this.panel.log.take(key);
  }

  // The form

  async form() {
    const { TicketForm } = await this.#lazy.get("form");
    await this.#lazy.get("cards");
    await this.#lazy.get("pictures");
    const { name, phone, email, company } = this.#who() ?? {};
    const form = new TicketForm({
      look: this.#look,
      drafts: this.#tab,
      known: { question: this.#conversation.entries.lastQuestion, name, phone, email, company },
      made: this.#store.get("made"),
      features: this.#session?.features,
      act: {
        submit: (body, files) => {
          for (const file of files) this.#conversation.sendFile(file, "", true);
          this.#conversation.sendTicket(body);
        },
        waits: (id) => this.#conversation.ticketWaits(id),
        close: () => this.#leave(),
      },
    });
    this.#form = form;
    this.panel.cover(form);
    form.focus();
  }

  #leave() {
    this.#form = null;
    this.panel.cover(null);
    this.panel.focus();
  }

  #actions(close) {
    const conversation = this.#conversation;
    return {
      send: (text, files = []) => {
        if (!files.length) conversation.send(text);
        const asks = Boolean(text.trim()); // then the other files need no answer of their own
        files.forEach((file, index) => conversation.sendFile(file, index ? "" : text, asks && index > 0));
      },
      choose: (option) => {
        conversation.send(option.label, { id: option.id, label: option.label });
        if (!NARROW.matches) this.panel.focus();
      },
      rate: (...thumb) => conversation.rate(...thumb),
      retry: (entry) => conversation.retry(entry),
      edit: (entry) => {
        this.#drop(entry);
        const { composer } = this.panel;
        composer.value = [composer.value, entry.text].filter((text) => text.trim()).join("\n"); // it may hold the next
        this.panel.focus();
      },
      discard: (entry) => {
        this.#drop(entry);
        this.#lazy.get("blobs").then(({ drop }) => drop(entry.key), () => {});
        this.panel.composer.value ||= entry.text ?? "";
        this.panel.focus();
      },
      human: () => conversation.requestHuman(),
      cancelHuman: () => conversation.send(this.#look.texts.cancel_human_said),
      dismiss: ({ id }) => this.#store.set("dismissed", [...this.#store.get("dismissed", []), id].slice(-20)),
      form: () => this.form().catch((error) => this.panel.link(false, error)),
      close,
    };
  }

  #drop(entry) {
    this.#conversation.discard(entry);
    this.taken(entry.key);
  }
}
