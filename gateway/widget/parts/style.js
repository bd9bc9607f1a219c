/** The style sheet of the shadow root, in a way that `style-src 'self'` allows. */

/** Adopts style.css, or links it where style sheets cannot be constructed. Nothing is shown before it is there. */
export async function loadStyle(root, home) {
  const address = new URL("parts/style.css", home);
  if (!("adoptedStyleSheets" in root)) return link(root, address);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`style.css: HTTP ${response.status}`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  root.adoptedStyleSheets = [sheet];
  return undefined;
}

function link(root, address) {
  const node = document.createElement("link");
  node.rel = "stylesheet";
  node.href = address.href;
  root.append(node);
}
