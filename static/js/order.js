// The sentence of what will happen follows the answers, when a field is left.
(() => {
  const form = document.querySelector("[data-order]");
  if (!form) return;
  const inputs = (variable) => [...form.querySelectorAll(`[data-variable="${CSS.escape(variable)}"]`)];

  // An object of Tower is sent by its number, and read by its name.
  const words = (input) => input.labels[0]?.textContent.trim() || input.value;
  const shown = (input) => {
    if (input.type === "password") return "";
    if (input.getAttribute("role") === "switch") return input.checked ? "yes" : "no";
    if (input.type === "radio" || input.type === "checkbox") return input.checked && input.value ? words(input) : "";
    if (input.matches("select")) return [...input.selectedOptions].map((option) => option.value && option.text).filter(Boolean).join(", ");
    return input.value.trim();
  };
  const fill = () => {
    for (const place of form.querySelectorAll("[data-fills]")) {
      const found = inputs(place.dataset.fills);
      if (!found.length) continue;
      const answer = found.filter((one) => one.matches("input, select, textarea")).map(shown).filter(Boolean).join(", ");
      const words = answer || place.dataset.blank;
      if (place.textContent !== words) {
        place.textContent = words;
        place.classList.remove("is-wrong"); // a changed answer is not judged yet
      }
      place.classList.toggle("is-blank", !answer);
    }
  };
  form.addEventListener("change", fill);
  fill();
})();
