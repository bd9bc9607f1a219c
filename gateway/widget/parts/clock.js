/** Times as people read them. */

/** The time of day today, with the date before it on any other day. `iso` carries its own offset. */
export function clockTime(iso, locale, now = new Date()) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const today = at.toDateString() === now.toDateString();
  const day = today ? {} : { month: "long", day: "numeric" };
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }; // hour12: false has 24:05 in some languages
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(at);
}
