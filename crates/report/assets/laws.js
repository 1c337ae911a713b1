// Laws over time: one coordinate at a time, a snapshot at each place of the slider, all of them in turn on request.
function startLaws() {
  const place = byId("law-plot");
  if (!place) return;
  const slider = byId("law-slider"), play = byId("law-play");
  const plot = new Plot(place, "The law. Keys: plus, minus and arrows zoom and move, 0 shows all.", draw);
  const PEAK = 5; // times the ninth tenth of all heights: a peak above it is cut, and said
  let law = null, systems = [], timer = null, cut = null;

  function choose() {
    law = NUMBERS.laws[chosen("law-choice")];
    systems = law.systems.filter(system => system.point === chosen("law-point"));
    slider.max = Math.max(law.t.length - 1, 0);
    slider.value = Math.min(Number(slider.value), Number(slider.max));
    plot.entries(systems);
    show();
  }

  function moments() {
    const now = Number(slider.value);
    return systems.map(system => [system, system.moments[now]]).filter(([, moment]) => moment);
  }

  function show() {
    const time = law.t[Number(slider.value)];
    byId("law-time").textContent = short(time, 5);
    slider.setAttribute("aria-valuetext", `t = ${short(time, 5)}`);
    const heights = moments().flatMap(([, moment]) => moment.density).filter(height => height > 0);
    heights.sort((a, b) => a - b);
    const highest = heights[heights.length - 1] || 1;
    const most = PEAK * (heights[Math.floor(0.9 * heights.length)] || highest);
    cut = highest > most ? highest : null;
    plot.frame([...law.ends, 0, 1.05 * Math.min(highest, most)], false, { id: "laws", x: law.words, y: "density" });
    const rows = moments().map(([system, moment]) => [system.label, short(moment.mean, 6), short(moment.std, 6),
      short(moment.median, 6), short(moment.distance, 4)]);
    tabulate(byId("law-values"), `At t = ${short(time, 5)}`,
      ["system", "mean", "standard deviation", "median", "W₁ from the reference"], rows);
  }

  function draw(plot) {
    const [low, high] = law.ends;
    for (const [system, moment] of moments()) {
      const width = (high - low) / moment.density.length;
      const points = [];
      moment.density.forEach((height, i) => {
        if (!system.marks) points.push([low + (i + 0.5) * width, height > 0 ? height : null]);
        else points.push([low + i * width, height], [low + (i + 1) * width, height]);
      });
      if (system.marks) {
        const xs = points.map(([x]) => x), tops = points.map(([, y]) => y);
        plot.area(xs, tops.map(() => 0), tops, system.colour);
      }
      plot.line(points, system);
    }
    if (cut !== null) {
      add(plot.svg, "text", { x: WIDTH - RIGHT - 6, y: TOP + 16, "text-anchor": "end" }, `highest ${short(cut, 3)} ↑`);
    }
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ Play";
    play.setAttribute("aria-pressed", "false");
  }

  function toggle() {
    if (timer !== null) { stop(); return; }
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (Number(slider.value) === Number(slider.max)) slider.value = 0;
    show();
    play.textContent = "❚❚ Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      if (Number(slider.value) >= Number(slider.max)) { stop(); return; }
      slider.value = Number(slider.value) + 1;
      show();
    }, calm ? 3000 : 900);
  }

  byId("law-choice").addEventListener("change", choose);
  byId("law-point").addEventListener("change", choose);
  slider.addEventListener("input", show);
  play.addEventListener("click", toggle);
  choose();
}
startLaws();
