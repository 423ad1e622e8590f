// The people and edges that are loaded, as columns, with neighbours by index. Files that come later (a group that
// opens, the surroundings of a person) are merged in; indices stay what they were.
import { ADULT, type Edges, MARKS, type Network, type People } from '../data';

interface Tie {
  edge: number;
  other: number;
}

/** In the file's own units. */
export type Place = [x: number, y: number];

/** One number for two people, whichever comes first. */
function pair(a: number, b: number): number {
  return Math.min(a, b) * 2 ** 26 + Math.max(a, b);
}

export class Model {
  readonly index = new Map<string, number>();
  readonly groupIndex = new Map<string, number>();
  private near: Tie[][] | null = null;
  private known: Set<number> | null = null;
  /** Where people stand who were moved, before they were. */
  private readonly homes = new Map<number, Place>();

  /** Of each group, whether the page's first file had its people; and how many people were in that. */
  readonly born: boolean[];
  readonly first: number;

  constructor(readonly net: Network) {
    const { people, groups } = net;
    this.born = [...groups.open];
    this.first = people.id.length;
    people.id.forEach((id, i) => this.index.set(id, i));
    groups.id.forEach((id, g) => this.groupIndex.set(id, g));
  }

  get people(): People {
    return this.net.people;
  }

  get edges(): Edges {
    return this.net.edges;
  }

  /** Each person's ties; found at the first need, which is after the first drawing. */
  get ties(): Tie[][] {
    if (!this.near) {
      this.near = this.people.id.map(() => []);
      for (let e = 0; e < this.edges.a.length; e++) this.tie(this.near, e);
    }
    return this.near;
  }

  private tie(ties: Tie[][], e: number): void {
    const a = this.edges.a[e]!;
    const b = this.edges.b[e]!;
    ties[a]!.push({ edge: e, other: b });
    ties[b]!.push({ edge: e, other: a });
  }

  /** Where somebody stands when nobody has moved them. */
  home(i: number): Place {
    return this.homes.get(i) ?? [this.people.x[i]!, this.people.y[i]!];
  }

  /** Put these people at these places and everybody else at home; returns who stands elsewhere now. */
  place(moved: Map<string, Place>): number[] {
    const { people } = this;
    const before = [...this.homes.keys()];
    const stood = new Map(before.map((i) => [i, [people.x[i]!, people.y[i]!] as Place]));
    const put = (i: number, [x, y]: Place) => {
      if (!stood.has(i)) stood.set(i, [people.x[i]!, people.y[i]!]);
      [people.x[i], people.y[i]] = [x, y];
    };
    for (const i of before) put(i, this.home(i));
    this.homes.clear();
    for (const [id, to] of moved) {
      const i = this.index.get(id);
      if (i === undefined) continue;
      this.homes.set(i, [people.x[i]!, people.y[i]!]);
      put(i, to);
    }
    return [...stood].filter(([i, [x, y]]) => people.x[i] !== x || people.y[i] !== y).map(([i]) => i);
  }

  /** Take in another file of the same run; returns the indices of the people who are new. */
  merge(other: Network): number[] {
    const fresh: number[] = [];
    const { ties, edges } = this;
    const known = (this.known ??= new Set(edges.a.map((a, e) => pair(a, edges.b[e]!))));
    const groups = other.groups.id.map((id) => this.groupIndex.get(id) ?? -1);
    other.groups.open.forEach((open, g) => {
      if (open && groups[g]! >= 0) this.net.groups.open[groups[g]!] = true;
    });
    const place = other.people.id.map((id, i) => {
      const here = this.index.get(id);
      if (here !== undefined) {
        this.people.more[here] = Math.min(this.people.more[here]!, other.people.more[i]!);
        return here;
      }
      const at = this.people.id.length;
      for (const column of Object.keys(this.people) as (keyof People)[]) {
        (this.people[column] as unknown[]).push(other.people[column][i]);
      }
      this.people.group[at] = other.people.group[i]! < 0 ? -1 : (groups[other.people.group[i]!] ?? -1);
      this.index.set(id, at);
      ties.push([]);
      fresh.push(at);
      return at;
    });
    for (let e = 0; e < other.edges.a.length; e++) {
      const a = place[other.edges.a[e]!]!;
      const b = place[other.edges.b[e]!]!;
      if (known.has(pair(a, b))) continue;
      known.add(pair(a, b));
      for (const column of Object.keys(this.edges) as (keyof Edges)[]) {
        (this.edges[column] as unknown[]).push(other.edges[column][e]);
      }
      const at = this.edges.a.length - 1;
      this.edges.a[at] = a;
      this.edges.b[at] = b;
      this.tie(ties, at);
    }
    return fresh;
  }

  /** Everybody within so many steps of these people, themselves too. */
  around(from: Iterable<number>, steps: number): Set<number> {
    const reached = new Set(from);
    let edge = [...reached];
    for (let step = 0; step < steps; step++) {
      const next: number[] = [];
      for (const i of edge) {
        for (const { other } of this.ties[i]!) {
          if (!reached.has(other)) {
            reached.add(other);
            next.push(other);
          }
        }
      }
      edge = next;
    }
    return reached;
  }

  /** How many of these people have each mark. */
  marksOf(which: Iterable<number>): number[] {
    const counts = MARKS.map(() => 0);
    for (const i of which) counts[this.people.mark[i]!]!++;
    return counts;
  }

  /** Whether somebody may be ranked, shown with harm, or taken out in a what-if: adults without a flag only. */
  rankable(i: number): boolean {
    return this.people.mark[i] === ADULT;
  }
}
