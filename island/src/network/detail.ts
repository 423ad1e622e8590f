// The panel on the right: one person (the server's own words), several, a group, a path, or how to begin.
import { button, h, icon } from './dom';
import { type Explorer, type Mode } from './explorer';
import { groupPart, manyPart } from './detail-many';
import { pathPart } from './detail-path';
import { beyond, expand } from './expand';
import { type Paths } from './path';
import { ROWS, pinButton, rows, section } from './pieces';
import { type WhatIfs } from './whatif';

export function startDetail(
  explorer: Explorer,
  place: HTMLElement,
  paths: Paths,
  whatIfs: WhatIfs,
  save: () => void,
): void {
  let asked = '';
  const sync = () => {
    const { chosen } = explorer.looks;
    const content: (Node | false)[] = [];
    if (explorer.state.path && (paths.found || paths.none)) content.push(...pathPart(explorer, paths));
    if (chosen.size === 1) {
      const [i] = chosen;
      content.unshift(...personPart(explorer, i!, place, asked));
      asked = explorer.model.people.id[i!]!;
    } else {
      asked = '';
      if (chosen.size > 1 && !explorer.state.path) content.push(...manyPart(explorer, save));
      else if (explorer.state.group) content.push(...groupPart(explorer));
      else if (!chosen.size)
        content.push(
          h('p', { class: 'cl-small' }, 'No one is chosen. Click a person or a group, draw a lasso, or search.'),
        );
    }
    const whatIf = chosen.size > 0 || explorer.state.removed.length > 0 ? whatIfs.part() : false;
    const close = h('button', { type: 'button', class: 'cl-plain cl-drawer', click: () => explorer.clear() }, 'Close');
    place.replaceChildren(close, ...[...content, whatIf].filter((one): one is Node => Boolean(one)));
    place.classList.toggle(
      'is-open',
      chosen.size > 0 || Boolean(explorer.state.group) || explorer.state.removed.length > 0,
    );
  };
  whatIfs.changed = sync;
  explorer.listen(sync);
  let mode: Mode = 'select';
  explorer.onMode((now) => {
    if (now !== 'move' && mode !== 'move') return;
    mode = now;
    const focused = document.activeElement?.id === 'net-move';
    sync();
    if (focused) document.getElementById('net-move')?.focus();
  });
  sync();
}

/** Fragments that the server has sent, so that the panel doesn't flicker. */
const fragments = new Map<string, string>();

function personPart(explorer: Explorer, i: number, place: HTMLElement, asked: string): Node[] {
  const { people } = explorer.model;
  const id = people.id[i]!;
  const words = h(
    'div',
    { class: 'cl-person' },
    h('p', { class: 'cl-tiny' }, explorer.how || 'Selected'),
    h('h2', { class: 'cl-h2' }, icon(people.mark[i]!), people.label[i]!),
  );
  const known = fragments.get(id);
  if (known !== undefined) fill(words, known);
  else if (asked !== id) void fetchPerson(explorer, id, place);
  const { adds, words: more } = beyond(explorer);
  return [
    words,
    h(
      'div',
      { class: 'cl-row cl-mt cl-mb' },
      button(
        adds ? `Expand 1 step (${more})` : 'No neighbours',
        () => void expand(explorer, 1),
      ),
      button('Path to...', () => explorer.setMode('path')),
      pinButton(explorer),
      explorer.stage && moveButton(explorer),
    ),
    neighbours(explorer, i),
  ];
}

/** The way to move somebody without dragging (WCAG 2.5.7): this, then a click where they are to stand. */
function moveButton(explorer: Explorer): HTMLElement {
  const on = explorer.mode === 'move';
  const made = button(on ? 'Now click where' : 'Move...', () => {
    explorer.setMode(on ? 'select' : 'move');
    if (!on) explorer.say('Click on the drawing where they are to stand.');
  });
  made.id = 'net-move';
  made.setAttribute('aria-pressed', String(on));
  made.title = 'Or drag them, or Alt and the arrows. The place is kept in a saved view; Unpin puts them back.';
  return made;
}

async function fetchPerson(explorer: Explorer, id: string, place: HTMLElement): Promise<void> {
  try {
    const [base = '', query] = explorer.urls.person.split('?');
    const address = base + encodeURIComponent(id) + (query ? `?${query}` : '');
    const response = await fetch(address, {
      credentials: 'same-origin',
      headers: { 'HX-Request': 'true' },
    });
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    fragments.set(id, await response.text());
  } catch {
    return; // the name and mark from the data file stay; the person page says why
  }
  const words = place.querySelector('.cl-person');
  if (words && explorer.state.chosen.length === 1 && explorer.state.chosen[0] === id) fill(words, fragments.get(id)!);
}

/** The server's fragment, escaped there; parsed without running anything. */
function fill(words: Element, html: string): void {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  words.replaceChildren(...parsed.body.childNodes);
}

function neighbours(explorer: Explorer, i: number): HTMLElement {
  const { model, shown } = explorer;
  const list = model.ties[i]!.map(({ edge, other }): [number, number] => [other, model.edges.n[edge]!]).sort(
    (a, b) => b[1] - a[1],
  );
  const hidden = list.filter(([other]) => !shown.people[other]).length + model.people.more[i]!;
  return section(
    `Neighbours (${list.length + model.people.more[i]!})`,
    '',
    rows(explorer, list, 'Records'),
    h(
      'p',
      { class: 'cl-foot' },
      [list.length > ROWS && `Showing ${ROWS} of ${list.length}.`, hidden > 0 && `${hidden} not drawn.`]
        .filter(Boolean)
        .join(' '),
    ),
  );
}
