// Runs before the first paint: marks that scripts work, and applies the person's choice of light or dark.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem("theme") || "";
    } catch {
      return ""; // storage may be forbidden
    }
  };
  const apply = () => root.setAttribute("data-bs-theme", chosen() || (dark.matches ? "dark" : "light"));
  const press = () => {
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === chosen()));
    }
  };

  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", press);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.theme);
    } catch {
      root.setAttribute("data-bs-theme", button.dataset.theme || (dark.matches ? "dark" : "light"));
      return;
    }
    apply();
    press();
  });
})();
