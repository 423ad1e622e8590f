// The stage: sigma draws people and links by WebGL; outlines, halos, dashed links and words are two plain canvases
// around it. Positions come from the server and nothing moves by itself.
import Graph from 'graphology';
import Sigma from 'sigma';
import { type NormalizationFunction, createNormalizationFunction, graphExtent } from 'sigma/utils';
import { clear, inside } from './canvas';
import { type Put, linesOf } from './edge-program';
import { type Hull, type Point, hullsOf, paintHulls } from './hulls';
import { type Box, Labels } from './labels';
import { type Model } from './model';
import { startMoving } from './moving';
import { MarkProgram } from './program';
import { type State } from './state';
import { type Shown, linksToDiscs } from './visible';
import { HUES } from '../data';
import { paintHalos, paintLines, paintNames, paintOut } from './paint';

export const COLOURS = ['#55707f', '#6a2c91', '#0a6b5e', '#6a2c91', '#6a2c91', '#4a4f00'];
export const OUT = '#c3cdd2'; // taken out in the what-if
export const INSIDE = '#7f9099';
export const BETWEEN = '#b4bec5';
export const DISC = '#d3e0e6';
const LARGEST = 2.4;
export const WIDTH = 0.7; // of a line, and how much wider each record makes it
export const WIDER = 0.38;
const GROUP = 6; // people whose room the circle of a closed group takes
const MANY = 450; // people on the stage at which dots have their full size

type Listener = {
  person: (i: number, adding: boolean) => void;
  group: (g: number) => void;
  /** A group's disc or tag, clicked twice. */
  turn: (g: number) => void;
  empty: () => void;
};

/** A dot as sigma hands it back: in pixels, with who it is. */
type Drawn = { x: number; y: number; size: number; i?: number; closed?: number };

/** The width of a line to a closed group, in pixels at the first zoom. */
export function discWidth(n: number): number {
  return 0.8 + Math.sqrt(n) * 0.6;
}

type Space = { x: [number, number]; y: [number, number] };

/** The space that some people and the discs of some groups take; null when there are none. */
function extent(
  model: Model,
  which: (i: number) => boolean,
  disc: (g: number) => boolean,
  at = (i: number): Point => [model.people.x[i]!, model.people.y[i]!],
): Space | null {
  const box: Space = { x: [Infinity, -Infinity], y: [Infinity, -Infinity] };
  const add = (side: [number, number], value: number) => {
    side[0] = Math.min(side[0], value);
    side[1] = Math.max(side[1], value);
  };
  const { people, net } = model;
  for (let i = 0; i < people.id.length; i++) {
    if (!which(i)) continue;
    const [x, y] = at(i);
    add(box.x, x);
    add(box.y, y);
  }
  net.groups.id.forEach((_, g) => {
    if (!disc(g)) return;
    add(box.x, net.groups.x[g]!);
    add(box.y, net.groups.y[g]!);
  });
  return box.x[0] < box.x[1] && box.y[0] < box.y[1] ? box : null;
}

/** What the painters need beside the model. */
export interface Looks {
  shown: Shown;
  state: State;
  chosen: Set<number>;
  /** Matches of a search while it is typed. */
  found: Set<number>;
  focus: number;
  /** The group whose disc has the keyboard's place; -1 for none. */
  disc: number;
  path: number[];
  /** Those who are taken out in the what-if. */
  out: Set<number>;
}

export class Stage {
  /** People and closed groups; their links are drawn from the columns. */
  readonly graph = new Graph({ type: 'undirected' });
  readonly sigma: Sigma;
  readonly labels = new Labels();
  /** Asked first on each click; true when it was for a move. */
  taken: (point: Point) => boolean = () => false;
  hulls: Hull[] = [];
  /** Where the tags of groups stand now: what a click on them means is what one on the outline does. */
  tags: { group: number; box: Box }[] = [];
  order: number[] = [];
  looks: Looks;
  /** The camera's ratio at which dots have their full size: 1 for small networks. */
  readonly shrink: number;
  /** Where the groups are: the first zoom shows these; people in no group stand around them. */
  private readonly home: Space | null;
  /** From the places of the file to those of sigma's frame. */
  private readonly frame: NormalizationFunction;
  /** Nothing is drawn until the page has its final shape: each drawing of a large network takes a while. */
  private begun = false;
  private readonly under: HTMLCanvasElement;
  private readonly over: HTMLCanvasElement;

