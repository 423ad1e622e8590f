// What if: take people out and see the parts and the harm that is still connected, beside the baselines. The server
// computes it and refuses everybody who is protected or held; the button says so before.
import { type WhatIf, post } from '../data';
import { button, count, h, svg, under18 } from './dom';
import { OUT } from './draw';
import { type Explorer } from './explorer';
import { who } from './pieces';

export class WhatIfs {
  result: WhatIf | null = null;
  changed: () => void = () => undefined;

  constructor(private readonly explorer: Explorer) {
    explorer.store.listen((state) => {
      if (!state.removed.length) this.result = null;
    });
    if (explorer.state.removed.length) void this.ask(explorer.state.removed);
  }

  async ask(removed: string[]): Promise<void> {
    const { explorer } = this;
    try {
      this.result = await post<WhatIf>(explorer.urls.whatIf, { removed });
      explorer.store.set({ removed: this.result.removed });
      explorer.say(
        `Without ${count(this.result.removed.length, 'person', 'people')} the largest part has ${this.result.largest_after}`,
      );
      this.changed();
    } catch (problem) {
      explorer.fail(problem);
    }
  }

  part(): HTMLElement {
    const { explorer } = this;
    const can = explorer.state.chosen.filter((id) => explorer.model.rankable(explorer.model.index.get(id) ?? -1));
    const cannot = explorer.looks.chosen.size - can.length;
    const add = can.filter((id) => !explorer.state.removed.includes(id));
    return h(
      'section',
      { class: 'cl-sec cl-mt' },
      h(
        'div',
        { class: 'cl-sec__h' },
        h('h3', { class: 'cl-h3' }, 'What if?'),
        h('span', { class: 'cl-tiny' }, 'Not a prediction'),
      ),
      h(
        'div',
        { class: 'cl-row' },
        add.length > 0 &&
          button(
            `Take out ${count(add.length, 'person', 'people')}`,
            () => void this.ask([...explorer.state.removed, ...add]),
          ),
        explorer.state.removed.length > 0 && button('Put all back', () => explorer.store.set({ removed: [] })),
      ),
      cannot > 0 &&
        h(
          'p',
          { class: 'cl-small cl-mt' },
          `${count(cannot, 'person is', 'people are')} protected or held and can't be taken out.`,
        ),
      this.result && this.figures(this.result),
    );
  }

  private figures(found: WhatIf): HTMLElement {
    const percent = (share: number) => `${Math.round(share * 100)}%`;
    const range = (low: number | undefined, high: number | undefined) =>
      low === undefined || high === undefined ? '' : ` (${percent(low)} to ${percent(high)})`;
    const row = (name: string, largest: number, harm: string, on = false) =>
      h(
        'tr',
        on ? { class: 'is-sel' } : {},
        h('td', {}, name),
        h('td', { class: 'num' }, largest.toLocaleString('en-GB')),
        h('td', { class: 'num' }, harm),
      );
    return h(
      'div',
      {},
      h(
        'p',
        { class: 'cl-small cl-mt' },
        `Without ${count(found.removed.length, 'person', 'people')}: ${count(found.fragments.length, 'part')}, ` +
          `the largest ${found.largest_after} of ${found.people}. ` +
          `Before: ${count(found.parts_before, 'part')}, the largest ${found.largest_before}.`,
      ),
      h(
        'table',
        { class: 'cl-table cl-table--d' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Taken out by'),
            h('th', { scope: 'col', class: 'num' }, 'Largest'),
            h('th', { scope: 'col', class: 'num' }, 'Harm left'),
          ),
        ),
        h(
          'tbody',
          {},
          row('These people', found.largest_after, percent(found.harm_left), true),
          ...found.baselines.map((line) =>
            row(line.name, line.largest, percent(line.harm_left) + range(line.low, line.high)),
          ),
        ),
      ),
      partsLeft(found),
      h('h3', { class: 'cl-h3 cl-mt' }, crossed(), ' Taken out'),
      h(
        'ul',
        { class: 'cl-list cl-small' },
        ...this.explorer.indices(found.removed).map((i) => h('li', {}, who(this.explorer, i))),
      ),
      found.refused.length > 0 &&
        h('p', { class: 'cl-note cl-note--sg cl-mt' }, found.refused.map(({ why }) => why).join(' ')),
    );
  }
}

/** The parts that the network falls into, with the children and the protected and held people of each. */
function partsLeft({ parts }: WhatIf): HTMLElement {
  const heads = ['Part', 'Under 18', 'Protected or held'];
  const number = { class: 'num' };
  return h(
    'table',
    { class: 'cl-table cl-table--d cl-parts cl-mt' },
    h('caption', { class: 'cl-h3' }, 'Parts that are left'),
    h('thead', {}, h('tr', {}, ...heads.map((head, k) => h('th', { scope: 'col', ...(k && number) }, head)))),
    h(
      'tbody',
      {},
      ...parts.map(({ called, children, ages, guarded }) =>
        h(
          'tr',
          {},
          h('td', {}, called),
          h('td', number, ages ? under18(children, ages) : children.toLocaleString('en-GB')),
          h('td', number, guarded.toLocaleString('en-GB')),
        ),
      ),
    ),
  );
}

/** The mark of being taken out. */
function crossed(): SVGElement {
  return svg(
    'svg',
    { class: 'cl-ic', width: 14, height: 14, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('circle', { cx: 8, cy: 8, r: 6, fill: OUT }),
    svg('path', { d: 'M3.500 3.500 12.500 12.500M3.500 12.500 12.500 3.500', stroke: '#0b0c0c', 'stroke-width': 2.2, 'stroke-linecap': 'round' }),
  );
}
