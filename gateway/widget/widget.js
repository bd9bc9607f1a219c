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
 *
 * Afterwards window.gongda has open(draft?), close(), setLocale(locale) and reset(); each returns a promise.
 * Nothing is sent to the gateway until the visitor opens the panel, or has done so before.
 */
(() => {
  "use strict";

  if (window.gongda) return; // the tag stands twice on this page

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
  window.gongda = Object.freeze({
    open: method("open"),
    close: method("close"),
    setLocale: method("setLocale"),
    reset: method("reset"),
  });
})();