  constructor(
    readonly model: Model,
    place: HTMLElement,
    looks: Looks,
    readonly listener: Listener,
  ) {
    this.looks = looks;
    this.addPeople(model.people.id.keys());
    this.addGroups();
    this.findHulls();
    this.shrink = Math.min(
      1,
      Math.sqrt(
        MANY / Math.max(1, model.people.id.length + model.net.groups.open.filter((open) => !open).length * GROUP),
      ),
    );
    const grouped = (i: number) => model.people.group[i]! >= 0;
    this.home = extent(model, grouped, (g) => !model.born[g], (i) => model.home(i)); // the same whoever was moved
    const box = this.home ?? graphExtent(this.graph);
    this.frame = createNormalizationFunction(box);
    this.sigma = new Sigma(new Graph(), place, {
      nodeProgramClasses: { mark: MarkProgram as never },
      edgeProgramClasses: { line: linesOf(() => this.most(), (put) => this.lines(put)) as never },
      defaultNodeType: 'mark',
      defaultEdgeType: 'line',
      allowInvalidContainer: true, // in print and while the table is shown the stage has no height
      renderLabels: false,
      zIndex: false,
      stagePadding: 40,
      minEdgeThickness: 0.6,
      enableCameraRotation: false,
      maxCameraRatio: 4,
      minCameraRatio: 0.004,
      // Dots grow with the zoom until as many as fit are on the stage, then slower, up to LARGEST times their size.
      zoomToSizeRatioFunction: (ratio) =>
        ratio >= this.shrink ? ratio / this.shrink : Math.max(Math.sqrt(ratio / this.shrink), 1 / LARGEST),
      itemSizesReference: 'screen',
      defaultDrawNodeHover: (canvas, data) => this.hover(canvas, data as unknown as Drawn),
      nodeReducer: (_, data) => Object.assign(data, this.reduced(data)) as never, // sigma's own copy
    });
    this.sigma.setCustomBBox(box);
    this.under = this.sigma.createCanvas('outlines', { beforeLayer: 'edges' });
    this.over = this.sigma.createCanvas('words', { afterLayer: 'labels' });
    for (const canvas of [this.under, this.over]) canvas.setAttribute('aria-hidden', 'true');
    startMoving(this.sigma, () => this.looks.shown.nEdges);
    this.sigma.on('clickNode', ({ node, event }) =>
      this.click(node, [event.x, event.y], (event.original as MouseEvent).shiftKey),
    );
    this.sigma.on('clickStage', ({ event }) => this.clickStage([event.x, event.y]));
    this.sigma.on('doubleClickNode', ({ node, event }) => {
      const g = node.startsWith('group:') ? this.model.groupIndex.get(node.slice(6))! : this.tagAt([event.x, event.y]);
      if (g !== undefined) this.turn(g, event);
    });
    this.sigma.on('doubleClickStage', ({ event }) => {
      const g = this.tagAt([event.x, event.y]);
      if (g !== undefined) this.turn(g, event);
    });
  }

  /** Draw for the first time, in the next frame. */
  begin(drawn: () => void): void {
    requestAnimationFrame(() => {
      this.begun = true;
      this.sigma.on('afterRender', () => this.repaint());
      this.sigma.setGraph(this.graph);
      drawn();
    });
  }

  /** These people stand elsewhere now. */
  moved(which: number[]): void {
    const { people } = this.model;
    for (const i of which) this.graph.mergeNodeAttributes(people.id[i]!, { x: people.x[i]!, y: people.y[i]! });
  }

  private reduced({ i, closed }: Record<string, unknown>): { hidden: boolean; color?: string } {
    const { shown, out } = this.looks;
    if (closed !== undefined) return { hidden: !shown.discs[closed as number] };
    return { hidden: !shown.people[i as number], color: this.colour(i as number, out) };
  }

