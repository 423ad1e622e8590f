// Which people and edges the filters leave. People who are not rankable are never filtered by role or harm: they have
// neither, and a filter must not be a way to lose sight of a child.
import { type Model } from './model';
import { type State } from './state';

export interface Shown {
  people: Uint8Array;
  edges: Uint8Array;
  /** Groups whose people are away: not loaded, or collapsed. */
  folded: Uint8Array;
  /** Those of them that stand as a disc. */
  discs: Uint8Array;
  /** Links of people on the stage to people inside a disc: person, group, records; three numbers each. */
  toDiscs: number[];
  nPeople: number;
  nEdges: number;
  /** Per mark the people who are shown, or would be if that mark were. */
  marks: number[];
}

function bits(chosen: number[]): number {
  return chosen.reduce((mask, bit) => mask | (1 << bit), 0);
}

function inside(first: number | null, last: number | null, state: State): boolean {
  if (first === null && last === null) return true; // no date: stays, as it can't be told
  if (state.from !== null && (last ?? first)! < state.from) return false;
  return state.to === null || (first ?? last)! <= state.to;
}

/** Groups that stand as one disc; see `turned` in state.ts. */
function foldedOf({ net, born }: Model, state: State): Uint8Array {
  const turned = new Set(state.turned);
  return Uint8Array.from(net.groups.id, (id, g) => (!net.groups.open[g] || born[g] === turned.has(id) ? 1 : 0));
}

/** Everything that is left of the loaded network. */
export function visible(model: Model, state: State): Shown {
  const { people, edges } = model;
  const shown = new Uint8Array(people.id.length);
  const only = new Set(state.only);
  const pinned = new Set(state.pinned);
  const added = new Set(state.added);
  const folded = foldedOf(model, state);
  const within = new Uint8Array(shown.length); // inside a disc, and left by the filters
  const asked = new Set<number>(); // groups of those who alone are shown
  const closed = new Set(state.closed.map((id) => model.groupIndex.get(id) ?? -2));
  const without = new Set(state.without);
  const sources = bits(state.sources);
  const roles = bits(state.roles);
  const marks = [0, 0, 0, 0, 0, 0];
  let nPeople = 0;
  for (let i = 0; i < shown.length; i++) {
    const id = people.id[i]!;
    const group = people.group[i]!;
    if (only.has(id)) asked.add(group);
    const keeps =
      pinned.has(id) ||
      ((only.size === 0 || only.has(id)) &&
        (group >= 0 || state.unlinked || only.has(id) || added.has(id)) &&
        !closed.has(group) &&
        (!state.onlySoc || people.soc[i]!.length > 0) &&
        (sources === 0 || (people.sources[i]! & sources) !== 0) &&
        (!model.rankable(i) ||
          ((roles === 0 || (people.roles[i]! & roles) !== 0) && (people.harm[i] ?? 0) >= state.harm)) &&
        inside(people.first[i]!, people.last[i]!, state));
    if (!keeps) continue;
    const left = without.has(people.mark[i]!) && !pinned.has(id); // by its mark, whose count says what would come back
    const alone = i < model.first && !model.born[group]; // the page was asked for those around somebody
    if (group >= 0 && folded[group] && !pinned.has(id) && !added.has(id) && !alone) {
      if (!left) within[i] = 1;
      continue;
    }
    marks[people.mark[i]!]!++;
    if (left) continue;
    shown[i] = 1;
    nPeople++;
  }
  const discs = folded.map((on, g) => (on && !closed.has(g) && (only.size === 0 || asked.has(g)) ? 1 : 0));
  const toDiscs = new Map<number, number>();
  const links = new Uint8Array(edges.a.length);
  const kinds = new Set(state.kinds);
  const removed = new Set(state.removed.map((id) => model.index.get(id) ?? -1));
  let nEdges = 0;
  for (let e = 0; e < links.length; e++) {
    const a = edges.a[e]!;
    const b = edges.b[e]!;
    if (!(shown[a] || within[a]) || !(shown[b] || within[b]) || removed.has(a) || removed.has(b)) continue;
    if (kinds.has(edges.kind[e]!) || edges.n[e]! < state.records || edges.weight[e]! < state.weight - 1e-9) continue;
    if (state.between && people.group[a] === people.group[b]) continue;
    if (sources !== 0 && (edges.sources[e]! & sources) === 0) continue;
    if (!inside(edges.first[e]!, edges.last[e]!, state)) continue;
    if (shown[a] && shown[b]) {
      links[e] = 1;
      nEdges++;
    } else if (shown[a] || shown[b]) {
      const [one, group] = shown[a] ? [a, people.group[b]!] : [b, people.group[a]!];
      const key = one * discs.length + group;
      if (discs[group]) toDiscs.set(key, (toDiscs.get(key) ?? 0) + edges.n[e]!);
    }
  }
  const lines = [...toDiscs].flatMap(([key, n]) => [Math.floor(key / discs.length), key % discs.length, n]);
  return { people: shown, edges: links, folded, discs, toDiscs: lines, nPeople, nEdges, marks };
}

/** Each link to a disc: person, group, records. */
export function* linksToDiscs({ toDiscs }: Shown): Generator<[i: number, g: number, n: number]> {
  for (let k = 0; k < toDiscs.length; k += 3) yield [toDiscs[k]!, toDiscs[k + 1]!, toDiscs[k + 2]!];
}
