// The explorer: what is loaded, shown and chosen, and the verbs that its parts share. The parts (filters, tools,
// detail, table, brush, keys) each build their own elements and listen to the store.
import { type Network, NotRead, WORDS, MARKS, address, read } from '../data';
import { type Looks, type Stage } from './draw';
import { count, h } from './dom';
import { Model, type Place } from './model';
import { movedTo, placesOf } from './state';
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
}

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
    this.looks = { shown: visible(this.model, state), state, chosen: new Set(), found: new Set(), focus: -1, path: [] };
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
      equal(before.people, this.looks.shown.people) &&
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

  choose(indices: Iterable<number>, how = ''): void {
    this.how = how;
    this.searched = how === 'Found';
    this.looks.found = new Set();
    this.store.set({ chosen: this.ids(indices), group: '' });
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

  protectedAmong(indices: Iterable<number>): number[] {
    return [...indices].filter((i) => !this.model.rankable(i));
  }

  /** Load more of the network and draw it; says what could not be read. */
  async load(query: Record<string, string | number>): Promise<void> {
    try {
      const more = await read<Network>(address(this.urls.data, query));
      const fresh = this.model.merge(more);
      this.stage?.grown(fresh);
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
  private note(words: string): void {
    const note = h('p', { class: 'cl-failed cl-float', role: 'alert' }, words);
    document.getElementById('stage')?.parentElement?.append(note);
    setTimeout(() => note.remove(), 9000);
  }

  async openGroup(g: number): Promise<void> {
    const { groups } = this.model.net;
    this.how = '';
    if (!groups.open[g]) await this.load({ group: groups.id[g]! });
    this.searched = false;
    this.store.set({ group: groups.id[g]!, chosen: [] });
  }

  clear(): void {
    this.looks.found = new Set();
    this.searched = false;
    this.store.set({ chosen: [], group: '', path: null });
    if (this.mode !== 'select') this.setMode('select');
    this.stage?.repaint();
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