  /** Somebody's colour; pale for who is taken out in the what-if. */
  colour(i: number, out = this.looks.out): string {
    return out.has(i) ? OUT : COLOURS[this.model.people.mark[i]!]!;
  }

  addPeople(which: Iterable<number>): void {
    const { people } = this.model;
    for (const i of which) {
      this.graph.addNode(people.id[i]!, {
        x: people.x[i]!,
        y: people.y[i]!,
        size: people.size[i]!,
        color: this.colour(i),
        shape: people.mark[i]!,
        ring: people.soc[i]!.length ? 1 : 0,
        i,
      });
    }
    this.order = [...people.id.keys()].sort((a, b) => people.size[b]! - people.size[a]!);
  }

  /** Lines there are at most. */
  private most(): number {
    return this.model.edges.a.length + this.model.net.group_edges.a.length + this.looks.shown.toDiscs.length / 3;
  }

  /** Links that are shown, then those to closed groups and between them; adversarial ones are dashed, on the canvas below. */
  private lines(put: Put): void {
    const { edges, people, net } = this.model;
    const { shown } = this.looks;
    const places = people.id.map((_, i) => this.frame({ x: people.x[i]!, y: people.y[i]! }));
    for (let e = 0; e < edges.a.length; e++) {
      if (!shown.edges[e] || edges.kind[e] === 1) continue;
      const [a, b] = [edges.a[e]!, edges.b[e]!];
      const colour = people.group[a] === people.group[b] && people.group[a]! >= 0 ? INSIDE : BETWEEN;
      put(places[a]!, places[b]!, WIDTH + edges.n[e]! * WIDER, colour);
    }
    const { groups, group_edges: links } = net;
    const middle = (g: number) => this.frame({ x: groups.x[g]!, y: groups.y[g]! });
    links.a.forEach((a, k) => {
      const b = links.b[k]!;
      if (shown.discs[a] && shown.discs[b])
        put(middle(a), middle(b), discWidth(links.n[k]!), BETWEEN);
    });
    for (const [i, g, n] of linksToDiscs(shown)) put(places[i]!, middle(g), discWidth(n), BETWEEN);
  }

  /** Groups whose people are away stand as one disc each. */
  private addGroups(): void {
    const { groups } = this.model.net;
    groups.id.forEach((id, g) => {
      this.graph.addNode(`group:${id}`, {
        x: groups.x[g]!,
        y: groups.y[g]!,
        size: this.discSize(g),
        color: DISC,
        shape: 6,
        ring: 0,
        closed: g,
      });
    });
  }

  private discSize(g: number): number {
    return 5 + Math.sqrt(this.model.net.groups.size[g]!) * 2;
  }

  /** A disc's middle and radius in pixels now. */
  disc(g: number): { at: Point; radius: number } {
    const { groups } = this.model.net;
    return { at: this.place([groups.x[g]!, groups.y[g]!]), radius: this.sigma.scaleSize(this.discSize(g)) };
  }

  /** The camera's ratio at which everybody who is shown is on the stage. */
  fitted(): number {
    const all = extent(
      this.model,
      (i) => this.looks.shown.people[i] === 1,
      (g) => this.looks.shown.discs[g] === 1,
    );
    if (!this.home || !all) return 1;
    const over = (side: 'x' | 'y') => {
      const [least, most] = this.home![side];
      const middle = (least + most) / 2;
      return Math.max(middle - all[side][0], all[side][1] - middle) / Math.max(1, (most - least) / 2);
    };
    return Math.min(4, Math.max(1, over('x'), over('y')));
  }

