/** What files a visitor may choose; the gateway has the last word, by content. */

const MIB = 1024 * 1024;
const TYPES = {
  picture: ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"],
  pdf: [".pdf"],
  office: [".docx", ".xlsx"],
  text: [".txt", ".log", ".csv"],
  zip: [".zip"],
};
const USUAL = { largest: 10 * MIB, most: 5, kinds: Object.keys(TYPES) };

/** `told` is what the gateway says when a session begins; `types` are for the file dialog. */
export function limits(told) {
  const { largest, most, kinds } = { ...USUAL, ...told };
  const known = Object.keys(TYPES).filter((kind) => kinds.includes(kind));
  return { largest, most, kinds: known, types: known.flatMap((kind) => TYPES[kind]) };
}

/** Whether its type or its ending is one of `types`. */
export function fits({ name, type }, types) {
  return types.includes(type) || types.includes(/\.\w+$/.exec(name.toLowerCase())?.[0]);
}
