/** Entry point of every console page. */

import { dialogs, tidyAddress, toastOnLoad } from "./page.js";
import { forms } from "./forms.js";
import { queue } from "./queue.js";
import { ticket } from "./ticket.js";

tidyAddress();
toastOnLoad();
dialogs();
forms();
queue(document.querySelector("[data-live=queue]"));
ticket(document.querySelector("[data-ticket]"));
