// Progress between two answers of the server: by the clock, from where the server said the job was.
(() => {
  const known = new WeakMap();

  // The same words as the filter `duration` of the templates.
  const words = (seconds) => {
    if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  };
  const began = (bar) => {
    const ran = bar.dataset.ran;
    if (known.get(bar)?.ran !== ran) known.set(bar, { ran, at: performance.now() - Number(ran) * 1000 });
    return known.get(bar).at;
  };
  const tick = () => {
    for (const bar of document.querySelectorAll("progress[data-usual]")) {
      const usual = Number(bar.dataset.usual);
      const left = usual - (performance.now() - began(bar)) / 1000;
      if (left > 0) bar.value = Math.min(99, Math.max(1, Math.round(100 * (1 - left / usual))));
      else bar.removeAttribute("value");
      const line = bar.closest("[data-progress]")?.querySelector("[data-left]");
      if (line) line.textContent = left > 0 ? `About ${words(left)} left` : "Longer than usual";
    }
  };
  setInterval(tick, 1000);
})();
