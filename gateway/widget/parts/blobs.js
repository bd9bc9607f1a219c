/** Files that wait to be sent, kept in IndexedDB so that they survive a reload; where that is refused, in memory. */

const NAME = "gongda";
const FILES = "files";
/** A file nobody has asked for in this time is forgotten. */
const KEEP_MS = 7 * 24 * 3_600_000;

const spare = new Map(); // what the browser did not want to keep
let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(FILES);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error);
  });
  opening.catch(() => {
    opening = null;
  });
  return opening;
}

/** The result of `work(store)` in a transaction of its own, once it is on disk. */
async function within(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(FILES, mode);
    const asked = work(transaction.objectStore(FILES));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** True when the file survives a reload. */
export async function keep(id, file) {
  try {
    await within("readwrite", (store) => store.put({ file, at: Date.now() }, id));
    return true;
  } catch {
    spare.set(id, file);
    return false;
  }
}

/** The file, or null. */
export async function find(id) {
  if (spare.has(id)) return spare.get(id);
  try {
    return (await within("readonly", (store) => store.get(id)))?.file ?? null;
  } catch {
    return null;
  }
}

export async function drop(id) {
  spare.delete(id);
  try {
    await within("readwrite", (store) => store.delete(id));
  } catch {
    // nothing was kept
  }
}

/** Another person sits here now, and another tab has cleared what all of them share. */
export function lose() {
  spare.clear();
}

/** Another person sits here now. */
export async function clear() {
  lose();
  try {
    await within("readwrite", (store) => store.clear());
  } catch {
    // nothing was kept
  }
}

/** Forgets files that were never sent and never removed, such as those of a tab that was closed. */
export async function tidy() {
  try {
    await within("readwrite", (store) => {
      const asked = store.openCursor();
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (!cursor) return;
        if (Date.now() - cursor.value.at > KEEP_MS) cursor.delete();
        cursor.continue();
      };
      return asked;
    });
  } catch {
    // nothing to tidy
  }
}
