/** Answers as customers see them, by the widget's own rules. Where those cannot be had, the text stays as it is. */

let rules;

export async function showMarkdown(root = document) {
  const parts = root.querySelectorAll("[data-markdown]:not([data-shown])");
  if (!parts.length) return;
  rules ??= import("/widget/parts/markdown.js").catch(() => null);
  const loaded = await rules;
  if (!loaded) return;
  for (const part of parts) {
    part.replaceChildren(...loaded.markdown(part.textContent));
    part.dataset.shown = "";
  }
}
