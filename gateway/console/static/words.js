/** Sentences that scripts say; they stand in the page, so that they are written like the rest of it. */

export function word(name, values = {}) {
  const text = document.querySelector(`#words [data-word="${CSS.escape(name)}"]`)?.textContent ?? name;
  return text.replace(/\$(\w+)/g, (whole, key) => values[key] ?? whole);
}
