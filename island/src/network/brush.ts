// The time brush: records per quarter; the chosen quarters are dark. Dragging or the two lists choose them.
import { day } from '../data';
import { h, icon, svg } from './dom';
import { type Explorer } from './explorer';
import { ADVERSARIAL } from './paint';

const HEIGHT = 36;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Quarter {
  year: number;
  quarter: number;
  from: number;
  to: number;
  n: number;
}

/** The quarters of a timeline, with their first and last day since 1970. */
function quarters(start: number, counts: number[]): Quarter[] {
  const first = new Date(start * 86400000);
  const year = first.getUTCFullYear();
  const at = Math.floor(first.getUTCMonth() / 3);
  return counts.map((n, k) => {
    const whole = at + k;
    const from = Date.UTC(year, whole * 3, 1) / 86400000;
    const to = Date.UTC(year, whole * 3 + 3, 1) / 86400000 - 1;
    return { year: year + Math.floor(whole / 4), quarter: whole % 4, from, to, n };
  });
}

function month(value: number): string {
  const date = day(value);
  return `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
}

export function startBrush(explorer: Explorer, place: HTMLElement): void {
  const all = quarters(explorer.model.net.timeline.start, explorer.model.net.timeline.counts);
  if (!all.length) return;
  const most = Math.max(...all.map(({ n }) => n), 1);
  const step = 1000 / all.length;
  const bars = all.map(({ n }, k) =>
    svg('rect', {
      x: k * step + step * 0.18,
      width: step * 0.64,
      y: HEIGHT - (n / most) * HEIGHT,
      height: (n / most) * HEIGHT,
    }),
  );
  const picture = svg(
    'svg',
    { class: 'cl-brush__s', viewBox: `0 0 1000 ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    ...bars,
  );
  const years = h('div', { class: 'cl-brush__y', 'aria-hidden': 'true' });
  all.forEach(({ year, quarter }, k) => {
    if (quarter === 0 || k === 0)
      years.append(h('span', { 'data-at': k }, quarter === 0 || all[k + 1]?.quarter !== 0 ? String(year) : ''));
  });
  for (const word of years.querySelectorAll<HTMLElement>('span'))
    word.style.left = `${(Number(word.dataset.at) / all.length) * 100}%`;
  const pick = (name: string, label: string) => {
    const list = h(
      'select',
      { class: 'cl-input', id: name, change: () => set(Number(from.value), Number(to.value)) },
      ...all.map(({ year, quarter }, k) => h('option', { value: k }, `${year} Q${quarter + 1}`)),
    );
    return [h('label', { class: 'cl-small', for: name }, label), list] as const;
  };
  const [fromLabel, from] = pick('net-from', 'links of');
  const [toLabel, to] = pick('net-to', 'to');
  const set = (a: number, b: number) => {
    const [low, high] = a <= b ? [a, b] : [b, a];
    explorer.store.set({ from: low === 0 ? null : all[low]!.from, to: high === all.length - 1 ? null : all[high]!.to });
  };
  drag(picture, all.length, set);
  place.replaceChildren(
    h(
      'div',
      { class: 'cl-row cl-row--b' },
      h(
        'div',
        { class: 'cl-row cl-brush__f cl-small' },
        h('b', {}, 'Records per quarter,'),
        fromLabel,
        from,
        toLabel,
        to,
      ),
      legend(),
    ),
    picture as unknown as HTMLElement,
    years,
  );
  const sync = () => {
    const { state } = explorer;
    const low = Math.max(
      0,
      all.findIndex(({ to: end }) => end >= (state.from ?? -Infinity)),
    );
    const above = all.findIndex(({ to: end }) => end >= (state.to ?? Infinity));
    const high = above < 0 ? all.length - 1 : above;
    bars.forEach((bar, k) => bar.setAttribute('class', k >= low && k <= high ? 'on' : ''));
    from.value = String(low);
    to.value = String(high);
    const words = `${month(all[low]!.from)} to ${month(all[high]!.to)}`;
    picture.setAttribute('aria-label', `Records per quarter; ${words} is chosen`);
  };
  explorer.listen(sync);
  sync();
}

function drag(picture: SVGElement, n: number, set: (a: number, b: number) => void): void {
  let start = -1;
  const at = (event: PointerEvent) => {
    const box = picture.getBoundingClientRect();
    return Math.min(n - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * n)));
  };
  picture.addEventListener('pointerdown', (event) => {
    start = at(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointerup', (event) => {
    if (start >= 0) set(start, at(event));
    start = -1;
  });
}

function legend(): HTMLElement {
  const entry = (mark: number, words: string) => h('span', {}, icon(mark, 12, false), words);
  const line = (attributes: Record<string, string | number>) =>
    svg('svg', { width: 24, height: 8, 'aria-hidden': 'true' }, svg('path', { d: 'M0 4h24', ...attributes }));
  const ring = svg(
    'svg',
    { class: 'cl-ic', width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('circle', { cx: 8, cy: 8, r: 7, fill: '#fff', stroke: '#0b0c0c', 'stroke-width': 1.5 }),
    svg('circle', { cx: 8, cy: 8, r: 4.5, fill: '#55707f' }),
  );
  return h(
    'div',
    { class: 'cl-legend' },
    entry(0, 'Adult'),
    entry(1, 'Under 18'),
    entry(3, 'Under 18, believed exploited'),
    entry(2, 'Adult, believed exploited'),
    entry(4, 'Age unknown'),
    entry(5, 'Held'),
    h('span', {}, ring, 'In SOC network'),
    h('span', {}, line({ stroke: '#8a9aa3', 'stroke-width': 2.5 }), 'Shared records'),
    h('span', {}, line({ stroke: ADVERSARIAL, 'stroke-width': 2, 'stroke-dasharray': '5 4' }), 'Adversarial'),
  );
}
