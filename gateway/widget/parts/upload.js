/** Sends a file, and says how far it is. XMLHttpRequest, because fetch tells nothing while it sends. */

import { ApiError } from "./api.js";
import { drop, find } from "./blobs.js";

/** No byte has moved for this long: the line is dead. */
const STALLED_MS = 30_000;
/** All bytes are there, and the gateway looks at them; others may be before us. */
const LOOKED_AT_MS = 120_000;

/** The gateway's answer. `tell(share)` hears 0 to 1. Throws ApiError, or TypeError without a network. */
export async function upload(api, item, tell) {
  const to = api.address(item.path); // while the session lasts: another may begin before the file is found
  const { client_id: id, text, file, quiet } = item.body;
  const blob = await find(id);
  if (!blob) throw new ApiError(410, null); // the browser has thrown it away
  const form = new FormData();
  form.append("client_id", id);
  if (text) form.append("text", text);
  if (quiet) form.append("quiet", "1");
  form.append("file", blob, file.name);
  const answer = await send(...to, form, tell);
  drop(id);
  return answer;
}

function send(address, headers, form, tell) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled = 0;
    const moved = (patience = STALLED_MS) => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), patience);
    };
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      tell(total ? loaded / total : 0);
    };
    request.upload.onload = () => moved(LOOKED_AT_MS);
    request.onabort = request.onerror = () => reject(new TypeError("the file was not sent"));
    request.onload = () => {
      const told = read(request.responseText);
      if (request.status < 300) resolve(told);
      else reject(new ApiError(request.status, told, request.getResponseHeader("Retry-After")));
    };
    request.onloadend = () => clearTimeout(stalled);
    moved();
    request.send(form);
  });
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
