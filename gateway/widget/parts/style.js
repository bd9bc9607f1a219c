/** Style sheets of the shadow root, in a way that `style-src 'self'` allows. */

/** Adopts a sheet from parts/, or links it where style sheets cannot be constructed. */
export async function loadStyle(root, home, name) {
  const address = new URL(`parts/${name}`, home).href;
  if (!("adoptedStyleSheets" in root)) {
    root.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }));
    return;
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
