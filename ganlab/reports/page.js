const dark = matchMedia("(prefers-color-scheme: dark)");
const printing = matchMedia("print");
const PAGE = 860; // pixels of a page that a plot may take: its heading and its caption stand there, too

function around() {
  const paper = dark.matches && !printing.matches;
  const ink = paper ? "#e6eeee" : "#1d2b2c";
  const line = paper ? "#32403f" : "#e1e8e8";
  return { ink, line };
}

function themed(layout) {
  const { ink, line } = around();
  const colours = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, family: "system-ui, sans-serif", size: 13 },
    margin: { l: 8, r: 8, t: 36, b: 8 },
    legend: { orientation: "h", y: -0.12, yanchor: "top", itemsizing: "constant" },
    hovermode: "closest",
  };
  const axes = {};
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    axes[name] = { automargin: true, gridcolor: line, zerolinecolor: line, ...layout[name] };
  }
  return { ...colours, ...layout, ...axes };
}

function draw() {
  for (const place of document.querySelectorAll("[data-plot]")) {
    const { data, layout } = JSON.parse(document.getElementById(place.dataset.plot).textContent);
    if (printing.matches) {
      layout.height = Math.min(layout.height, PAGE);
    }
    place.style.height = `${layout.height}px`; // of its own: Plotly's pictures lie outside the flow when it prints
    window.Plotly.react(place, data, themed(layout), { responsive: true, displaylogo: false });
    window.Plotly.Plots.resize(place); // a print is as wide as its paper
  }
}

draw();
dark.addEventListener("change", draw);
printing.addEventListener("change", draw);
