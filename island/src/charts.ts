// Charts with axes and tooltips, only on pages that have them. Vega under a strict content security policy: a
// specification is parsed to a tree and interpreted; nothing is compiled from text.
//   <div class="cl-chart" id="curve" data-vega="curve-spec" role="img" aria-label="message"></div>
//   <script type="application/json" id="curve-spec">{Vega-Lite}</script>
import embed, { type Result, type VisualizationSpec } from 'vega-embed';
import { expressionInterpreter } from 'vega-interpreter';

export async function drawAll(): Promise<void> {
  await Promise.all([...document.querySelectorAll<HTMLElement>('[data-vega]')].map(draw));
  document.documentElement.dataset.charts = 'ready';
}

async function draw(place: HTMLElement): Promise<void> {
  const text = document.getElementById(place.dataset.vega ?? '')?.textContent;
  if (!text) return;
  const chart = await embed(place, JSON.parse(text) as VisualizationSpec, {
    mode: 'vega-lite',
    ast: true,
    expr: expressionInterpreter,
    actions: false,
    defaultStyle: false,
    renderer: 'svg',
    tooltip: { disableDefaultStyle: true },
    loader: { http: { mode: 'same-origin' } },
  });
  for (const slider of document.querySelectorAll<HTMLInputElement>(`[data-cursor="${CSS.escape(place.id)}"]`)) {
    follow(slider, chart);
  }
}

/** A chart with a dataset named "cursor" has its line moved by the slider. */
function follow(slider: HTMLInputElement, chart: Result): void {
  const move = () => void chart.view.data('cursor', [{ k: Number(slider.value) }]).run();
  slider.addEventListener('input', move);
}
