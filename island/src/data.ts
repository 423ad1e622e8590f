// The network's data file: what GET /network/data.json gives, and the same people as rows. The contract with the
// server is written down here and in ../README.md. Columns are arrays of one length, so that 10,000 people and 50,000
// edges stay small.
import { token } from './page/csrf';

/** How somebody is treated (docs/method.md), in the order of the codes in `people.mark`. */
export const MARKS = ['adult', 'child', 'exploited', 'both', 'unknown', 'held'] as const;
export type Mark = (typeof MARKS)[number];
export const ADULT = 0;
export const WORDS: Record<Mark, string> = {
  adult: 'Adult',
  child: 'Under 18',
  exploited: 'Adult, believed exploited',
  both: 'Under 18, believed exploited',
  unknown: 'Age unknown: treated as protected',
  held: 'Held: may be exploited',
};

/** Days since 1 January 1970, or null when no record has a date. */
export type Day = number | null;

export interface People {
  id: string[];
  label: string[];
  x: number[];
  y: number[];
  /** Radius in pixels at the first zoom: root of the strength. */
  size: number[];
  /** Index in MARKS. */
  mark: number[];
  /** Names of the SOC groups, empty for none. */
  soc: string[][];
  /** Index in `groups`, or -1 for people in no group. */
  group: number[];
  /** Index in `harm_bands`; null for everybody who is not rankable: protected and held people have no harm value. */
  harm: (number | null)[];
  /** Bits over `roles`; 0 for everybody who is not rankable: they stand under no criminal role. */
  roles: number[];
  first: Day[];
  last: Day[];
  /** Bits over `sources`. */
  sources: number[];
  /** Share of re-runs in which they stay in their group, 0 to 100; null when not made. */
  stays: (number | null)[];
  /** Ties to people who are not in this file. */
  more: number[];
  /** Words for a held person ("Held: once a child in these records"), else null. */
  why: (string | null)[];
}

export interface Edges {
  /** Indices in `people`. */
  a: number[];
  b: number[];
  n: number[];
  weight: number[];
  /** 0 associative, 1 adversarial. */
  kind: number[];
  first: Day[];
  last: Day[];
  sources: number[];
}

export interface Groups {
  id: string[];
  name: string[];
  /** Index in HUES; it has no meaning and only keeps neighbours apart. */
  hue: number[];
  size: number[];
  /** People known to be under 18, and those whose age isn't known. */
  children: number[];
  ages: number[];
  x: number[];
  y: number[];
  /** Whether the people of this group are in the file. */
  open: boolean[];
}

export interface Network {
  version: 1;
  run: string;
  marking: string;
  synthetic: boolean;
  sources: string[];
  roles: string[];
  harm_bands: string[];
  people: People;
  edges: Edges;
  groups: Groups;
  /** Links between groups (indices in `groups`), for the graph of groups that opens first above 2,000 people. */
  group_edges: { a: number[]; b: number[]; n: number[] };
  /** Records per quarter, from the quarter that holds `start`. */
  timeline: { start: number; counts: number[] };
  totals: { people: number; edges: number; unlinked: number };
  /** What was left out of this file by its cap, said on the page; 0 when all is here. */
  left_out: { people: number; edges: number };
}

export interface Step {
  from: string;
  to: string;
  n: number;
  adversarial: boolean;
  records: { id: string; href: string }[];
  /** Records of other areas than one's own: counted, not named. */
  away: number;
}
export interface Path {
  a: string;
  b: string;
  people: { id: string; label: string; mark: number }[];
  steps: Step[];
  limit: number;
}
export interface Line {
  name: string;
  largest: number;
  harm_left: number;
  low?: number;
  high?: number;
}
export interface WhatIf {
  removed: string[];
  refused: { id: string; why: string }[];
  people: number;
  /** People per part, largest first. */
  fragments: number[];
  /** The largest parts, and in the last row the others together; guarded = protected or held. */
  parts: { called: string; people: number; children: number; ages: number; guarded: number }[];
  parts_before: number;
  largest_before: number;
  largest_after: number;
  /** Share of harm that is still connected, 0 to 1. */
  harm_left: number;
  /** Removing as many by another rule; random has a range over 30 draws. */
  baselines: Line[];
}
export interface Found {
  id: string;
  label: string;
  mark: number;
  group: string | null;
}
export interface Allowed {
  reference: string;
  marking: string;
  recipient: string;
  made: string;
  by: string;
  caveat: string;
}

/** Colours of hulls; grey blues, browns and greens that differ from every status colour. */
export const HUES = ['#2f6f8f', '#8a6d1d', '#6f6f7c', '#2f7a56', '#a3552b', '#5660a8', '#93456f', '#5d6b2a'];

export class NotRead extends Error {
  constructor(
    readonly status: number,
    readonly reference: string,
  ) {
    super(`status ${status}`);
  }
}

/** Read a JSON address of this server. Throws NotRead with the server's reference when it fails. */
export async function read<T>(address: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(address, {
    ...options,
    credentials: 'same-origin',
    headers: { Accept: 'application/json', ...options.headers },
  });
  if (!response.ok || response.redirected)
    throw new NotRead(response.status, response.headers.get('X-Reference') ?? '');
  return (await response.json()) as T;
}

/** Post to an address of this server, with the page's token; the answer and errors as of `read`. */
export function post<T>(address: string, body: object): Promise<T> {
  return read<T>(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...token() },
    body: JSON.stringify(body),
  });
}

/** An address of the page (a data attribute of #stage) with a query. */
export function address(base: string, query: Record<string, string | number | undefined>): string {
  const made = new URL(base, location.href);
  for (const [key, value] of Object.entries(query)) if (value !== undefined) made.searchParams.set(key, String(value));
  return made.pathname + made.search;
}

export function day(value: Day): string {
  return value === null ? '' : new Date(value * 86400000).toISOString().slice(0, 10);
}
