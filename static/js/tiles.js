// Tiles: a first tap opens, a second follows; arrows move between the tiles of a group; Esc shuts.
(() => {
  const shut = (except) => {
    for (const tile of document.querySelectorAll(".tile.is-open")) {
      if (tile === except) continue;
      tile.classList.remove("is-open");
      tile.parentElement.classList.remove("is-tapped");
    }
  };

  let touched = false;
  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
  document.addEventListener("keydown", () => { touched = false; }, true);
  document.addEventListener("click", (event) => {
    const tile = event.target.closest(".tile");
    shut(tile);
    if (!touched || !tile || tile.classList.contains("is-open") || tile.classList.contains("tile-paused")) return;
    event.preventDefault();
    tile.classList.add("is-open");
    tile.parentElement.classList.add("is-tapped");
    setTimeout(() => tile.scrollIntoView({ block: "nearest" }), 260); // once it has slid open
  });

  document.addEventListener("keydown", (event) => {
    const tile = event.target.closest?.(".tile");
    if (!tile) return;
    if (event.key === "Escape") {
      tile.classList.add("is-shut");
      shut();
      return;
    }
    const tiles = [...tile.closest(".tiles").querySelectorAll(".tile")];
    const next = neighbour(tile, tiles, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  for (const over of ["pointerout", "focusout"]) {
    document.addEventListener(over, (event) => {
      const tile = event.target.closest?.(".tile.is-shut");
      if (tile && !tile.contains(event.relatedTarget)) tile.classList.remove("is-shut");
    });
  }

  // The nearest tile in the direction of the arrow, by where the tiles stand.
  const neighbour = (tile, tiles, key) => {
    const middle = (element) => {
      const box = element.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    };
    const from = middle(tile);
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key] ?? [0, 0];
    let best = null;
    let least = Infinity;
    for (const other of tiles) {
      const to = middle(other);
      const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
      const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
      if (along > 4 && along + 2 * across < least) [best, least] = [other, along + 2 * across];
    }
    return best;
  };
})();
