// Draws canvas[data-chart] from the table it stands with, in the colours of the page.
// Without this script the table itself is shown.

const charts = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");

drawAll();
dark.addEventListener("change", drawAll);

function drawAll() {
  if (!window.Chart) return;
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    const first = !charts.has(canvas);
    charts.get(canvas)?.destroy();
    canvas.closest("[hidden]")?.removeAttribute("hidden");
    charts.set(canvas, draw(canvas));
    if (!first) continue;
    canvas.closest(".chart").querySelector("details").open = false;
  }
}

function draw(canvas) {
  const { labels, series } = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const { fontFamily: family } = getComputedStyle(canvas.parentElement);
  const ink = resolved(canvas, "--tblr-secondary");
  const line = resolved(canvas, "--tblr-border-color");
  return new window.Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map((each) => ({
        label: each.label,
        data: each.values,
        backgroundColor: resolved(canvas, "--tone-strong", `tone-${each.tone}`),
        borderRadius: 3,
        maxBarThickness: 34,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { position: "bottom", labels: { color: ink, font: { family, size: 12 }, boxWidth: 10, boxHeight: 10, useBorderRadius: true, borderRadius: 3 } },
        tooltip: { bodyFont: { family }, titleFont: { family } },
      },
      scales: {
        x: { stacked: true, grid: { display: false }, border: { color: line }, ticks: { color: ink, font: { family, size: 11 } } },
        y: { stacked: true, beginAtZero: true, border: { display: false }, grid: { color: line }, ticks: { color: ink, precision: 0, font: { family, size: 11 } } },
      },
    },
  });
}

// Custom properties keep light-dark() and oklch() unread, and Chart.js understands
// neither: a real colour property resolves the one, a pixel the other.
function resolved(canvas, property, css = "") {
  const probe = document.createElement("i");
  probe.className = css;
  canvas.parentElement.append(probe);
  probe.style.setProperty("color", `var(${property})`);
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  pixel.fillStyle = getComputedStyle(probe).color;
  pixel.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}
