/** Lists to tick: one box for all of them, and a button that says how many. */

export function ticks() {
  for (const form of document.querySelectorAll("[data-ticks]")) count(form);
  document.addEventListener("change", ({ target }) => {
    const form = target.form;
    if (!form?.matches("[data-ticks]")) return;
    if (target.matches("[data-all]")) boxes(form).forEach((box) => (box.checked = target.checked));
    count(form);
  });
}

const boxes = (form) => [...form.elements].filter((field) => field.name === "entry");

function count(form) {
  const ticked = boxes(form).filter((box) => box.checked).length;
  for (const field of form.elements) {
    if (field.matches("[data-all]")) {
      field.checked = ticked > 0 && ticked === boxes(form).length;
      field.indeterminate = ticked > 0 && !field.checked;
    }
    if (!field.matches("[data-ticked]")) continue;
    field.dataset.says ??= field.textContent;
    field.textContent = ticked ? `${field.dataset.says}（${ticked}）` : field.dataset.says;
    field.disabled = !ticked;
  }
}
