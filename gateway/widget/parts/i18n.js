/** Languages: which one, and its texts from lang/<locale>.json. */

export const LOCALES = ["zh-CN", "zh-TW", "zh-HK", "en"];

/** The shipped locale nearest to a BCP 47 tag, or undefined. */
export function nearest(tag) {
  const [language, ...rest] = String(tag || "").toLowerCase().split(/[-_]/);
  if (language === "en") return "en";
  if (language === "yue") return "zh-HK";
  if (language !== "zh") return undefined;
  if (rest.includes("hk") || rest.includes("mo")) return "zh-HK";
  if (rest.includes("tw") || rest.includes("hant")) return "zh-TW";
  return "zh-CN";
}

/**
 * What the site asked for; else the browser's variant of the page's language (a reader in Taipei of a page in
 * Chinese gets zh-TW); else the page's language; else the browser's; else zh-CN.
 */
export function pickLocale(asked, page, browser = []) {
  const wanted = nearest(asked);
  if (wanted) return wanted;
  const ofPage = nearest(page);
  const ofBrowser = browser.map(nearest).filter(Boolean);
  if (!ofPage) return ofBrowser[0] || "zh-CN";
  return ofBrowser.find((locale) => locale.slice(0, 2) === ofPage.slice(0, 2)) || ofPage;
}

export async function loadTexts(home, locale) {
  const response = await fetch(new URL(`lang/${locale}.json`, home));
  if (!response.ok) throw new Error(`lang/${locale}.json: HTTP ${response.status}`);
  return response.json();
}

/** "还有 {n} 条" with {n: 3} becomes "还有 3 条". */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
