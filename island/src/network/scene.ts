// The picture of what is shown now, as plain shapes in pixels of the stage: the SVG and PNG exports are made from it.
import { BETWEEN, INSIDE, type Stage, WIDER, WIDTH, discWidth } from './draw';
import { MARKS, WORDS } from '../data';
import { under18 } from './dom';
import { type Point } from './hulls';
import { FONT, Labels } from './labels';
import { ADVERSARIAL } from './paint';
import { type Shown, linksToDiscs } from './visible';

export interface Person {
  x: number;
  y: number;
  r: number;
  mark: number;
  soc: boolean;
  /** Taken out in the what-if. */
  out: boolean;
  colour: string;
  label: string;
  words: string;
}
interface Link {
  from: Point;
  to: Point;
  width: number;
  adversarial: boolean;
  colour: string;
}
interface Word {
  text: string;
  x: number;
  y: number;
  bold: boolean;
}
/** A group whose people are away. */
interface Disc {
  at: Point;
  r: number;
  words: string;
}
export interface Scene {
  width: number;
  height: number;
  hulls: { points: Point[]; colour: string }[];
  links: Link[];
  discs: Disc[];
  people: Person[];
  words: Word[];
}

/** What stands on the stage now; people outside the window are not in the picture, as on the screen. */
export function sceneOf(stage: Stage, shown: Shown, named: Set<number>): Scene {
  const { width, height } = stage.sigma.getDimensions();
  const { model } = stage;
  const { people, edges, net } = model;
  const within = ([x, y]: Point) => x > -20 && y > -20 && x < width + 20 && y < height + 20;
  const links: Link[] = [];
  for (let e = 0; e < edges.a.length; e++) {
    if (!shown.edges[e]) continue;
    const [a, b] = [edges.a[e]!, edges.b[e]!];
    const [from, to] = [stage.at(a), stage.at(b)];
    if (!within(from) && !within(to)) continue;
    const inside = people.group[a] === people.group[b] && people.group[a]! >= 0;
    const adversarial = edges.kind[e] === 1;
    links.push({
      from,
      to,
      width: Math.max(0.5, stage.sigma.scaleSize(WIDTH + edges.n[e]! * WIDER)),
      adversarial,
      colour: adversarial ? ADVERSARIAL : inside ? INSIDE : BETWEEN,
    });
  }
  const drawn: Person[] = [];
  const words: Word[] = [];
  const labels = new Labels();
  const ruler = document.createElement('canvas').getContext('2d')!;
  ruler.font = `600 12px ${FONT}`;
  for (let i = 0; i < people.id.length; i++) {
    if (shown.people[i] && people.mark[i] !== 0) labels.keep(...stage.at(i), stage.radius(i));
  }
  const order = [...stage.order].sort((a, b) => Number(named.has(b)) - Number(named.has(a)));
  for (const i of order) {
    if (!shown.people[i]) continue;
    const [x, y] = stage.at(i);
    if (!within([x, y])) continue;
    const r = stage.radius(i);
    const label = people.label[i]!;
    drawn.push({
      x,
      y,
      r,
      mark: people.mark[i]!,
      soc: people.soc[i]!.length > 0,
      out: stage.looks.out.has(i),
      colour: stage.colour(i),
      label,
      words: people.why[i] ?? WORDS[MARKS[people.mark[i]!]!],
    });
    if (!named.has(i) && r < 8.5) continue;
    const left = x + r + 5;
    if (labels.take({ left, top: y - 8, right: left + labels.width(ruler, label), bottom: y + 8 })) {
      words.push({ text: label, x: left, y: y + 4, bold: false });
    }
  }
  const groups = new Set([...shown.people.keys()].filter((i) => shown.people[i]).map((i) => people.group[i]!));
  const hulls = stage.hulls
    .filter((hull) => groups.has(hull.group))
    .map((hull) => {
      const points = hull.points.map(stage.place);
      const top = points.reduce((best, point) => (point[1] < best[1] ? point : best));
      words.push({ text: net.groups.name[hull.group]!, x: top[0], y: top[1] - 18, bold: true });
      return { points, colour: stage.hueOf(hull.group) };
    });
  const { discs, joined } = discsOf(stage, shown, within);
  words.push(...discs.map(({ at: [x, y], words: text }) => ({ text, x, y: y + 4, bold: true })));
  return { width, height, hulls, links: [...links, ...joined], discs, people: drawn.reverse(), words };
}

/** Closed groups on the stage, and the links to and between them. */
function discsOf(stage: Stage, shown: Shown, within: (at: Point) => boolean): { discs: Disc[]; joined: Link[] } {
  const { groups, group_edges: between } = stage.model.net;
  const discs: Disc[] = [];
  shown.discs.forEach((on, g) => {
    const { at, radius } = stage.disc(g);
    if (on && within(at))
      discs.push({ at, r: radius, words: `${groups.name[g]!} ${groups.size[g]!}, ${under18(groups.children[g]!, groups.ages[g]!)}` });
  });
  const joined: Link[] = [];
  const join = (from: Point, to: Point, n: number) => {
    const width = Math.max(0.5, stage.sigma.scaleSize(discWidth(n)));
    if (within(from) || within(to)) joined.push({ from, to, width, adversarial: false, colour: BETWEEN });
  };
  for (const [i, g, n] of linksToDiscs(shown)) join(stage.at(i), stage.disc(g).at, n);
  between.a.forEach((a, k) => {
    const b = between.b[k]!;
    if (shown.discs[a] && shown.discs[b]) join(stage.disc(a).at, stage.disc(b).at, between.n[k]!);
  });
  return { discs, joined };
}
