/** Server-sent events, with polling for as long as they do not come through. */

import { find } from "./page.js";

const POLL_MS = 3000;
const HIDDEN_MS = 20_000;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;
const REST_MS = 30_000; // a tab that is hidden for so long keeps no connection: browsers have six for each site

/**
 * `address()` is asked anew for each connection; `on` are handlers by event name; `poll()` fetches the same once.
 * One hidden tab of a browser keeps listening, for the sound; the others look every twenty seconds.
 */
export function listen(address, on, poll) {
  let source;
  let retry;
  let polling;
  let failures = 0;
  let over = false;

  const open = () => {
    clearTimeout(retry);
    if (over || source) return;
    source = new EventSource(address());
    source.onopen = () => {
      failures = 0;
      clearInterval(polling);
      polling = undefined;
      find("#offline").hidden = true;
    };
    source.onerror = () => {
      shut();
      failures += 1;
      look(POLL_MS);
      retry = setTimeout(open, Math.min(FIRST_RETRY_MS * failures, LAST_RETRY_MS));
    };
    for (const [name, handle] of Object.entries(on)) {
      source.addEventListener(name, ({ data }) => handle(JSON.parse(data)));
    }
    source.addEventListener("ended", () => {
      over = true;
      shut();
      poll(); // says why: signed out, or not allowed any more
    });
  };
  const shut = () => {
    source?.close();
    source = undefined;
  };
  const look = (every) => {
    poll();
    clearInterval(polling);
    polling = setInterval(() => over || poll(), every);
  };

  rests(
    () => {
      shut();
      clearTimeout(retry);
      look(HIDDEN_MS);
    },
    () => {
      if (source) return;
      poll();
      open();
    },
  );
  addEventListener("pagehide", shut);
  addEventListener("pageshow", ({ persisted }) => persisted && open());
  if (document.hidden) look(HIDDEN_MS); // opened behind others, perhaps ten of them: a connection when it is seen
  else open();
}

/** Calls `rest` when the tab has been hidden for a while and another one listens, `wake` when it is seen again. */
function rests(rest, wake) {
  let timer;
  let letGo;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        if (!navigator.locks) return; // nobody to agree with: better one connection too many than a missed call
        navigator.locks.request("gongda:ear", { ifAvailable: true }, (lock) => {
          if (!lock) return rest();
          return new Promise((resolve) => (letGo = resolve));
        });
      }, REST_MS);
    } else {
      letGo?.();
      letGo = undefined;
      wake();
    }
  });
}
