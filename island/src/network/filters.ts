// The filters on the left. Built once, with the search of the loaded people on top; counts and ticks follow the state.
import { MARKS, type Mark } from '../data';
import { count, h, icon } from './dom';
import { type Explorer } from './explorer';
import { saveView } from './saving';
import { startSearch } from './search';
import { type State } from './state';
import { reset } from './tools';

const FIRST = 6; // groups listed before "more"
const MOST = 400;

/** Short words for the narrow column; the legend and the panel have the long ones. */
const SHORT: Record<Mark, string> = {
  adult: 'Adults',
  child: 'Under 18',
  exploited: 'Believed exploited',
  both: 'Under 18, exploited',
  unknown: 'Age unknown',
  held: 'Held',
};

type Tick = { box: HTMLInputElement; on: (state: State) => boolean };

export function startFilters(explorer: Explorer, place: HTMLElement): void {
  const { net } = explorer.model;
  const ticks: Tick[] = [];
  const unsure = net.groups.ages.some(Boolean); // any of them may be under 18
  const shown = (code: number) => explorer.shown.marks[code]!;
  const numbers: [HTMLElement, () => string][] = [];
  const tick = (
    words: (Node | string)[],
    on: Tick['on'],
    change: (now: boolean) => Partial<State>,
    number?: () => string,
  ) => {
    const box = h('input', {
      type: 'checkbox',
      change: () => explorer.store.set(change(box.checked)),
    });
    ticks.push({ box, on });
    const n = h('span', { class: 'n' });
    if (number) numbers.push([n, number]);
    return h('label', { class: 'cl-ck' }, box, ...words, number ? n : null);
  };
  /** Ticked = shown; the state lists what is left out. */
  const shows = <K extends 'without' | 'kinds'>(
    key: K,
    code: number,
    words: (Node | string)[],
    number?: () => string,
  ) =>
    tick(
      words,
      (state) => !state[key].includes(code),
      (now) => ({ [key]: toggled(explorer.state[key], code, !now) }),
      number,
    );
  const wants = (key: 'sources' | 'roles', bit: number, word: string) =>
    tick(
      [word],
      (state) => state[key].includes(bit),
      (now) => ({ [key]: toggled(explorer.state[key], bit, now) }),
    );
  const flag = (
    key: 'onlySoc' | 'unlinked' | 'between' | 'outlines' | 'uncertain',
    words: string,
    number?: () => string,
  ) =>
    tick(
      [words],
      (state) => state[key],
      (now) => ({ [key]: now }),
      number,
    );
  const part = (title: string, ...children: Node[]) =>
    h('fieldset', { class: 'cl-fl' }, h('legend', {}, title), ...children);

  const { people: everybody } = explorer.model;
  const marks = explorer.model.marksOf(everybody.id.keys());
  const soc = everybody.soc.filter((groups) => groups.length).length;
  const people = part(
    'People',
    ...MARKS.map((mark, code) => ({ mark, code }))
      .filter(({ code }) => code < 3 || marks[code])
      .map(({ mark, code }) =>
        shows('without', code, [icon(code, 12, false), SHORT[mark]], () =>
          unsure && mark === 'child' && !shown(code) ? '?' : shown(code).toLocaleString('en-GB'),
        ),
      ),
    flag('onlySoc', 'Only SOC network', () => String(soc)),
    flag('unlinked', 'People in no group', () => String(net.totals.unlinked)),
  );
  const least = explorer.model.edges.weight.reduce(
    (low, one) => Math.min(low, one),
    explorer.model.edges.weight[0] ?? 0,
  );
  const weight = slider(
    'Weight at least',
    Math.floor(least * 100),
    100,
    (value) => (value / 100).toFixed(2),
    (value) => explorer.store.set({ weight: value / 100 }),
  );
  const records = slider('Shared records at least', 1, 9, String, (value) => explorer.store.set({ records: value }));
  const harm = slider(
    'Harm at least',
    0,
    Math.max(1, net.harm_bands.length - 1),
    (value) => net.harm_bands[value] ?? '',
    (value) => explorer.store.set({ harm: value }),
  );
  const left = h('p', { class: 'cl-tiny cl-mb' });
  place.replaceChildren(
    startSearch(explorer),
    h(
      'div',
      { class: 'cl-row cl-row--b' },
      h('h2', { class: 'cl-h2' }, 'Filters'),
      h('button', { type: 'button', class: 'cl-plain cl-act', click: () => reset(explorer) }, 'Reset'),
    ),
    left,
    h(
      'p',
      { class: 'cl-mb' },
      h('button', { type: 'button', class: 'cl-plain cl-act', click: saveView }, 'Save this view'),
    ),
    people,
    part(
      'Links',
      shows('kinds', 0, ['Associative']),
      shows('kinds', 1, ['Adversarial (dashed)']),
      flag('between', 'Only links between groups'),
    ),
    weight.part,
    records.part,
    part('Source', ...net.sources.map((word, bit) => wants('sources', bit, word))),
    part('Role in records', ...net.roles.map((word, bit) => wants('roles', bit, word))),
    harm.part,
    h(
      'p',
      { class: 'cl-tiny cl-mb' },
      'Role and harm are known for rankable adults only. Children and people who may be exploited stay.',
    ),
    groupsPart(explorer, ticks),
    part(
      'Show',
      flag('outlines', 'Group outlines'),
      flag('uncertain', 'Unsure members (dotted: under 70 of 100 re-runs)'),
    ),
  );
  const sync = () => {
    const { state, shown } = explorer;
    for (const { box, on } of ticks) box.checked = on(state);
    for (const [where, number] of numbers) where.textContent = number();
    weight.set(Math.round(state.weight * 100));
    records.set(state.records);
    harm.set(state.harm);
    const hidden = !state.unlinked && net.totals.unlinked ? ' People in no group are hidden.' : '';
    left.textContent = `${shown.nPeople.toLocaleString('en-GB')} of ${count(net.totals.people, 'person', 'people')} shown.${hidden}`;
  };
  explorer.listen(sync);
  sync();
}

