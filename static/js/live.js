// Pages that refresh themselves: how answers are merged in, when to ask, and what is said when nobody answers.
(() => {
  // idiomorph changes what changed and leaves the rest, with its focus, alone.
  // What somebody has opened or typed into stays as it is, for as long as the server still has it.
  const changes = (old, fresh) => !(old.dataset?.keep !== undefined && old.id && old.id === fresh.id);
  htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap: (style, target, fragment) => {
      if (style !== "morph") return false;
      return Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML", callbacks: { beforeNodeMorphed: changes } });
    },
  });

  // By the time an answer is told of, the element that asked may have been replaced.
  const asker = (event) => event.detail.requestConfig?.elt ?? event.detail.elt;
  const polls = (element) => element?.id === "poller" || element?.classList?.contains("log-wait") === true;
  const folded = (element) => element.closest("details:not([open])") !== null;

  // Nothing is asked for while nobody can see it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    if (polls(element) && (document.hidden || folded(element))) event.preventDefault();
  });
  const lookNow = () => {
    for (const element of document.querySelectorAll("#poller, .log-wait")) htmx.trigger(element, "look-now");
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookNow(); });
  document.addEventListener("toggle", (event) => { if (event.target.open) lookNow(); }, true);

  const paused = (is) => {
    const live = document.getElementById("live");
    if (!live || live.classList.contains("is-paused") === is) return;
    live.classList.toggle("is-paused", is);
    const region = document.getElementById("announce");
    if (region) region.textContent = is ? "Updates are paused, trying again" : "Updates are live again";
  };
  for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(trouble, (event) => { if (polls(asker(event))) paused(true); });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (polls(asker(event)) && event.detail.successful) paused(false);
  });

  // Nothing moves under a pointer or a focus that is among the rows: new ones then come at the end.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "active-rows" || !target.matches(":hover, :focus-within")) return;
    event.detail.shouldSwap = false;
    target.append(...fragment.children);
  });

  // A log that is read at its end stays there while lines arrive.
  let follows = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const log = event.detail.elt?.closest(".log");
    if (!log || !polls(event.detail.elt)) return;
    follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40 ? log : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (follows) follows.scrollTop = follows.scrollHeight;
    follows = null;
  });
})();
