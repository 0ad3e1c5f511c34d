// What every page has: the account menu, passwords that can be shown, busy buttons, copying, times that stay true.
(() => {
  const say = (text) => {
    const region = document.getElementById("announce");
    if (region) region.textContent = text;
  };

  // Passwords ------------------------------------------------------------------------------------------------------
  const draw = (button, shown) => {
    const icon = `<svg class="icon" width="18" height="18" aria-hidden="true"><use href="#${shown ? "eye-off" : "eye"}"></use></svg>`;
    button.innerHTML = `${icon}<span>${shown ? "Hide" : "Show"}</span>`;
  };
  for (const input of document.querySelectorAll(".field input[type=password]")) {
    const box = document.createElement("span");
    const button = document.createElement("button");
    const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
    box.className = "reveal";
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-label", `Show ${label ? label.firstChild.textContent.trim() : "password"}`);
    draw(button, false);
    input.replaceWith(box);
    box.append(input, button);
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      draw(button, shown);
    });
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }

  // A form is sent once ---------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[data-busy]");
    if (!button || event.defaultPrevented) return;
    if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.dataset.label = button.textContent;
    button.innerHTML = `<span class="busy-ring"></span>`;
    button.append(button.dataset.busy);
    say(button.dataset.busy);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return; // back from the next page: the form may be sent again
    for (const button of document.querySelectorAll("button[data-busy][aria-disabled]")) {
      button.removeAttribute("aria-disabled");
      button.textContent = button.dataset.label;
    }
  });

  // Errors: the summary takes the focus, its links lead into the inputs ------------------------------------------------
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    const input = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    event.preventDefault();
    (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
    input?.focus({ preventScroll: true });
  });

  // Copying ----------------------------------------------------------------------------------------------------------
  const text = (button) => {
    if ("copyLink" in button.dataset) return location.href;
    if (button.dataset.copyFrom) return document.getElementById(button.dataset.copyFrom)?.textContent ?? "";
    return button.dataset.copy;
  };
  if (!navigator.clipboard) document.documentElement.classList.add("no-copy");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-link], [data-copy-from]");
    if (!button) return;
    await navigator.clipboard.writeText(text(button));
    say("Copied");
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 2000);
  });

  // Toasts: six seconds, longer under the pointer, the focus, or with a link in them -------------------------------------
  for (const toast of document.querySelectorAll(".toast-line")) {
    toast.querySelector("[data-dismiss]").addEventListener("click", () => toast.remove());
    if (toast.querySelector("a")) continue;
    const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : toast.remove());
    setTimeout(leave, 6000);
  }

  // Times: the same words as the filter `ago` of the templates -----------------------------------------------------------
  const day = (date) => new Date(date).setHours(0, 0, 0, 0);
  const ago = (at) => {
    const minutes = Math.floor((Date.now() - at) / 60000);
    if (minutes < 1) return "just now";
    if (minutes < 60) return `${minutes} min ago`;
    return day(at) === day(Date.now()) ? `${Math.floor(minutes / 60)} h ago` : "";
  };
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const words = ago(new Date(time.dateTime));
      if (words && words !== time.textContent) time.textContent = words;
    }
  }, 15000);

  // Keys and the menu ----------------------------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const find = document.querySelector("[data-find]");
    if (event.key === "/" && find && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find.focus();
      find.select();
    }
    const menu = document.querySelector(".account[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".account[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
})();