function toggled<T>(list: T[], value: T, on: boolean): T[] {
  return on ? [...new Set([...list, value])] : list.filter((one) => one !== value);
}

function slider(
  title: string,
  least: number,
  most: number,
  words: (value: number) => string,
  set: (value: number) => void,
) {
  const id = `net-${title.toLowerCase().replace(/\W+/g, '-')}`;
  const label = h('label', { class: 'cl-small cl-b', for: id });
  const say = () => {
    label.textContent = `${title} ${words(Number(input.value))}`;
    input.setAttribute('aria-valuetext', words(Number(input.value)));
  };
  const input = h('input', {
    class: 'cl-range',
    id,
    type: 'range',
    min: least,
    max: most,
    value: least,
    input: say,
    change: () => set(Number(input.value)),
  });
  say();
  return {
    part: h('div', { class: 'cl-fl' }, label, input),
    set: (value: number) => {
      input.value = String(value);
      say();
    },
  };
}

/** The largest groups with a tick each; the rest behind "more". */
function groupsPart(explorer: Explorer, ticks: Tick[]): HTMLElement {
  const { groups } = explorer.model.net;
  const order = groups.id.map((_, g) => g).sort((a, b) => groups.size[b]! - groups.size[a]!);
  const one = (g: number) => {
    const id = groups.id[g]!;
    const box = h('input', {
      type: 'checkbox',
      checked: true,
      change: () => explorer.store.set({ closed: toggled(explorer.state.closed, id, !box.checked) }),
    });
    ticks.push({ box, on: (state) => !state.closed.includes(id) });
    return h(
      'label',
      { class: 'cl-ck' },
      box,
      `${id} ${groups.name[g]}`,
      h('span', { class: 'n' }, String(groups.size[g])),
    );
  };
  const rest = order.slice(FIRST);
  const more = rest.length > 0 && h('details', { class: 'cl-more' }, h('summary', {}, `${rest.length} more`));
  if (more) {
    more.addEventListener(
      'toggle',
      () => {
        if (more.childElementCount > 1) return;
        more.append(...rest.slice(0, MOST).map(one));
        if (rest.length > MOST)
          more.append(
            h('p', { class: 'cl-tiny' }, `The ${rest.length - MOST} smallest are found by the search above.`),
          );
        explorer.update();
      },
      { once: true },
    );
  }
  return h('fieldset', { class: 'cl-fl' }, h('legend', {}, 'Groups'), ...order.slice(0, FIRST).map(one), more);
}
