/** Entry point of every console page. */

import { clocks } from "./clocks.js";
import { poll, startBadge, told } from "./desk.js";
import { keys } from "./keys.js";
import { dialogs, tidyAddress, toastOnLoad } from "./page.js";
import { forms } from "./forms.js";
import { queue } from "./queue.js";
import { showMarkdown } from "./shown.js";
import { sound } from "./sound.js";
import { listen } from "./stream.js";
import { ticket } from "./ticket.js";
import { ticks } from "./ticks.js";
import { watch } from "./watch.js";
import { dropSaved, writing } from "./writing.js";

dropSaved();
tidyAddress();
toastOnLoad();
dialogs();
forms();
ticks();
watch();
showMarkdown();
startBadge();
sound();
keys();
clocks();
queue(document.querySelector("[data-live=queue]"));
const open = document.querySelector("[data-ticket]");
ticket(open);
const { events } = document.body.dataset;
if (events && !open) listen(() => events, { desk: told }, poll); // a ticket's own stream tells both
writing(document.querySelector("[data-keep]"));
