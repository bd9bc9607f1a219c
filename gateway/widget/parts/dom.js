/** Building DOM nodes. Data only ever becomes text nodes and attributes; innerHTML is used nowhere. */

const SVG = "http://www.w3.org/2000/svg";

/** Matches where the panel covers the whole page; the style sheets use the same width. */
export const NARROW = window.matchMedia("(max-width: 520px)");

const ICONS = {
  chat:
    "M12 3.5c5 0 9 3.3 9 7.5s-4 7.5-9 7.5c-.9 0-1.8-.1-2.6-.3L4.5 20.5l1-3.9C3.9 15.2 3 13.2 3 11" +
    "c0-4.2 4-7.5 9-7.5zM8 9.5h8M8 13h5",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19.5V5M5.5 11.5L12 5l6.5 6.5",
  person: "M5 20c.6-3.7 3.4-5.8 7-5.8s6.4 2.1 7 5.8M12 11.2a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6z",
  down: "M12 5v14M6 13l6 6 6-6",
  thumb:
    "M7.5 10.5v9h-3v-9zM7.5 10.5l3.6-7c1.5 0 2.6 1.2 2.4 2.7l-.5 3.3h5.3c1.3 0 2.2 1.2 1.9 2.4l-1.5 6" +
    "c-.2.9-1 1.6-2 1.6H7.5",
  clip: "M19.5 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.5 1.5 0 0 1-2.2-2.1l7-7",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
  screen: "M3.5 5h17v11h-17zM9 20h6M12 16v4M8.5 10.5h7M12 7v7",
  mark: "M4 19.5h16M6.5 19.5V10L12 4.5l5.5 5.5v9.5M9.5 13l1.8 1.8 3.4-3.6",
};

/**
 * An element. Properties starting with "on" are listeners, "class" and anything with a dash are attributes,
 * the rest are set as DOM properties; empty children are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class" || name === "role" || name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** A line drawing that screen readers skip. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button. */
export function press(style, onclick, ...children) {
  return h("button", { type: "button", class: style, onclick }, ...children);
}

/** True while Enter or Escape belongs to an input method: it picks a candidate and must not send or close. */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}
