// Small helpers for the explorer's own elements: text only, never markup from text.
import { MARKS, WORDS } from '../data';

type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;
type Child = Node | string | false | null | undefined;

/** An element with attributes; a function becomes a listener of that name ("click"). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag: string, attributes: Record<string, string | number> = {}, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** The marks as paths in a box of 16: the same shapes as on every page. */
export const SHAPES: Record<string, { d: string; hollow?: boolean }> = {
  adult: { d: 'M2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z' },
  child: { d: 'M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3Z' },
  exploited: { d: 'M8 .8 15.2 8 8 15.2.8 8Z' },
  both: { d: 'M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3ZM8 4 4 8l4 4 4-4Z' },
  unknown: { d: 'M1.800 8a6.200 6.200 0 1 0 12.400 0a6.200 6.200 0 1 0-12.400 0Z', hollow: true },
  held: { d: 'M8 1.600 14.400 8 8 14.400 1.600 8Z', hollow: true },
};

/** Inside the mark of people of unknown age. */
export const QUESTION = 'M6.100 6.400a1.900 1.900 0 1 1 2.700 1.700c-.6.3-.8.6-.8 1.200M8 11.400v.5';

/** Of hollow marks; a diamond's corners are drawn. */
const DASHES = { 'stroke-dasharray': '2.7 1.825', 'stroke-dashoffset': 1.35 };

const TONES = ['adult', 'child', 'expl', 'child', 'unknown', 'held'];

export function icon(mark: number, size = 12, words = true): HTMLElement {
  const name = MARKS[mark] ?? 'unknown';
  const shape = SHAPES[name]!;
  const paint: Record<string, string | number> = shape.hollow
    ? { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, ...DASHES }
    : { fill: 'currentColor', 'fill-rule': 'evenodd' };
  const drawing = svg(
    'svg',
    { class: 'cl-ic', width: size, height: size, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('path', { d: shape.d, ...paint }),
  );
  if (name === 'unknown') {
    drawing.append(
      svg('path', {
        d: QUESTION,
        fill: 'none',
        stroke: 'currentColor',
        'stroke-width': 1.5,
      }),
    );
  }
  return h(
    'span',
    { class: `cl-ic--${TONES[mark] ?? 'unknown'}` },
    drawing,
    words && h('span', { class: 'govuk-visually-hidden' }, `${WORDS[name]}: `),
  );
}

export function button(label: string, act: () => void, kind = 'cl-btn--s'): HTMLButtonElement {
  return h('button', { class: `govuk-button cl-btn ${kind}`, type: 'button', click: act }, label);
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;
}

/** People under 18 in words; what isn't known is no 0. */
export function under18(n: number, ages: number): string {
  const unknown = ages ? `${ages.toLocaleString('en-GB')} of unknown age` : '';
  return n || !ages ? `${n.toLocaleString('en-GB')} under 18${unknown && `, ${unknown}`}` : unknown;
}

/** Open a dialog that was made for this once. */
export function show(dialog: HTMLDialogElement): void {
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Ask before something large; true when the person says yes. */
export function ask(question: string, yes: string): Promise<boolean> {
  const dialog = h(
    'dialog',
    { class: 'cl-keys', 'aria-label': question },
    h('p', { class: 'cl-p' }, question),
    h(
      'form',
      { method: 'dialog' },
      h(
        'div',
        { class: 'cl-row' },
        h('button', { class: 'govuk-button cl-btn', value: 'yes' }, yes),
        h('button', { class: 'govuk-button cl-btn cl-btn--s', value: 'no' }, 'Cancel'),
      ),
    ),
  );
  show(dialog);
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes')));
}
