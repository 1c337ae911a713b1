// Curves over time: one chart at a time, read along a slider.
function startCurves() {
  const place = byId("curve-plot");
  if (!place) return;
  const slider = byId("curve-slider"), byRatios = byId("curve-log");
  const plot = new Plot(place, "Curves over time. Keys: plus, minus and arrows zoom and move, 0 shows all.", draw);
  let lines = [], times = [];

  /** The times of all lines that are read, each once. */
  function timesOf(lines) {
    const all = lines.filter(line => line.t.length > 2).flatMap(line => line.t).filter(t => t !== null);
    return [...new Set(all)].sort((a, b) => a - b);
  }

  function choose() {
    const chart = NUMBERS.charts[chosen("curve-choice")];
    lines = chart.lines.filter(line => line.point === chosen("curve-point"));
    times = timesOf(lines);
    slider.max = Math.max(times.length - 1, 0);
    slider.value = slider.max;
    plot.entries(lines.filter((line, i) => lines.findIndex(other => other.label === line.label) === i));
    reframe();
  }

  function reframe() {
    const name = NUMBERS.charts[chosen("curve-choice")].name.replaceAll("_", " ");
    const positive = times.filter(t => t > 0);
    byRatios.disabled = positive.length < 2;
    const logarithmic = byRatios.checked && positive.length > 1;
    const [from, to] = extent(logarithmic ? positive : lines.flatMap(line => line.t));
    const [low, high] = extent(lines.flatMap(line => line.y.concat(...(line.band || []))));
    const margin = 0.04 * (high - low);
    plot.frame([from, to, low - margin, high + margin], logarithmic, { id: "curves", x: "time t = kε", y: name });
    read();
  }

  function draw(plot) {
    const usable = t => t !== null && (!plot.logarithmic || t > 0);
    for (const line of lines) {
      const t = line.t.map(t => usable(t) ? t : null);
      if (line.band) plot.area(t, line.band[0], line.band[1], line.colour);
      plot.line(t.map((t, i) => [t, line.y[i]]), line);
      if (line.marks) {
        t.forEach((t, i) => {
          if (t === null || line.y[i] === null) return;
          add(plot.inside, "circle", { cx: plot.x(t), cy: plot.y(line.y[i]), r: 2.6, fill: "#ffffff",
            stroke: line.colour, "stroke-width": 1.3 });
        });
      }
    }
    const now = times[Number(slider.value)];
    if (now !== undefined && usable(now)) {
      const x = plot.x(now);
      add(plot.inside, "line", { x1: x, x2: x, y1: TOP, y2: HEIGHT - BELOW, stroke: "#444444", "stroke-dasharray": "2 2" });
    }
  }

  /** The value of a line at a time at which it was observed, or at the observation before. */
  function valueAt(line, time) {
    let found = null;
    line.t.forEach((t, i) => { if (t !== null && t <= time * (1 + 1e-9)) found = line.y[i]; });
    return found;
  }

  function read() {
    const now = times[Number(slider.value)];
    byId("curve-time").textContent = now === undefined ? "–" : short(now, 5);
    slider.setAttribute("aria-valuetext", now === undefined ? "nothing" : `t = ${short(now, 5)}`);
    const rows = lines.filter(line => line.t.length > 2).map(line => [line.label, short(valueAt(line, now), 6)]);
    tabulate(byId("curve-values"), "Values there", ["system", "value"], rows);
    plot.redraw();
  }

  const first = NUMBERS.charts[0].lines.find(line => line.t.length > 2);
  if (first) {
    const t = first.t.filter(t => t !== null && t > 0);
    byRatios.checked = t.length > 3 && (t[t.length - 1] - t[t.length - 2]) > 1.5 * (t[2] - t[1]);
  }
  byId("curve-choice").addEventListener("change", choose);
  byId("curve-point").addEventListener("change", choose);
  byRatios.addEventListener("change", reframe);
  slider.addEventListener("input", read);
  choose();
}
startCurves();
