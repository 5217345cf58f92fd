import { bindKeys } from "./keys.js";

/** Ticks everybody in the list, or nobody. */
for (const box of document.querySelectorAll("[data-ticks]")) {
  box.addEventListener("change", () => {
    for (const other of box.form.querySelectorAll(`[name="${box.dataset.ticks}"]`)) other.checked = box.checked;
  });
}

const board = document.querySelector("[data-board]");
const cells = [...(board?.querySelectorAll(".board-cell") ?? [])];

const at = (row, column) => cells.find((cell) => Number(cell.dataset.row) === row && Number(cell.dataset.column) === column);

/** The cell that has the focus, or the one that was shown last. */
const current = () => (document.activeElement?.matches?.(".board-cell") ? document.activeElement : board?.querySelector(".is-current .board-cell")) ?? cells[0];

function move(rows, columns) {
  const from = current();
  if (!from) return;
  if (document.activeElement !== from) return from.focus();
  at(Number(from.dataset.row) + rows, Number(from.dataset.column) + columns)?.focus();
}

const open = (what) => () => {
  const address = current()?.dataset[what];
  if (address) location.assign(address);
};

/** The cell that is looked at stays marked when the focus goes to its panel. */
for (const cell of cells) {
  cell.addEventListener("focus", () => {
    board.querySelector(".is-current")?.classList.remove("is-current");
    cell.closest("td").classList.add("is-current");
  });
}

if (cells.length) {
  bindKeys({
    ArrowDown: () => move(1, 0),
    ArrowUp: () => move(-1, 0),
    ArrowRight: () => move(0, 1),
    ArrowLeft: () => move(0, -1),
    t: open("target"),
    a: open("add"),
    r: open("round"),
  });
}
