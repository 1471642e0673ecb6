(() => {
  const id = name => document.getElementById(name);
  const body = document.querySelector("#units tbody");
  const rows = [...body.rows];
  const heads = [...document.querySelectorAll("#units thead th")];
  const texts = rows.map(row => row.textContent.toLowerCase());
  const whole = id("count").textContent;

  // A number where the cell has one, else its words; nothing for an empty cell.
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v !== undefined ? Number(cell.dataset.v) : cell.textContent;
  };
  const compare = (a, b, way) => {
    if (a === b) return 0;
    if (a === "") return 1;
    if (b === "") return -1;
    return way * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
  };
  const sort = head => {
    const column = heads.indexOf(head);
    const isRising = head.classList.contains("word") || head.classList.contains("small") || column === 0;
    const first = isRising ? "ascending" : "descending", other = isRising ? "descending" : "ascending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    heads.forEach(each => { if (each.hasAttribute("aria-sort")) each.setAttribute("aria-sort", each === head ? order : "none"); });
    const keys = new Map(rows.map((row, place) => [row, { key: value(row, column), place }]));
    const way = order === "ascending" ? 1 : -1;
    [...rows].sort((a, b) => compare(keys.get(a).key, keys.get(b).key, way) || keys.get(a).place - keys.get(b).place).forEach(row => body.append(row));
  };
  const find = () => {
    const words = id("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const layer = id("layer") ? id("layer").value : "";
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !(words.every(word => texts[place].includes(word)) && (!layer || row.dataset.layer === layer));
      if (!row.hidden) shown += 1;
    });
    id("nothing").hidden = shown > 0;
    id("count").textContent = shown === rows.length ? whole : `${shown} of ${rows.length} units`;
  };

  heads.forEach(head => { const button = head.querySelector("button"); if (button) button.onclick = () => sort(head); });
  id("tools").onsubmit = event => event.preventDefault();
  id("search").oninput = find;
  if (id("layer")) id("layer").onchange = find;
  document.addEventListener("keydown", event => {
    if (event.key === "/" && document.activeElement !== id("search")) { event.preventDefault(); id("search").focus(); }
  });
  id("tools").hidden = false;
})();