  /** Go nearer to a group that would be too small to read. */
  look(group: string): void {
    const g = this.model.groupIndex.get(group);
    const { people } = this.model;
    const at = extent(this.model, (i) => people.group[i] === g, () => false);
    if (g === undefined || !at || !this.home) return;
    const wide = ({ x, y }: Space) => Math.max(x[1] - x[0], y[1] - y[0]);
    const share = wide(at) / wide(this.home);
    if (share > 0.1) return;
    const to = this.frame({ x: (at.x[0] + at.x[1]) / 2, y: (at.y[0] + at.y[1]) / 2 });
    this.sigma.getCamera().setState({ x: to.x, y: to.y, ratio: Math.max(0.05, share * 2) });
  }

  /** Filters or people have changed: hulls are found anew and everything is drawn. */
  refresh(): void {
    this.findHulls();
    if (this.begun) this.sigma.refresh();
  }

  private findHulls(): void {
    this.hulls = this.looks.state.outlines ? hullsOf(this.model, this.looks.shown) : [];
  }

  place = (point: Point): Point => {
    const at = this.sigma.graphToViewport({ x: point[0], y: point[1] });
    return [at.x, at.y];
  };

  /** Pixels between the outermost people and their outline: less where dots are smaller. */
  margin(): number {
    return 13 * Math.min(1, Math.max(0.3, this.sigma.scaleSize(1)));
  }

  /** A person's radius in pixels now. */
  radius(i: number): number {
    return this.sigma.scaleSize(this.model.people.size[i]!);
  }

  at(i: number): Point {
    return this.place([this.model.people.x[i]!, this.model.people.y[i]!]);
  }

  /** Draw the two canvases anew: all there is to do where only halos and words have changed. */
  repaint(): void {
    if (!this.begun) return;
    const { width, height } = this.sigma.getDimensions();
    const [under, over] = [this.under, this.over].map((canvas) => clear(canvas, width, height)) as [
      CanvasRenderingContext2D,
      CanvasRenderingContext2D,
    ];
    this.labels.clear();
    this.tags = [];
    const { groups } = this.model.net;
    const on = this.groupOn;
    const look = (g: number) => ({ colour: this.hueOf(g), on: groups.id[g] === on });
    paintHulls(under, this.hulls, this.place, look, this.margin());
    paintLines(under, this, width, height);
    paintHalos(under, this, width, height);
    paintOut(over, this, width, height);
    paintNames(over, this, width, height);
  }

  private hover(
    canvas: CanvasRenderingContext2D,
    data: Drawn,
  ): void {
    canvas.beginPath();
    canvas.arc(data.x, data.y, data.size + 5, 0, 7);
    canvas.lineWidth = 2.5;
    canvas.strokeStyle = '#0b0c0c';
    canvas.stroke();
    const { people, net } = this.model;
    const label = data.closed === undefined ? people.label[data.i!]! : net.groups.name[data.closed]!;
    new Labels().name(canvas, label, data.x, data.y, data.size + 3, true);
  }

  private click(node: string, point: Point, adding: boolean): void {
    if (this.taken(point)) return;
    const tag = this.tagAt(point);
    if (tag !== undefined) this.listener.group(tag);
    else if (node.startsWith('group:')) this.listener.group(this.model.groupIndex.get(node.slice(6))!);
    else this.listener.person(this.model.index.get(node)!, adding);
  }

  private clickStage(point: Point): void {
    if (this.taken(point)) return;
    const hit = this.tagAt(point) ?? this.hulls.find((hull) => inside(point, hull.points.map(this.place)))?.group;
    if (hit !== undefined) this.listener.group(hit);
    else this.listener.empty();
  }

  private tagAt([x, y]: Point): number | undefined {
    return this.tags.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)?.group;
  }

  private turn(g: number, event: { preventSigmaDefault: () => void }): void {
    event.preventSigmaDefault(); // else it would zoom
    this.listener.turn(g);
  }

  /** The id of the chosen group, or of the group that the one chosen person is in; empty = none. */
  get groupOn(): string {
    const { chosen, state } = this.looks;
    const group = chosen.size === 1 ? this.model.people.group[[...chosen][0]!]! : -1;
    return state.group || (group >= 0 ? this.model.net.groups.id[group]! : '');
  }

  hueOf(g: number): string {
    return HUES[this.model.net.groups.hue[g]! % HUES.length]!;
  }
}
