// Questions come in a dialog: the focus is on the safe button, Esc closes, and the focus goes back to where it was.
(() => {
  const dialog = document.getElementById("dialog");
  if (!dialog) return;
  let opener = "";
  let asked = "";
  const SILENT = "The portal does not answer. Try again.";

  const say = (text) => {
    const region = document.getElementById("announce");
    if (region) region.textContent = text;
  };

  // What asked may have changed or gone meanwhile: then its row's link, or the title of the page.
  const goBack = () => {
    const asker = document.getElementById(opener);
    const row = document.getElementById(opener.replace("verb-", "job-"));
    const place = asker ?? row?.querySelector(".entry-what a") ?? document.querySelector("h1");
    if (place?.tagName === "H1") place.tabIndex = -1;
    place?.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-ask]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!dialog.open) opener = link.id;
    asked = link.href;
    htmx.ajax("GET", asked, { target: dialog, swap: "innerHTML" }).catch(() => {}); // told of by the events below
  });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target !== dialog || !dialog.childElementCount) return;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-safe]")?.focus();
  });
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    goBack();
  });

  // Done: the page asks for its news at once.
  document.addEventListener("verb-done", (event) => {
    dialog.close();
    say(event.detail.said);
    htmx.trigger("#poller", "look-now");
  });
  const trouble = (event) => {
    if (event.detail.target !== dialog) return;
    if (!dialog.open) {
      location.href = asked; // the page says what is wrong
      return;
    }
    dialog.querySelector(".ask-trouble")?.remove();
    const line = Object.assign(document.createElement("p"), { className: "ask-trouble", textContent: SILENT });
    dialog.querySelector(".ask-actions")?.before(line);
    say(SILENT);
  };
  for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(kind, trouble);

  // An action that is gone after an update leaves the focus in its row.
  let focused = "";
  const remember = () => { focused = document.activeElement?.id ?? ""; };
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", () => {
    if (!focused.startsWith("verb-") || document.getElementById(focused)) return;
    opener = focused;
    focused = "";
    goBack();
  });
})();
