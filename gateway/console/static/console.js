/** Entry point of every console page. */

import { dialogs, tidyAddress, toastOnLoad } from "./page.js";
import { forms } from "./forms.js";
import { queue } from "./queue.js";
import { showMarkdown } from "./shown.js";
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
queue(document.querySelector("[data-live=queue]"));
ticket(document.querySelector("[data-ticket]"));
writing(document.querySelector("[data-keep]"));
