/** What kinds of files a visitor may choose; the gateway has the last word, by content. */

export const PICTURES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"];
export const ENDINGS = [".txt", ".log", ".csv", ".pdf", ".docx", ".xlsx", ".zip"];
/** As the file dialog wants it. */
export const ACCEPTED = [...PICTURES, ...ENDINGS].join();
