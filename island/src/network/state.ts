// What is shown and chosen, as one plain object; it stands in the address after "#" (which the browser never sends),
// so a saved view is an address. The camera stands there, too, but is no step of undo.
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
  chosen: string[];
  group: string;
  /** When not empty, only these are shown. */
  only: string[];
  pinned: string[];
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
  chosen: [],
  group: '',
  only: [],
  pinned: [],
  removed: [],
  path: null,
  table: false,
};

/** Only what differs from the start, one short query. */
export function write(state: State): string {
  const query = new URLSearchParams();
  for (const key of Object.keys(START) as (keyof State)[]) {
    const value = state[key];
    if (JSON.stringify(value) === JSON.stringify(START[key])) continue;
    query.set(
      key,
      Array.isArray(value) ? value.join(',') : typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
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
    const list = value.split(',').filter(Boolean);
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
