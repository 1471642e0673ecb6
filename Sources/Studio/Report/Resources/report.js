// Search, sorting, enlarging and copying of commands. Without scripts the page still shows every picture.
"use strict";
(() => {
  const plans = JSON.parse(document.getElementById("plans").textContent);
  const figures = [...document.querySelectorAll("figure")];
  const id = name => document.getElementById(name);
  const plan = figure => plans[figure.dataset.place];
  const words = figures.map(figure => (plan(figure).title + " " + plan(figure).file + " " + plan(figure).details.map(row => row[1]).join(" ")).toLowerCase());
  let shown = figures, current = -1;

  // Search: every word must be there; a number is an index, or stands in the text by itself.
  const matches = (figure, word) => {
    const text = words[figure.dataset.place];
    if (!/^\d+$/.test(word)) return text.includes(word);
    return figure.dataset.index === word || (figure.dataset.index === undefined && new RegExp("(^|[^0-9.])" + word + "($|[^0-9.])").test(text));
  };
  const find = () => {
    const sought = id("search").value.toLowerCase().split(/\s+/).filter(word => word);
    figures.forEach(figure => { figure.hidden = !sought.every(word => matches(figure, word)); });
    for (const section of document.querySelectorAll(".group, .model")) section.hidden = !section.querySelector("figure:not([hidden])");
    order();
    const all = figures.length, some = shown.length;
    id("count").textContent = (some === all ? "" : some + " of ") + all + (all === 1 ? " picture" : " pictures");
    id("nothing").hidden = some > 0;
  };
  const order = () => { shown = [...document.querySelectorAll("figure:not([hidden])")]; };

  const sort = () => {
    const way = id("sort").value;
    const score = figure => figure.dataset.score === undefined ? NaN : Number(figure.dataset.score);
    const before = (a, b) => {
      const [x, y] = [score(a), score(b)];
      const byPlace = a.dataset.place - b.dataset.place;
      if (way === "place" || (isNaN(x) && isNaN(y))) return byPlace;
      if (isNaN(x)) return 1;
      if (isNaN(y)) return -1;
      return (way === "high" ? y - x : x - y) || byPlace;
    };
    for (const grid of document.querySelectorAll(".grid")) grid.append(...[...grid.children].sort(before));
    order();
  };

  const rows = (list, target) => {
    target.replaceChildren(...list.flatMap(([name, value]) => {
      const [term, text] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      text.textContent = value;
      return [term, text];
    }));
  };

  // The plan beside the pointer or the focus.
  const hint = id("plan");
  const tell = event => {
    const figure = event.target.closest("figure");
    if (!figure || id("large").open) { hint.hidden = true; return; }
    const list = document.createElement("dl");
    rows(plan(figure).details, list);
    hint.replaceChildren(list);
    hint.hidden = false;
    const [box, size] = [figure.getBoundingClientRect(), hint.getBoundingClientRect()];
    const right = box.right + 10 + size.width < innerWidth;
    hint.style.left = Math.max(8, right ? box.right + 10 : box.left - size.width - 10) + "px";
    hint.style.top = Math.max(8, Math.min(box.top, innerHeight - size.height - 8)) + "px";
  };
  const canHover = matchMedia("(hover: hover)").matches;
  if (canHover) {
    document.addEventListener("mouseover", tell);
    document.addEventListener("focusin", tell);
  }
  addEventListener("scroll", () => { hint.hidden = true; }, { passive: true });

  // One picture, large.
  const large = id("large");
  const show = place => {
    if (shown.length === 0) return;
    current = (place + shown.length) % shown.length;
    const figure = shown[current], about = plan(figure), image = figure.querySelector("img");
    id("shown").src = image.src;
    id("shown").alt = image.alt;
    id("name").textContent = about.title;
    rows([["file", about.file], ...about.details], id("details"));
    const evidence = figure.querySelector(".evidence");
    id("evidence").replaceChildren(...(evidence ? [evidence.cloneNode(true)] : []));
    id("command").textContent = about.command;
    id("file").href = figure.querySelector("a").getAttribute("href");
    id("copy").textContent = "Copy command";
    hint.hidden = true;
    if (!large.open) large.showModal();
  };
  document.addEventListener("click", event => {
    const link = event.target.closest("figure a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show(shown.indexOf(link.closest("figure")));
  });
  id("before").onclick = () => show(current - 1);
  id("after").onclick = () => show(current + 1);
  id("close").onclick = () => large.close();
  large.addEventListener("click", event => { if (event.target === large) large.close(); });
  large.addEventListener("close", () => { if (shown[current]) shown[current].querySelector("a").focus(); });
  large.addEventListener("keydown", event => {
    if (event.key === "ArrowLeft") show(current - 1);
    if (event.key === "ArrowRight") show(current + 1);
  });
  id("copy").onclick = async () => {
    const text = id("command").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is a file may have no clipboard: selected, and copied as browsers once did.
      const range = document.createRange();
      range.selectNodeContents(id("command"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    id("copy").textContent = "Copied";
  };

  // The grid by arrow keys, the search by a slash.
  document.addEventListener("keydown", event => {
    if (large.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") hint.hidden = true;
    if (event.target.matches("input, select")) return;
    if (event.key === "/") { event.preventDefault(); id("search").focus(); return; }
    const figure = event.target.closest("figure"), step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!figure || !step) return;
    const next = shown[shown.indexOf(figure) + step];
    if (next) { event.preventDefault(); next.querySelector("a").focus(); }
  });

  id("tools").onsubmit = event => event.preventDefault();
  id("search").oninput = find;
  id("sort").onchange = sort;
  id("tools").hidden = false;
})();
