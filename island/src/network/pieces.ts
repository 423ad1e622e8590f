// Pieces that the panel, the table and the path share: a person with their mark, short tables, sections.
import { button, h, icon } from './dom';
import { type Explorer } from './explorer';
import { pin } from './tools';

export const ROWS = 7;

export function pinButton(explorer: Explorer): HTMLElement {
  const { chosen, pinned } = explorer.state;
  return button(chosen.length > 0 && chosen.every((id) => pinned.includes(id)) ? 'Unpin' : 'Pin', () => pin(explorer));
}

export function who(explorer: Explorer, i: number): HTMLElement {
  const { people } = explorer.model;
  return h(
    'span',
    { class: 'cl-who' },
    icon(people.mark[i]!),
    ' ',
    h('button', { type: 'button', class: 'cl-plain', click: () => explorer.choose([i], 'Selected') }, people.label[i]!),
  );
}

export function rows(explorer: Explorer, list: [number, number][], head: string): HTMLElement {
  return h(
    'table',
    { class: 'cl-table cl-table--d' },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Person'), h('th', { scope: 'col', class: 'num' }, head))),
    h(
      'tbody',
      {},
      ...list
        .slice(0, ROWS)
        .map(([i, n]) => h('tr', {}, h('td', {}, who(explorer, i)), h('td', { class: 'num' }, String(n)))),
    ),
  );
}

export function section(title: string, note: string, ...children: Node[]): HTMLElement {
  return h(
    'section',
    { class: 'cl-sec cl-mt' },
    h(
      'div',
      { class: 'cl-sec__h' },
      h('h3', { class: 'cl-h3' }, title),
      note && h('span', { class: 'cl-tiny cl-nw' }, note),
    ),
    ...children,
  );
}
