// Files of what is shown: people and links as CSV, GraphML and GEXF. Each carries the marking, who made it for whom,
// and the status of every person; protected and held people have no harm value in any of them.
import { type Allowed, MARKS, WORDS, day } from '../data';
import { type Model } from './model';
import { type Shown } from './visible';

export interface Row {
  [column: string]: string | number;
}

/** The shown people, one row each. */
export function peopleRows(model: Model, shown: Shown): Row[] {
  const { people, net } = model;
  return [...people.id.keys()]
    .filter((i) => shown.people[i])
    .map((i) => ({
      id: people.id[i]!,
      label: people.label[i]!,
      status: WORDS[MARKS[people.mark[i]!]!],
      status_note: people.why[i] ?? '',
      ranked: model.rankable(i) ? 'yes' : 'no: safeguard',
      group: people.group[i]! >= 0 ? net.groups.id[people.group[i]!]! : '',
      group_name: people.group[i]! >= 0 ? net.groups.name[people.group[i]!]! : '',
      soc: people.soc[i]!.join('; '),
      harm: model.rankable(i)
        ? people.harm[i] === null
          ? 'not known'
          : net.harm_bands[people.harm[i]!]!
        : 'Not ranked',
      first: day(people.first[i]!),
      last: day(people.last[i]!),
    }));
}

/** Each link with how both people are treated: the file may travel without that of people. */
export function linkRows(model: Model, shown: Shown): Row[] {
  const { edges, people, net } = model;
  const status = (i: number) => people.why[i] ?? WORDS[MARKS[people.mark[i]!]!];
  return [...edges.a.keys()]
    .filter((e) => shown.edges[e])
    .map((e) => ({
      source: people.id[edges.a[e]!]!,
      source_status: status(edges.a[e]!),
      target: people.id[edges.b[e]!]!,
      target_status: status(edges.b[e]!),
      shared_records: edges.n[e]!,
      weight: edges.weight[e]!,
      kind: edges.kind[e] === 1 ? 'adversarial' : 'associative',
      first: day(edges.first[e]!),
      last: day(edges.last[e]!),
      sources: net.sources.filter((_, bit) => edges.sources[e]! & (1 << bit)).join('; '),
    }));
}

export function header(allowed: Allowed, run: string): string[] {
  return [
    allowed.marking,
    `Run ${run}, made ${allowed.made} by ${allowed.by} for ${allowed.recipient}, reference ${allowed.reference}`,
    allowed.caveat,
    'Every person carries their status. Protected and held people are for safeguarding and are not ranked. Person precision: not yet measured.',
  ];
}

/** What a spreadsheet could take for a formula, also after blanks (the server's list: web/cells.py). */
const FORMULA = /^[\s\u001c-\u001f\u0085]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

function cell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(rows: Row[], head: string[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => columns.map((column) => cell(row[column]!)).join(','));
  return `\ufeff${[...head.map((line) => cell(`# ${line}`)), columns.join(','), ...lines, cell(`# ${head[0]}`)].join('\r\n')}\r\n`;
}

/** Text inside XML, without the characters that XML forbids. */
export function xml(value: string | number): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  // eslint-disable-next-line no-control-regex
  return String(value)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (one) => escapes[one]!);
}

function keys(rows: Row[], leave: string[]): [string, string][] {
  return Object.entries(rows[0] ?? {})
    .filter(([name]) => !leave.includes(name))
    .map(([name, value]) => [name, typeof value === 'number' ? 'double' : 'string']);
}

/** Of a link in GraphML and GEXF its ends' own; the nodes carry the status. */
const ENDS = ['source', 'source_status', 'target', 'target_status'];

export function graphml(people: Row[], links: Row[], head: string[]): string {
  const [pk, lk] = [keys(people, ['id']), keys(links, ENDS)];
  const data = (prefix: string, row: Row, names: [string, string][]) =>
    names.map(([name]) => `<data key="${prefix}_${name}">${xml(row[name]!)}</data>`).join('');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${head.map((line) => xml(line).replaceAll('--', '- -')).join(' | ')} -->`,
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    '<key id="g_marking" for="graph" attr.name="marking" attr.type="string"/><key id="g_note" for="graph" attr.name="note" attr.type="string"/>',
    ...pk.map(([name, type]) => `<key id="n_${name}" for="node" attr.name="${name}" attr.type="${type}"/>`),
    ...lk.map(([name, type]) => `<key id="e_${name}" for="edge" attr.name="${name}" attr.type="${type}"/>`),
    `<graph edgedefault="undirected"><data key="g_marking">${xml(head[0]!)}</data><data key="g_note">${xml(head.slice(1).join(' '))}</data>`,
    ...people.map((row) => `<node id="${xml(row['id']!)}">${data('n', row, pk)}</node>`),
    ...links.map(
      (row) => `<edge source="${xml(row['source']!)}" target="${xml(row['target']!)}">${data('e', row, lk)}</edge>`,
    ),
    '</graph></graphml>',
    '',
  ].join('\n');
}

export function gexf(people: Row[], links: Row[], head: string[]): string {
  const [pk, lk] = [keys(people, ['id', 'label']), keys(links, [...ENDS, 'weight'])];
  const attributes = (of: string, names: [string, string][]) =>
    `<attributes class="${of}">${names.map(([name, type], k) => `<attribute id="${k}" title="${name}" type="${type}"/>`).join('')}</attributes>`;
  const values = (row: Row, names: [string, string][]) =>
    `<attvalues>${names.map(([name], k) => `<attvalue for="${k}" value="${xml(row[name]!)}"/>`).join('')}</attvalues>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gexf xmlns="http://gexf.net/1.3" version="1.3">',
    `<meta><creator>countylines</creator><description>${xml(head.join(' | '))}</description><keywords>${xml(head[0]!)}</keywords></meta>`,
    '<graph defaultedgetype="undirected">',
    attributes('node', pk),
    attributes('edge', lk),
    '<nodes>',
    ...people.map((row) => `<node id="${xml(row['id']!)}" label="${xml(row['label']!)}">${values(row, pk)}</node>`),
    '</nodes><edges>',
    ...links.map(
      (row, k) =>
        `<edge id="${k}" source="${xml(row['source']!)}" target="${xml(row['target']!)}" weight="${xml(row['weight']!)}">${values(row, lk)}</edge>`,
    ),
    '</edges></graph></gexf>',
    '',
  ].join('\n');
}
