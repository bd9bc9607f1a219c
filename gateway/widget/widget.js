/*
 * 工答 website widget, the one tag a site needs:
 *
 *   <script src="/widget/widget.js" data-site="demo" async></script>
 *
 * Settings, as data- attributes or in window.gongdaSettings before this script runs:
 *   site      which site of the vendor this is (default "default")
 *   base      where the gateway answers (default: the folder above this script's)
 *   locale    zh-CN, zh-TW, zh-HK or en (default: what page and browser say)
 *   position  right or left
 *   theme     auto, light or dark
 *   launcher  hidden: no button of ours, the site opens the panel itself
 * and only in gongdaSettings: suggestions, identity (see identify), hint (see hint).
 *
 * window.gongda then has open(draft?), close(), toggle(), setLocale(locale), identify(person), hint(place) and
 * reset(), each returning a promise; on(event, listener) and off(event, listener); and the promise `ready`.
 * Calls before this script has run wait in a stub: window.gongda = {q: [["open", "..."], ...]}.
 * Nothing is sent to the gateway until the visitor opens the panel, or has done so before. See docs/widget.md.
 */
(() => {
  "use strict";

  const early = window.gongda;
  if (early && !Array.isArray(early.q)) return; // the tag stands twice on this page

  const tag = document.currentScript || document.querySelector('script[src*="widget/widget.js"]');
  const home = new URL(".", tag.src);
  const settings = { site: "default", ...tag.dataset, ...window.gongdaSettings };
  settings.home = home.href;
  settings.base = new URL(settings.base || "..", home).href.replace(/\/+$/, "");

  const bodyReady = new Promise((resolve) => {
    if (document.body) resolve();
    else document.addEventListener("DOMContentLoaded", resolve, { once: true });
  });

  const element = import(new URL("parts/element.js", home).href).then(async ({ createWidget }) => {
    await bodyReady;
    return createWidget(settings);
  });
  element.catch((error) => console.error("工答 widget did not start:", error));

  const method = (name) => async (...args) => (await element)[name](...args);
  const listeners = new Map(); // of the site, by event and function

  const gongda = {
    ready: element.then(() => undefined),
    on(event, listener) {
      gongda.off(event, listener);
      const heard = ({ detail }) => listener(detail);
      listeners.set(listener, { ...listeners.get(listener), [event]: heard });
      window.addEventListener(`gongda:${event}`, heard);
    },
    off(event, listener) {
      const heard = listeners.get(listener)?.[event];
      if (heard) window.removeEventListener(`gongda:${event}`, heard);
    },
  };
  gongda.ready.catch(() => {});
  for (const name of ["open", "close", "toggle", "setLocale", "identify", "hint", "reset"]) gongda[name] = method(name);
  window.gongda = Object.freeze(gongda);
  for (const [name, ...args] of early?.q ?? []) gongda[name]?.(...args);
})();
