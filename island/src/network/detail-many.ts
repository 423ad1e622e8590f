// The panel's words for several people and for a group. Protected and held people are counted, and named.
import { ADULT, MARKS, type Mark } from '../data';
import { button, count, h, icon, under18 } from './dom';
import { type Explorer } from './explorer';
import { beyond, expand } from './expand';
import { pinButton, rows, section } from './pieces';

/** Several people: how many of which status, named where protected; then the most connected adults among them. */
export function manyPart(explorer: Explorer, save: () => void): Node[] {
  const { model, looks } = explorer;
  const list = [...looks.chosen];
  const marks = model.marksOf(list);
  const flagged = explorer.protectedAmong(list);
  const inGroup = new Set(list.map((i) => model.people.group[i]!));
  const [only] = inGroup;
  const open = [...inGroup].filter((g) => g >= 0 && !explorer.shown.folded[g]);
  const { adds, words: more } = beyond(explorer);
  const where =
    inGroup.size === 1 && only! >= 0 ? ` in ${model.net.groups.id[only!]} ${model.net.groups.name[only!]}` : '';
  const ties = list.map((i): [number, number] => [
    i,
    model.ties[i]!.reduce((sum, { edge, other }) => sum + (looks.chosen.has(other) ? model.edges.n[edge]! : 0), 0),
  ]);
  const adults = ties.filter(([i, n]) => n > 0 && model.rankable(i)).sort((a, b) => b[1] - a[1]);
  return [
    h('p', { class: 'cl-tiny' }, explorer.how || 'Chosen'),
    h('h2', { class: 'cl-h2' }, `${count(list.length, 'person', 'people')}${where}`),
    h(
      'div',
      { class: 'cl-row cl-mt' },
      ...marks.map(
        (n, code) =>
          n > 0 &&
          h(
            'span',
            { class: 'cl-small' },
            icon(code),
            ` ${n} ${code === ADULT && n !== 1 ? 'adults' : COUNTED[MARKS[code]!]}`,
          ),
      ),
    ),
    h(
      'div',
      { class: 'cl-row cl-mt' },
      button('Show as table', () => explorer.store.set({ table: true })),
      button('Hide the rest', () => explorer.store.set({ only: explorer.state.chosen })),
      adds > 0 && button(`Expand 1 step (${more})`, () => void expand(explorer, 1)),
      open.length > 0 &&
        button(`Collapse ${open.length === 1 ? model.net.groups.name[open[0]!]! : `${open.length} groups`}`, () =>
          explorer.collapse(open),
        ),
      pinButton(explorer),
      explorer.urls.export !== '' && button(`Export ${list.length}`, save),
    ),
    flagged.length > 0 && protectedNote(explorer, flagged, list.length),
    adults.length > 0 && section('Most connected here', 'adults', rows(explorer, adults, 'Records')),
  ].filter((one): one is HTMLElement => Boolean(one));
}

/** Words behind a count of people. */
const COUNTED: Record<Mark, string> = {
  adult: 'adult',
  child: 'under 18',
  exploited: 'exploited',
  both: 'under 18, exploited',
  unknown: 'age unknown',
  held: 'held',
};

function protectedNote(explorer: Explorer, flagged: number[], of: number): HTMLElement {
  const { people } = explorer.model;
  const few = flagged.length === 1;
  return h(
    'div',
    { class: 'cl-note cl-note--sg cl-mt' },
    `${flagged.length} of the ${of} ${few ? 'is' : 'are'} protected or held. They stay in the drawing and in exports with their mark; ranks and removal leave them out.`,
    h(
      'ul',
      { class: 'cl-ul cl-named' },
      ...flagged.slice(0, 12).map((i) => h('li', {}, icon(people.mark[i]!), ` ${people.label[i]}`)),
      flagged.length > 12 &&
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              class: 'cl-plain',
              click: () => {
                explorer.choose(flagged, 'Protected or held among the chosen');
              },
            },
            `and ${flagged.length - 12} more`,
          ),
        ),
    ),
  );
}

export function groupPart(explorer: Explorer): Node[] {
  const { model, state } = explorer;
  const g = model.groupIndex.get(state.group);
  if (g === undefined) return [];
  const members = [...model.people.id.keys()].filter((i) => model.people.group[i] === g && explorer.shown.people[i]);
  const { groups } = model.net;
  return [
    h('p', { class: 'cl-tiny' }, 'Group'),
    h(
      'h2',
      { class: 'cl-h2' },
      h(
        'a',
        { class: 'govuk-link', href: explorer.urls.group + encodeURIComponent(groups.id[g]!) },
        `${groups.id[g]} ${groups.name[g]}`,
      ),
    ),
    h(
      'p',
      { class: 'cl-small cl-mt' },
      `${count(groups.size[g]!, 'person', 'people')}, ${under18(groups.children[g]!, groups.ages[g]!)}. ${explorer.shown.folded[g] ? 'Closed' : `${members.length} shown`}.`,
    ),
    explorer.shown.folded[g]
      ? h(
          'div',
          { class: 'cl-row' },
          button(`Open (${groups.size[g]!.toLocaleString('en-GB')})`, () => void explorer.openGroup(g)),
        )
      : h(
          'div',
          { class: 'cl-row' },
          button('Choose all', () => explorer.choose(members, 'Chosen')),
          button('Only this group', () => explorer.store.set({ only: explorer.ids(members) })),
          button('Collapse', () => explorer.collapse([g])),
        ),
  ];
}
