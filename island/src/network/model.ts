// The people and edges that are loaded, as columns, with neighbours by index. Files that come later (a group that
// opens, the surroundings of a person) are merged in; indices stay what they were.
import { ADULT, type Edges, MARKS, type Network, type People } from '../data';

interface Tie {
  edge: number;
  other: number;
}

export class Model {
  readonly index = new Map<string, number>();
  readonly groupIndex = new Map<string, number>();
  readonly ties: Tie[][] = [];
  private readonly known = new Set<string>();

  constructor(readonly net: Network) {
    const { people, edges, groups } = net;
    for (let i = 0; i < people.id.length; i++) {
      this.index.set(people.id[i]!, i);
      this.ties.push([]);
    }
    for (let e = 0; e < edges.a.length; e++) this.tie(e);
    groups.id.forEach((id, g) => this.groupIndex.set(id, g));
  }

  get people(): People {
    return this.net.people;
  }

  get edges(): Edges {
    return this.net.edges;
  }

  private tie(e: number): void {
    const a = this.edges.a[e]!;
    const b = this.edges.b[e]!;
    this.ties[a]!.push({ edge: e, other: b });
    this.ties[b]!.push({ edge: e, other: a });
    this.known.add(`${Math.min(a, b)} ${Math.max(a, b)}`);
  }

  /** Take in another file of the same run; returns the indices of the people who are new. */
  merge(other: Network): number[] {
    const fresh: number[] = [];
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
      this.ties.push([]);
      fresh.push(at);
      return at;
    });
    for (let e = 0; e < other.edges.a.length; e++) {
      const a = place[other.edges.a[e]!]!;
      const b = place[other.edges.b[e]!]!;
      if (this.known.has(`${Math.min(a, b)} ${Math.max(a, b)}`)) continue;
      for (const column of Object.keys(this.edges) as (keyof Edges)[]) {
        (this.edges[column] as unknown[]).push(other.edges[column][e]);
      }
      const at = this.edges.a.length - 1;
      this.edges.a[at] = a;
      this.edges.b[at] = b;
      this.tie(at);
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
