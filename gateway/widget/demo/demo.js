/* Keeps the assistant in the page's language; buttons that ask it something; the tag to copy; colours to try. */
const root = document.documentElement;
const tag = document.querySelector("script[data-site]");
const COOKIE = "gongda_demo_locale";
const YEAR_S = 365 * 24 * 3600;

/* The tag is async: a click may come before it has run. */
const assistant = new Promise((resolve) => {
  if (window.gongda) resolve(window.gongda);
  else tag.addEventListener("load", () => resolve(window.gongda), { once: true });
});

/** The page's language; readers from Hong Kong get their own wording on the page in Traditional. */
function wantedLocale() {
  const hongKong = navigator.languages.some((name) => /^zh-(hk|mo)|^zh-hant-(hk|mo)/i.test(name));
  return root.lang === "zh-TW" && hongKong ? "zh-HK" : root.lang;
}

/** The assistant keeps the language it was last given; the cookie says which one that was, here and to the server. */
async function follow() {
  const known = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  const wanted = wantedLocale();
  document.cookie = `${COOKIE}=${wanted}; path=/; max-age=${YEAR_S}; samesite=lax`;
  if (wanted !== (known || tag.dataset.locale)) await (await assistant).setLocale(wanted);
}

async function copy(button, name) {
  const code = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = button.dataset.done;
  } catch {
    // Without HTTPS a page may not write there: leave it selected.
    getSelection().selectAllChildren(code);
    button.textContent = button.dataset.failed;
  }
  setTimeout(() => {
    button.textContent = name;
  }, 4000);
}

function paint(name) {
  root.dataset.accent = name;
  const widget = document.querySelector("gongda-widget");
  const colour = widget && getComputedStyle(widget).getPropertyValue("--gongda-accent").trim();
  if (colour) document.getElementById("style").textContent = `gongda-widget { --gongda-accent: ${colour}; }`;
}

follow();
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", async () => (await assistant).open(button.dataset.ask));
}
for (const button of document.querySelectorAll("[data-copy]")) {
  const name = button.textContent; // not what a press before has made of it
  button.addEventListener("click", () => copy(button, name));
}
for (const radio of document.querySelectorAll("[name=accent]")) {
  radio.addEventListener("change", () => paint(radio.value));
}
for (const code of document.querySelectorAll("#tag")) {
  code.textContent = code.textContent.replace(/src="[^"]+"/, `src="${new URL("/widget/widget.js", location.origin)}"`);
}
