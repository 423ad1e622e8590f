// The tool bar: modes, expand, pin, fit, undo, table, export; and the sentence that says how much is drawn.
import { button, count, h } from './dom';
import { type Explorer, type Mode } from './explorer';
import { expand } from './expand';
import { undo } from './keyboard';
import { START, placesOf } from './state';
import { visible } from './visible';

export function startTools(explorer: Explorer, place: HTMLElement, fit: () => void, save: () => void): void {
  const tool = (words: string, key: string, act: () => void, name = '') => {
    const made = h(
      'button',
      { type: 'button', click: act, ...(name && { class: name }) },
      words,
      key && h('kbd', { 'aria-hidden': 'true' }, key),
    );
    if (key) made.setAttribute('aria-keyshortcuts', key === 'Ctrl Z' ? 'Control+Z' : key);
    return made;
  };
  const modes: [Mode, HTMLButtonElement][] = [
    ['select', tool('Select', 'V', () => explorer.setMode('select'))],
    ['lasso', tool('Lasso', 'L', () => explorer.setMode('lasso'))],
    ['path', tool('Path', 'P', () => explorer.setMode('path'))],
  ];
  const table = tool('Table', 'T', () => explorer.store.set({ table: !explorer.state.table }));
  const back = tool('Undo', '', () => undo(explorer));
  const said = h('span', { class: 'cl-tools__n', 'aria-live': 'polite' });
  place.replaceChildren(
    ...modes.map(([, made]) => made),
    tool('Expand', '1', () => void expand(explorer, 1)),
    tool('Pin', '', () => pin(explorer)),
    tool('Fit', 'F', fit),
    back,
    table,
    ...(explorer.urls.export ? [tool('Export', '', save)] : []), // only for those who may
    said,
  );
  const sync = () => {
    for (const [mode, made] of modes) made.setAttribute('aria-pressed', String(mode === explorer.mode));
    table.setAttribute('aria-pressed', String(explorer.state.table));
    back.toggleAttribute('disabled', explorer.store.steps === 0);
    said.textContent = drawn(explorer);
  };
  explorer.onMode(sync);
  explorer.listen(sync);
  sync();
  startEmpty(explorer);
}

/** "454 people, 751 links: all drawn", or how many of how many. */
function drawn(explorer: Explorer): string {
  const { shown, model, state } = explorer;
  const { totals, left_out: left } = model.net;
  const closed = shown.discs.filter(Boolean).length;
  if (!closed && !left.people && !left.edges) {
    const whole = visible(model, { ...START, unlinked: state.unlinked });
    if (shown.nPeople === whole.nPeople && shown.nEdges === whole.nEdges)
      return `${count(shown.nPeople, 'person', 'people')}, ${count(shown.nEdges, 'link')}: all drawn`;
  }
  const some =
    `${shown.nPeople.toLocaleString('en-GB')} of ${count(totals.people, 'person', 'people')}, ` +
    `${shown.nEdges.toLocaleString('en-GB')} of ${count(totals.edges, 'link')} drawn`;
  if (closed && !shown.nPeople)
    return `${count(closed, 'group')} of ${count(totals.people, 'person', 'people')}: open one`;
  return closed ? `${some}; ${count(closed, 'group')} closed` : some;
}

/** Pinned people stay, whatever the filters say; who was moved goes back when no longer pinned. */
export function pin(explorer: Explorer): void {
  const pinned = new Set(explorer.state.pinned);
  const { chosen } = explorer.state;
  const all = chosen.length > 0 && chosen.every((id) => pinned.has(id));
  for (const id of chosen) {
    if (all) pinned.delete(id);
    else pinned.add(id);
  }
  const moved = explorer.state.moved.filter((each) => [...placesOf([each]).keys()].every((id) => pinned.has(id)));
  explorer.store.set({ pinned: [...pinned], moved });
  explorer.say(all ? 'No longer pinned' : `${count(chosen.length, 'person', 'people')} pinned`);
}

function startEmpty(explorer: Explorer): void {
  const note = h(
    'div',
    { class: 'cl-none', hidden: true },
    h('p', {}, 'No one is left with these filters.'),
    button('Reset the filters', () => reset(explorer), ''),
  );
  document.getElementById('stage')?.parentElement?.append(note);
  const sync = () => {
    note.hidden = explorer.shown.nPeople > 0 || explorer.shown.discs.includes(1) || explorer.state.table;
  };
  explorer.listen(sync);
  sync();
}

/** The filters as at the start; who is chosen or pinned and how it is drawn stay. */
export function reset(explorer: Explorer): void {
  const { outlines, uncertain, turned, added, chosen, group, pinned, moved, path, table } = explorer.state;
  explorer.store.set({ ...START, outlines, uncertain, turned, added, chosen, group, pinned, moved, path, table });
}
