/**
 * The ticket form, a sheet over the conversation for when nobody is on duty. What is typed is kept at every key, the
 * form's client id with it, so that neither a reload nor a second press makes a second ticket or loses the first.
 */

import { limits } from "./accepted.js";
import { progress, ticketRows } from "./cards.js";
import { h, icon, press } from "./dom.js";
import { newId } from "./outbox.js";
import { Tray } from "./pictures.js";

const DRAFT = "form";
const PHONE = /^[+(\d][\d\s()-]{5,19}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const FIELDS = {
  question: { tag: "textarea", rows: 4, maxLength: 2000, required: true },
  name: { autocomplete: "name", maxLength: 50 },
  phone: { type: "tel", autocomplete: "tel", maxLength: 30 },
  email: { type: "email", autocomplete: "email", maxLength: 100 },
  company: { autocomplete: "organization", maxLength: 100 },
};

export class TicketForm {
  #texts;
  #look;
  #act;
  #drafts;
  #draft;
  #limits;
  #fields = {};
  #adding = null; // files on their way into the tray: who submits meanwhile means them too

  /**
   * `act` has submit(form, files), waits(clientId) and close(); `drafts` is a Store for this tab; `known` is what the
   * site and the conversation tell already, by field; `made` the ticket made last, or null.
   */
  constructor({ look, act, drafts, known, made, features }) {
    this.#look = look;
    this.#texts = look.texts;
    this.#act = act;
    this.#drafts = drafts;
    this.#draft = { client_id: newId(), ...known, ...drafts.get(DRAFT, {}) };
    this.body = h("div", { class: "sheet-body" });
    this.node = this.#frame();
    this.#limits = limits(features?.files);
    this.#build(features?.attachments);
    if (made?.client_id === this.#draft.client_id) this.made(made);
    else if (this.#draft.pending && !act.waits(this.#draft.client_id)) this.#set({ pending: false });
    this.#pending();
  }

  get clientId() {
    return this.#draft.client_id;
  }

  focus() {
    (this.node.querySelector("textarea:enabled, .done h3") ?? this.node).focus({ preventScroll: true });
  }

  /** The gateway has made the ticket. */
  made(made) {
    const texts = this.#texts;
    const title = h("h3", { tabIndex: -1 }, texts.form_done);
    this.#drafts.remove(DRAFT);
    this.body.replaceChildren(
      h(
        "div",
        { class: "done", role: "status" },
        title,
        ticketRows(made, texts, this.#look.locale),
        h("p", {}, texts.form_done_more),
        made.progress_url ? progress(made.progress_url, texts, this.#look.base) : null,
        press("solid", this.#act.close, texts.form_back),
      ),
    );
    title.focus({ preventScroll: true });
  }

  /** The gateway does not take it as it is; everything stays to be changed. */
  refused({ code, message }) {
    this.#set({ pending: false });
    this.#pending();
    const { texts, locale } = this.#look;
    const own = { bad_phone: texts.form_wrong.phone, bad_email: texts.form_wrong.email }[code];
    this.#say(own || (locale === "zh-CN" && message) || texts.refused); // the gateway speaks Simplified Chinese
  }

  #frame() {
    const close = press("close", this.#act.close, icon("close"));
    close.title = this.#texts.form_back;
    close.setAttribute("aria-label", this.#texts.form_back);
    return h(
      "section",
      {
        class: "sheet",
        role: "dialog",
        tabIndex: -1,
        "aria-modal": "true",
        "aria-labelledby": "sheet-name",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => this.#given(event, event.dataTransfer),
        onpaste: (event) => this.#given(event, event.clipboardData),
      },
      h("div", { class: "sheet-head" }, h("h2", { id: "sheet-name" }, this.#texts.form_title), close),
      this.body,
    );
  }

  #build(takesFiles) {
    const texts = this.#texts;
    this.told = h("p", { class: "told", role: "alert", hidden: true });
    this.submit = h("button", { type: "submit", class: "solid" }, texts.form_submit);
    const rows = Object.keys(FIELDS).map((name) => this.#field(name));
    this.tray = takesFiles ? this.#trayed() : null;
    const form = h(
      "form",
      { noValidate: true, onsubmit: (event) => this.#submit(event) },
      h("p", { class: "soft" }, texts.form_intro),
      rows,
      this.tray ? [this.tray.node, this.#picker()] : null,
      this.told,
      h("div", { class: "row" }, this.submit, press("link", this.#act.close, texts.form_back)),
      h("p", { class: "soft" }, texts.form_privacy),
    );
    this.body.replaceChildren(form);
  }

  #field(name) {
    const { tag = "input", ...props } = FIELDS[name];
    const wrong = h("span", { class: "wrong", id: `${name}-wrong`, hidden: true });
    const input = h(tag, {
      id: `field-${name}`,
      ...props,
      value: this.#draft[name] ?? "",
      "aria-describedby": `${name}-wrong`,
      oninput: () => {
        this.#set({ [name]: input.value });
        if (!wrong.hidden) this.#check();
      },
    });
    if (props.required) input.setAttribute("aria-required", "true");
    this.#fields[name] = { input, wrong };
    const label = h("label", { htmlFor: input.id }, this.#texts.form_fields[name]);
    return h("div", { class: `field ${name}` }, label, input, wrong);
  }

  #trayed() {
    const store = { get: () => this.#draft.files ?? [], set: (files) => this.#set({ files }) };
    const left = () => ({ ...this.#limits, left: this.#limits.most - (this.#draft.sent ?? []).length });
    const onEmpty = () => this.pick.focus();
    const tray = new Tray({ texts: this.#texts, limits: left, store, onChange() {}, onEmpty });
    if (store.get().length) this.#adding = tray.restore();
    return tray;
  }

  #picker() {
    const input = h("input", { type: "file", accept: this.#limits.types.join(), multiple: true, hidden: true });
    input.addEventListener("change", () => {
      this.#add([...input.files]).then(() => this.pick.focus());
      input.value = "";
    });
    this.pick = press("pick", () => input.click(), icon("clip"), this.#texts.file_add);
    return [this.pick, input];
  }

  #given(event, data) {
    const files = [...(data?.files ?? [])];
    event.stopPropagation();
    if (!files.length || !this.tray) return;
    event.preventDefault();
    this.#add(files);
  }

  #add(files) {
    this.#adding = Promise.all([this.#adding, this.tray.add(files)]);
    return this.#adding;
  }

  /** The first field that is not right, or null; each says what is wrong with it. */
  #check() {
    const { question, phone, email } = this.#values();
    const texts = this.#texts;
    const wrong = {
      question: question ? "" : texts.form_wrong.question,
      phone: phone || email ? (phone && !PHONE.test(phone) ? texts.form_wrong.phone : "") : texts.form_wrong.contact,
      email: email && !MAIL.test(email) ? texts.form_wrong.email : "",
    };
    for (const [name, text] of Object.entries(wrong)) {
      const field = this.#fields[name];
      field.wrong.textContent = text;
      field.wrong.hidden = !text;
      field.input.setAttribute("aria-invalid", Boolean(text));
    }
    return Object.keys(wrong).find((name) => wrong[name]) ?? null;
  }

  async #submit(event) {
    event.preventDefault();
    await this.#adding;
    if (this.#draft.pending || !this.node.isConnected) return undefined; // pressed twice, or left by now
    const first = this.#check();
    if (first) return this.#fields[first].input.focus();
    const files = this.tray?.take() ?? [];
    const sent = [...(this.#draft.sent ?? []), ...files.map(({ id }) => id)]; // those of a refused attempt still count
    this.#set({ pending: true, sent });
    this.#pending();
    this.#act.submit({ client_id: this.clientId, ...this.#values(), attachments: sent }, files);
    return undefined;
  }

  #values() {
    return Object.fromEntries(Object.entries(this.#fields).map(([name, { input }]) => [name, input.value.trim()]));
  }

  #set(change) {
    this.#draft = { ...this.#draft, ...change };
    this.#drafts.set(DRAFT, this.#draft);
  }

  #pending() {
    const { pending = false } = this.#draft;
    for (const { input } of Object.values(this.#fields)) input.disabled = pending;
    this.submit.disabled = pending;
    if (this.pick) this.pick.disabled = pending;
    this.#say(pending ? this.#texts[navigator.onLine ? "form_sending" : "form_queued"] : "");
  }

  #say(text) {
    this.told.textContent = text;
    this.told.hidden = !text;
  }
}
