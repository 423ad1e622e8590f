// The table twin: the same people, filters, choice and actions as the drawing, for everybody who reads rather than
// looks.
import { MARKS, WORDS, day } from '../data';
import { count, h } from './dom';
import { who } from './pieces';
import { type Explorer } from './explorer';

const PAGE = 200;

export function startTable(explorer: Explorer, place: HTMLElement, always: boolean): void {
  let rows = PAGE;
  let asked = explorer.state.table;
  const sync = () => {
    const on = always || explorer.state.table;
    place.hidden = !on;
    if (explorer.stage) document.getElementById('stage')!.classList.toggle('is-away', on);
    if (on) draw();
    if (always && asked !== explorer.state.table) place.scrollIntoView(); // it stands below the fixed drawing
    asked = explorer.state.table;
  };
  const draw = () => {
    const { model, shown, looks } = explorer;
    const { people, net } = model;
    const list = [...people.id.keys()].filter((i) => shown.people[i]);
    list.sort(
      (a, b) =>
        Number(looks.chosen.has(b)) - Number(looks.chosen.has(a)) ||
        people.group[a]! - people.group[b]! ||
        people.label[a]!.localeCompare(people.label[b]!),
    );
    const heads = ['Choose', 'Person', 'Status', 'Group', 'Links', 'Harm', 'SOC', 'First', 'Last'];
    const cells = (i: number): (Node | string)[] => [
      h('input', {
        type: 'checkbox',
        'aria-label': `Choose ${people.label[i]}`,
        ...(looks.chosen.has(i) && { checked: true }),
        change: () => explorer.toggle(i),
      }),
      who(explorer, i),
      people.why[i] ?? WORDS[MARKS[people.mark[i]!]!],
      people.group[i]! >= 0 ? net.groups.name[people.group[i]!]! : 'None',
      String(model.ties[i]!.filter(({ edge }) => shown.edges[edge]).length),
      model.rankable(i) ? (people.harm[i] === null ? 'Not known' : net.harm_bands[people.harm[i]!]!) : 'Not ranked',
      people.soc[i]!.join(', ') || 'None',
      day(people.first[i]!) || 'No date',
      day(people.last[i]!) || 'No date',
    ];
    place.replaceChildren(
      h(
        'h2',
        { class: 'cl-h2' },
        `The same people as a table: ${count(list.length, 'person', 'people')}, ${looks.chosen.size} chosen`,
      ),
      h(
        'table',
        { class: 'cl-table cl-table--d cl-mt' },
        h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
        h(
          'tbody',
          {},
          ...list
            .slice(0, rows)
            .map((i) =>
              h(
                'tr',
                looks.chosen.has(i) ? { class: 'is-sel', 'aria-current': 'true' } : {},
                ...cells(i).map((cell) => h('td', {}, cell)),
              ),
            ),
        ),
      ),
      h(
        'p',
        { class: 'cl-foot' },
        h(
          'span',
          {},
          `Showing ${Math.min(rows, list.length)} of ${list.length}.`,
          list.length > rows &&
            h(
              'button',
              {
                type: 'button',
                class: 'cl-plain',
                click: () => {
                  rows += PAGE;
                  draw();
                },
              },
              ` Show ${Math.min(PAGE, list.length - rows)} more`,
            ),
        ),
      ),
    );
  };
  explorer.listen(sync);
  sync();
}
