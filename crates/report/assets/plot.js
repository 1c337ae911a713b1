// A panel with axes that can be zoomed: what curves and laws have in common. Lines, areas and marks are SVG.
const SVG = "http://www.w3.org/2000/svg";
const NUMBERS = JSON.parse(document.getElementById("numbers").textContent);
const WIDTH = 900, HEIGHT = 400, LEFT = 70, RIGHT = 16, TOP = 14, BELOW = 46;

/** A new element with attributes, at the end of another. Text is set as text, never as markup. */
function add(parent, name, attributes = {}, text = null) {
  const element = parent.namespaceURI === SVG || name === "svg"
    ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  parent.append(element);
  return element;
}

function byId(id) { return document.getElementById(id); }

/** A number to so many digits, as people write it. */
function short(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(digits)));
  return value.toExponential(Math.max(digits - 2, 1)).replace("e+", "e");
}

/** Round places for ticks between two ends. */
function ticks(low, high, logarithmic) {
  if (logarithmic && high / low >= 8) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      const place = Number(`1e${power}`);
      if (place >= low * 0.999 && place <= high * 1.001) found.push(place);
    }
    const every = Math.ceil(found.length / 9);
    return found.filter((_, i) => i % every === 0);
  }
  const rough = (high - low) / 6;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * unit).find(step => step >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-9 * step && found.length < 50; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** The least and the largest of some numbers, apart from one another; nulls do not count. */
function extent(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
}

/** A panel: its view is [x from, x to, y from, y to], all of it until it is zoomed. */
class Plot {
  constructor(place, label, draw) {
    this.draw = draw;
    const buttons = add(place, "div", { class: "buttons" });
    const button = (text, label, act) => {
      add(buttons, "button", { type: "button", "aria-label": label }, text).addEventListener("click", act);
    };
    button("+", "Zoom in", () => this.zoom(0.5));
    button("−", "Zoom out", () => this.zoom(2));
    button("←", "To the left", () => this.pan(-0.25, 0));
    button("→", "To the right", () => this.pan(0.25, 0));
    button("All", "Show all", () => this.reset());
    this.svg = add(place, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "figure", tabindex: "0",
      "aria-label": label });
    this.legend = add(place, "ul", { class: "legend" });
    this.svg.addEventListener("keydown", event => this.key(event));
    this.svg.addEventListener("dblclick", () => this.reset());
    this.svg.addEventListener("pointerdown", event => this.begin(event));
    this.svg.addEventListener("pointermove", event => this.move(event));
    this.svg.addEventListener("pointerup", event => this.end(event));
  }

  /** New ends of all that is there; the view goes back to it. */
  frame(whole, logarithmic, names) {
    this.whole = whole;
    this.view = whole.slice();
    this.logarithmic = logarithmic;
    this.names = names;
    this.redraw();
  }

  onLine(value) { return this.logarithmic ? Math.log(value) : value; }
  offLine(place) { return this.logarithmic ? Math.exp(place) : place; }

  x(value) {
    const [low, high] = [this.onLine(this.view[0]), this.onLine(this.view[1])];
    return LEFT + (WIDTH - LEFT - RIGHT) * (this.onLine(value) - low) / (high - low);
  }

  y(value) {
    return TOP + (HEIGHT - TOP - BELOW) * (this.view[3] - value) / (this.view[3] - this.view[2]);
  }

  /** The point of the panel under a pointer. */
  under(event) {
    const box = this.svg.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    const down = ((event.clientY - box.top) / box.height * HEIGHT - TOP) / (HEIGHT - TOP - BELOW);
    return [Math.min(Math.max(across, 0), 1), Math.min(Math.max(down, 0), 1)];
  }

  /** Shows the part of the view between two points of it, as shares from the left and from the top. */
  show(left, right, top, bottom) {
    const [from, to] = [this.onLine(this.view[0]), this.onLine(this.view[1])];
    const [least, most] = [this.view[2], this.view[3]];
    this.view = [this.offLine(from + left * (to - from)), this.offLine(from + right * (to - from)),
      most - bottom * (most - least), most - top * (most - least)];
    this.redraw();
  }

  zoom(factor) { const half = factor / 2; this.show(0.5 - half, 0.5 + half, 0.5 - half, 0.5 + half); }
  pan(right, down) { this.show(right, 1 + right, down, 1 + down); }
  reset() { this.view = this.whole.slice(); this.redraw(); }

  key(event) {
    const acts = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2),
      "0": () => this.reset(), ArrowLeft: () => this.pan(-0.25, 0), ArrowRight: () => this.pan(0.25, 0),
      ArrowUp: () => this.pan(0, -0.25), ArrowDown: () => this.pan(0, 0.25) };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  }

  begin(event) {
    this.from = this.under(event);
    this.svg.setPointerCapture(event.pointerId);
    this.box = add(this.svg, "rect", { fill: "#00558a", "fill-opacity": 0.15, stroke: "#00558a" });
  }

  move(event) {
    if (!this.from) return;
    const to = this.under(event);
    const [across, down] = [WIDTH - LEFT - RIGHT, HEIGHT - TOP - BELOW];
    const place = { x: LEFT + across * Math.min(this.from[0], to[0]), y: TOP + down * Math.min(this.from[1], to[1]),
      width: across * Math.abs(this.from[0] - to[0]), height: down * Math.abs(this.from[1] - to[1]) };
    for (const [key, value] of Object.entries(place)) this.box.setAttribute(key, value);
  }

  end(event) {
    if (!this.from) return;
    const from = this.from, to = this.under(event);
    this.from = null;
    this.box.remove();
    const sorted = i => [Math.min(from[i], to[i]), Math.max(from[i], to[i])];
    const [left, right] = sorted(0), [top, bottom] = sorted(1);
    if (right - left > 0.02 && bottom - top > 0.02) this.show(left, right, top, bottom);
  }

  redraw() {
    this.svg.replaceChildren();
    const clip = add(add(this.svg, "defs"), "clipPath", { id: `clip-${this.names.id}` });
    const inside = { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BELOW };
    add(clip, "rect", inside);
    this.axes();
    this.inside = add(this.svg, "g", { "clip-path": `url(#clip-${this.names.id})` });
    this.draw(this);
    add(this.svg, "rect", { ...inside, fill: "none", stroke: "#444444" });
  }

  axes() {
    const bottom = HEIGHT - BELOW;
    for (const place of ticks(this.view[0], this.view[1], this.logarithmic)) {
      const x = this.x(place);
      add(this.svg, "line", { x1: x, x2: x, y1: TOP, y2: bottom, stroke: "#e4e4e4" });
      add(this.svg, "text", { x, y: bottom + 17, "text-anchor": "middle" }, short(place));
    }
    for (const place of ticks(this.view[2], this.view[3], false)) {
      const y = this.y(place);
      add(this.svg, "line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, stroke: "#e4e4e4" });
      add(this.svg, "text", { x: LEFT - 7, y: y + 4, "text-anchor": "end" }, short(place));
    }
    add(this.svg, "text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, this.names.x);
    add(this.svg, "text", { transform: `translate(14 ${(TOP + bottom) / 2}) rotate(-90)`,
      "text-anchor": "middle" }, this.names.y);
  }

  /** A line through points; it is broken where a value is missing. */
  line(points, look) {
    let path = "", pen = "M";
    for (const [x, y] of points) {
      if (y === null || x === null) { pen = "M"; continue; }
      path += `${pen}${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`;
      pen = "L";
    }
    add(this.inside, "path", { d: path, fill: "none", stroke: look.colour, "stroke-width": 1.8,
      "stroke-dasharray": look.dash, "stroke-linejoin": "round" });
  }

  /** The area between two edges over x. */
  area(xs, low, high, colour) {
    const whole = xs.map((x, i) => [x, low[i], high[i]]).filter(([x, a, b]) => x !== null && a !== null && b !== null);
    if (whole.length < 2) return;
    const point = (x, y) => `${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`;
    const upper = whole.map(([x, , b]) => point(x, b)), lower = whole.map(([x, a]) => point(x, a)).reverse();
    add(this.inside, "path", { d: `M${upper.concat(lower).join("L")}Z`, fill: colour, "fill-opacity": 0.16 });
  }

  /** The legend: a sample of each look with its words. */
  entries(items) {
    this.legend.replaceChildren();
    for (const { label, colour, dash, marks } of items) {
      const item = add(this.legend, "li");
      const sample = add(item, "svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
      add(sample, "line", { x1: 1, x2: 33, y1: 6, y2: 6, stroke: colour, "stroke-width": 2, "stroke-dasharray": dash });
      if (marks) add(sample, "circle", { cx: 17, cy: 6, r: 3.2, fill: "#ffffff", stroke: colour, "stroke-width": 1.6 });
      item.append(label);
    }
  }
}

/** A table of numbers in place of what was there. */
function tabulate(place, caption, heads, rows) {
  place.replaceChildren();
  const table = add(place, "table");
  add(table, "caption", {}, caption);
  const head = add(add(table, "thead"), "tr");
  for (const text of heads) add(head, "th", { scope: "col" }, text);
  const body = add(table, "tbody");
  for (const [name, ...cells] of rows) {
    const row = add(body, "tr");
    add(row, "th", { scope: "row" }, name);
    for (const cell of cells) add(row, "td", { class: "number" }, cell);
  }
}

/** The number that is chosen in an element `select`. */
function chosen(id) { return Number(byId(id).value) || 0; }
