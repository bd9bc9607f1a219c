/** How a text is cut for a channel that takes only so many bytes: the same as gateway/channels/splitting.py. */

const LINE_END = /\n+/gu;
const SENTENCE_END = /[。！？!?；;…]+[”’」』）)】]*|(?<=[A-Za-z])\.(?=\s)|\n+/gu;
const CLAUSE_END = /[，、：,]+|\s+/gu;
const WHOLE = new RegExp(
  [
    String.raw`https?://[^\s，。；、！？）】》”’]+`,
    String.raw`[A-Za-z]:\\(?:[^\\/:*?"<>|\r\n，。；、！？【】（）]+\\)*[^\\/:*?"<>|\s，。；、！？【】（）]*`,
    String.raw`(?<![A-Za-z0-9])/[^\s，。；、！？【】（）/]+(?:/[^\s，。；、！？【】（）/]+)+`,
    String.raw`[\x21-\x7e]+`,
  ].join("|"),
  "gu",
);
const LONGEST_WHOLE = 300;
const LONGEST_CLUSTER = 16;
const CONTINUES = /^[\p{M}\u200d\u{1f3fb}-\u{1f3ff}]$/u;

const encoder = new TextEncoder();

/** Bytes of UTF-8. */
export const size = (text) => encoder.encode(text).length;

/** Parts of at most `limit` bytes each; those that are only blanks are left out, because nobody sends them. */
export function parts(text, limit) {
  const found = [];
  let rest = text;
  while (rest) {
    const end = cut(rest, limit);
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return found.filter((part) => part.trim());
}

function cut(text, limit) {
  const reach = reached(text, limit);
  if (reach >= text.length) return text.length;
  const whole = wholes(text, reach);
  return (
    last(LINE_END, text, reach, Math.floor((reach * 3) / 4), whole) ||
    last(SENTENCE_END, text, reach, Math.floor(reach / 4), whole) ||
    last(CLAUSE_END, text, reach, Math.floor(reach / 2), whole) ||
    (whole.find(([start, stop]) => start < reach && reach < stop)?.[0] ?? 0) ||
    cluster(text, reach)
  );
}

function reached(text, limit) {
  let used = 0;
  let at = 0;
  for (const char of text) {
    used += size(char);
    if (used > limit) return at;
    at += char.length;
  }
  return at;
}

function last(pattern, text, reach, earliest, whole) {
  const ends = [...matches(pattern, text.slice(0, reach), earliest)].map(([, stop]) => stop);
  return ends.reverse().find((end) => !whole.some(([start, stop]) => start < end && end < stop)) ?? 0;
}

function wholes(text, reach) {
  const found = [...matches(WHOLE, text.slice(0, reach + LONGEST_WHOLE), 0)];
  return found.filter(([start, stop]) => stop - start < LONGEST_WHOLE);
}

function* matches(pattern, text, from) {
  const search = new RegExp(pattern.source, pattern.flags);
  search.lastIndex = from;
  for (let found = search.exec(text); found; found = search.exec(text)) {
    yield [found.index, found.index + found[0].length];
    if (!found[0]) search.lastIndex += 1;
  }
}

function cluster(text, reach) {
  for (let at = reach; at > Math.max(0, reach - LONGEST_CLUSTER); at -= 1) {
    const next = String.fromCodePoint(text.codePointAt(at));
    const half = /[\udc00-\udfff]/.test(text[at]);
    if (!half && !CONTINUES.test(next) && text[at - 1] !== "\u200d") return at;
  }
  return reach;
}
