// What is shown and chosen, as one plain object; it stands in the address after "#" (which the browser never sends),
// so a saved view is an address. The camera stands there, too, but is no step of undo.
import { type Place } from './model';

export interface State {
  /** Codes of marks that are left out. */
  without: number[];
  onlySoc: boolean;
  unlinked: boolean;
  /** Kinds of edge that are left out: 0 associative, 1 adversarial. */
  kinds: number[];
  between: boolean;
  weight: number;
  records: number;
  sources: number[];
  roles: number[];
  harm: number;
  from: number | null;
  to: number | null;
  /** Groups that are left out, by id. */
  closed: string[];
  outlines: boolean;
  uncertain: boolean;
  /** Groups that aren't as the page brought them: those with their people are collapsed, the others are open. */
  turned: string[];
  /** People who are drawn though their group is closed, or they are in none: met by expanding, a path or a search. */
  added: string[];
  chosen: string[];
  group: string;
  /** When not empty, only these are shown. */
  only: string[];
  pinned: string[];
  /** People who were moved by hand, as written by `movedTo`; they are pinned, too. */
  moved: string[];
  removed: string[];
  path: [string, string] | null;
  table: boolean;
}

export const START: State = {
  without: [],
  onlySoc: false,
  unlinked: false,
  kinds: [],
  between: false,
  weight: 0,
  records: 1,
  sources: [],
  roles: [],
  harm: 0,
  from: null,
  to: null,
  closed: [],
  outlines: true,
  uncertain: false,
  turned: [],
  added: [],
  chosen: [],
  group: '',
  only: [],
  pinned: [],
  moved: [],
  removed: [],
  path: null,
  table: false,
};

/** A list as one text. An id may hold any character: a comma in it is written %2C, and the percent sign so %25. */
function joined(list: readonly (string | number)[]): string {
  return list.map((each) => String(each).replace(/[%,]/g, encodeURIComponent)).join(',');
}

/** The list back; what was saved before ids were written so stays as it is. */
function split(text: string): string[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((each) => each.replace(/%2[5C]/g, decodeURIComponent));
}

/** Only what differs from the start, one short query. */
export function write(state: State): string {
  const query = new URLSearchParams();
  for (const key of Object.keys(START) as (keyof State)[]) {
    const value = state[key];
    if (JSON.stringify(value) === JSON.stringify(START[key])) continue;
    query.set(
      key,
      Array.isArray(value) ? joined(value) : typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
    );
  }
  return query.toString();
}

export function parse(text: string): State {
  const query = new URLSearchParams(text);
  const state = structuredClone(START) as unknown as Record<string, unknown>;
  for (const key of Object.keys(START) as (keyof State)[]) {
    const value = query.get(key);
    if (value === null) continue;
    const list = split(value);
    if (key === 'path') state[key] = list.length === 2 ? list : null;
    else if (['without', 'kinds', 'sources', 'roles'].includes(key))
      state[key] = list.map(Number).filter(Number.isInteger);
    else if (Array.isArray(START[key])) state[key] = list;
    else if (typeof START[key] === 'boolean') state[key] = value === '1';
    else if (key === 'group') state[key] = value;
    else if (Number.isFinite(Number(value))) state[key] = Number(value);
  }
  return state as unknown as State;
}

/** Somebody's new place as it stands in the address: x and y in the file's units, then the id. */
export function movedTo(id: string, [x, y]: Place): string {
  return `${x.toFixed(1)}_${y.toFixed(1)}_${id}`;
}

/** The places of everybody who was moved; what can't be read is left out. */
export function placesOf(moved: string[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const each of moved) {
    const [, x, y, id] = /^(-?[\d.]+)_(-?[\d.]+)_(.+)$/.exec(each) ?? [];
    if (id && Number.isFinite(Number(x)) && Number.isFinite(Number(y))) places.set(id, [Number(x), Number(y)]);
  }
  return places;
}
