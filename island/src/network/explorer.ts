// The explorer: what is loaded, shown and chosen, and the verbs that its parts share. The parts (filters, tools,
// detail, table, brush, keys) each build their own elements and listen to the store.
import { type Network, NotRead, WORDS, MARKS, address, read } from '../data';
import { type Looks, type Stage } from './draw';
import { count, h, under18 } from './dom';
import { Model, type Place } from './model';
import { type State, movedTo, placesOf } from './state';
import { Store } from './undo';
import { type Shown, visible } from './visible';

interface Addresses {
  data: string;
  path: string;
  person: string;
  whatIf: string;
  export: string;
  find: string;
  group: string;
  /** Markings that a file may carry, between upright strokes. */
  markings: string;
}

const RECALLED = 20; // people of a saved view that are asked for one by one

export type Mode = 'select' | 'lasso' | 'path' | 'move';

export class Explorer {
  readonly model: Model;
  readonly store: Store;
  readonly looks: Looks;
  stage: Stage | null = null;
  mode: Mode = 'select';
  /** Whether the choice came from a search, so that the next search narrows it. */
  searched = false;
  /** How the people in the detail were chosen, said above them. */
  how = '';
  private readonly status = h('p', { role: 'status', class: 'govuk-visually-hidden' });
  private readonly modes: ((mode: Mode) => void)[] = [];
  private readonly updates: (() => void)[] = [];

  constructor(
    net: Network,
    readonly urls: Addresses,
    hash: string,
  ) {
    this.model = new Model(net);
    this.store = new Store(hash);
    const { state } = this.store;
    this.model.place(placesOf(state.moved));
    this.looks = { shown: visible(this.model, state), state, chosen: new Set(), found: new Set(), focus: -1, disc: -1, path: [], out: new Set() };
    this.chosenAnew();
    document.body.append(this.status);
    this.store.listen(() => this.update());
  }

  get shown(): Shown {
    return this.looks.shown;
  }

  get state() {
    return this.store.state;
  }

  listen(update: () => void): void {
    this.updates.push(update);
  }

  onMode(heard: (mode: Mode) => void): void {
    this.modes.push(heard);
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    for (const heard of this.modes) heard(mode);
  }

  say(words: string): void {
    this.status.textContent = words;
  }

  private chosenAnew(): void {
    this.looks.chosen = new Set(this.indices(this.state.chosen));
    this.looks.focus = this.looks.chosen.size === 1 ? [...this.looks.chosen][0]! : -1;
    const g = this.model.groupIndex.get(this.state.group) ?? -1;
    this.looks.disc = this.looks.shown.discs[g] ? g : -1;
    this.looks.out = new Set(this.indices(this.state.removed));
  }

  /** The state has changed: find what is shown, and draw only as much anew as has changed. */
  update(): void {
    const { shown: before, state: was } = this.looks;
    this.looks.state = this.state;
    this.looks.shown = visible(this.model, this.state);
    this.chosenAnew();
    if (!this.state.path) this.looks.path = [];
    const moved = this.model.place(placesOf(this.state.moved));
    this.stage?.moved(moved);
    const same =
      !moved.length &&
      was.outlines === this.state.outlines &&
      was.removed.join() === this.state.removed.join() &&
      equal(before.people, this.looks.shown.people) &&
      equal(before.discs, this.looks.shown.discs) &&
      equal(before.toDiscs, this.looks.shown.toDiscs) &&
      equal(before.edges, this.looks.shown.edges);
    if (same) this.stage?.repaint();
    else this.stage?.refresh();
    for (const update of this.updates) update();
  }

  indices(ids: Iterable<string>): number[] {
    return [...ids].map((id) => this.model.index.get(id) ?? -1).filter((i) => i >= 0);
  }

  ids(indices: Iterable<number>): string[] {
    return [...indices].map((i) => this.model.people.id[i]!);
  }

  choose(indices: Iterable<number>, how = '', more: Partial<State> = {}): void {
    this.how = how;
    this.searched = how === 'Found';
    this.looks.found = new Set();
    this.store.set({ ...more, chosen: this.ids(indices), group: '' });
  }

  /** The change that brings people onto the stage whose group is closed, or who are in none. */
  bringing(indices: Iterable<number>): Partial<State> {
    const { group } = this.model.people;
    const away = [...indices].filter((i) => !this.shown.people[i] && (group[i]! < 0 || this.shown.folded[group[i]!]));
    return away.length ? { added: [...new Set([...this.state.added, ...this.ids(away)])] } : {};
  }

  /** Somebody was moved by hand: they stay there, pinned, and are chosen. */
  move(i: number, to: Place): void {
    const id = this.model.people.id[i]!;
    const { chosen, pinned, moved } = this.state;
    const kept = moved.filter((each) => !placesOf([each]).has(id));
    this.how = 'Moved';
    this.store.set({
      moved: [...kept, movedTo(id, to)],
      pinned: [...new Set([...pinned, id])],
      ...(!chosen.includes(id) && { chosen: [id], group: '' }),
    });
    this.say(`${this.model.people.label[i]!} moved and pinned there. Unpin puts them back.`);
  }

