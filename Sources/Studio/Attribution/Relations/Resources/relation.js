"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage"), context = stage.getContext("2d");
const bytes = Uint8Array.from(atob(data.values), letter => letter.charCodeAt(0));
const shares = new Int8Array(bytes.buffer);
const area = data.shallow.rows * data.shallow.columns;
const photo = new Image();
const blue = [26, 92, 242], orange = [255, 115, 0];
let chosen = data.first;

// Between the middles of positions, the edge's values held.
function place(pixel, first, step, count) {
  const position = Math.min(Math.max((pixel - first) / step, 0), count - 1);
  const lower = Math.min(Math.floor(position), Math.max(count - 2, 0));
  return [lower, Math.min(lower + 1, count - 1), position - lower];
}

function draw() {
  const side = stage.width, own = document.getElementById("own").checked;
  context.drawImage(photo, 0, 0, side, side);
  const picture = context.getImageData(0, 0, side, side), pixels = picture.data;
  const map = shares.subarray(chosen * area, (chosen + 1) * area), scale = data.scales[chosen];
  const limit = own ? scale || 1 : data.limit;
  const across = [...Array(side).keys()].map(x => place(x + .5, data.shallow.firstColumn, data.shallow.columnStep, data.shallow.columns));
  for (let y = 0; y < side; y++) {
    const [top, bottom, down] = place(y + .5, data.shallow.firstRow, data.shallow.rowStep, data.shallow.rows);
    for (let x = 0; x < side; x++) {
      const [left, right, along] = across[x];
      const upper = map[top * data.shallow.columns + left] * (1 - along) + map[top * data.shallow.columns + right] * along;
      const lower = map[bottom * data.shallow.columns + left] * (1 - along) + map[bottom * data.shallow.columns + right] * along;
      const value = (upper * (1 - down) + lower * down) / 127 * scale / limit;
      const cover = .85 * Math.pow(Math.min(Math.abs(value), 1), .75), color = value < 0 ? blue : orange, pixel = 4 * (y * side + x);
      const grey = .299 * pixels[pixel] + .587 * pixels[pixel + 1] + .114 * pixels[pixel + 2];
      for (let channel = 0; channel < 3; channel++) {
        const shown = pixels[pixel + channel] + .75 * (grey - pixels[pixel + channel]);
        pixels[pixel + channel] = shown + cover * (color[channel] - shown);
      }
    }
  }
  context.putImageData(picture, 0, 0);
  const row = Math.floor(chosen / data.deep.columns), column = chosen % data.deep.columns;
  const x = data.deep.firstColumn + column * data.deep.columnStep, y = data.deep.firstRow + row * data.deep.rowStep;
  for (const [width, color] of [[4, "#000a"], [2, "#fff"]]) {
    context.lineWidth = width;
    context.strokeStyle = color;
    context.strokeRect(x - data.deep.columnStep / 2, y - data.deep.rowStep / 2, data.deep.columnStep, data.deep.rowStep);
  }
  document.getElementById("place").textContent = `row ${row}, column ${column}: length ${data.strengths[chosen].toPrecision(3)}`;
  document.getElementById("least").textContent = "−" + limit.toPrecision(3);
  document.getElementById("most").textContent = limit.toPrecision(3);
}

function choose(row, column) {
  row = Math.min(Math.max(row, 0), data.deep.rows - 1);
  column = Math.min(Math.max(column, 0), data.deep.columns - 1);
  if (row * data.deep.columns + column === chosen) return;
  chosen = row * data.deep.columns + column;
  draw();
}

stage.addEventListener("pointermove", event => {
  const box = stage.getBoundingClientRect(), scale = stage.width / box.width;
  choose(Math.round(((event.clientY - box.top) * scale - data.deep.firstRow) / data.deep.rowStep),
    Math.round(((event.clientX - box.left) * scale - data.deep.firstColumn) / data.deep.columnStep));
});
stage.addEventListener("keydown", event => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(Math.floor(chosen / data.deep.columns) + step[0], chosen % data.deep.columns + step[1]);
});
document.getElementById("own").addEventListener("change", draw);
photo.onload = draw;
photo.src = data.photo;
