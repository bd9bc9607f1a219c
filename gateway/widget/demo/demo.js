/* Buttons that open the assistant, with a question ready to be sent. */
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.gongda?.open(button.dataset.ask));
}