  toggle(i: number): void {
    const next = new Set(this.looks.chosen);
    if (!next.delete(i)) next.add(i);
    this.choose(next, 'Chosen');
  }

  /** In words: name, status, group, neighbours; for the screen reader. */
  describe(i: number): string {
    const { people, net } = this.model;
    const group = people.group[i]! >= 0 ? net.groups.name[people.group[i]!]! : 'in no group';
    return `${people.label[i]}, ${WORDS[MARKS[people.mark[i]!]!]}, ${group}, ${count(this.model.ties[i]!.length, 'neighbour')}`;
  }

  /** The same of a group that stands as a disc. */
  describeGroup(g: number): string {
    const { groups } = this.model.net;
    return `${groups.name[g]!}, a closed group of ${count(groups.size[g]!, 'person', 'people')}, ${under18(groups.children[g]!, groups.ages[g]!)}. Enter opens it.`;
  }

  protectedAmong(indices: Iterable<number>): number[] {
    return [...indices].filter((i) => !this.model.rankable(i));
  }

  /** Load more of the network and draw it; says what could not be read. */
  async load(query: Record<string, string | number>): Promise<void> {
    try {
      const more = await read<Network>(address(this.urls.data, query));
      const fresh = this.model.merge(more);
      this.stage?.addPeople(fresh);
      const { people: left } = more.left_out;
      if (left) this.note(`${count(left, 'more person', 'more people')} not drawn: too many at once.`);
      this.update();
    } catch (problem) {
      this.fail(problem);
    }
  }

  fail(problem: unknown): void {
    const reference = problem instanceof NotRead && problem.reference ? ` (reference ${problem.reference})` : '';
    this.note(`This part couldn't be read. Try again${reference}.`);
  }

  /** Words over the stage for some seconds, and for the screen reader. */
  note(words: string): void {
    const note = h('p', { class: 'cl-failed cl-float', role: 'alert' }, words);
    document.getElementById('stage')?.parentElement?.append(note);
    setTimeout(() => note.remove(), 9000);
  }

  chooseGroup(g: number): void {
    this.how = '';
    this.searched = false;
    this.store.set({ group: this.model.net.groups.id[g]!, chosen: [] });
  }

  /** The people of a group take the place of its disc; `more` is part of the same step. */
  async openGroup(g: number, more: () => Partial<State> = () => ({})): Promise<void> {
    const { groups } = this.model.net;
    const id = groups.id[g]!;
    if (!groups.open[g]) await this.load({ group: id });
    if (!groups.open[g] || !this.shown.folded[g]) return;
    this.how = '';
    this.searched = false;
    this.store.set({ turned: turned(this.state.turned, [id]), group: id, chosen: [], ...more() });
    this.say(`${groups.name[g]!} is open: ${count(groups.size[g]!, 'person', 'people')}.`);
  }

  /** Each of these groups becomes a disc with its tag; its people leave the stage, but for those who are pinned. */
  collapse(which: number[]): void {
    const { groups } = this.model.net;
    const open = which.filter((g) => !this.shown.folded[g]);
    if (!open.length) return;
    const away = new Set(open);
    const inside = (id: string) => away.has(this.model.people.group[this.model.index.get(id) ?? -1] ?? -1);
    const ids = open.map((g) => groups.id[g]!);
    this.how = '';
    this.store.set({
      turned: turned(this.state.turned, ids),
      added: this.state.added.filter((id) => !inside(id)),
      chosen: this.state.chosen.filter((id) => !inside(id)),
      group: ids.length === 1 ? ids[0]! : '',
    });
    const what = ids.length === 1 ? groups.name[open[0]!]! : count(ids.length, 'group');
    this.say(`${what} collapsed. Undo, or Open, brings it back.`);
  }

  /** What the address keeps of people and groups that the first file didn't have. */
  async recall(): Promise<void> {
    const { turned: groups, added } = this.state;
    const { net, groupIndex } = this.model;
    for (const id of groups) if (net.groups.open[groupIndex.get(id)!] === false) await this.load({ group: id });
    const unknown = added.filter((id) => !this.model.index.has(id));
    for (const id of unknown.slice(0, RECALLED)) await this.load({ around: id, steps: 0 });
    if (unknown.length > RECALLED)
      this.note(`${RECALLED} of ${unknown.length} people of this view loaded; ${unknown.length - RECALLED} more.`);
  }

  clear(): void {
    this.looks.found = new Set();
    this.searched = false;
    this.store.set({ chosen: [], group: '', path: null });
    if (this.mode !== 'select') this.setMode('select');
    this.stage?.repaint();
  }
}

function equal(a: Uint8Array | number[], b: Uint8Array | number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** The list with each of these put in, or taken out where it is there already. */
function turned(list: string[], ids: string[]): string[] {
  return [...list.filter((id) => !ids.includes(id)), ...ids.filter((id) => !list.includes(id))];
}
