// Outlines of groups: the convex hull of the shown members, kept in the graph's own coordinates and drawn as one path
// with round corners. The hue has no meaning; a chosen group is yellow with a black edge.
import { type Model } from './model';
import { type Shown } from './visible';

export type Point = [x: number, y: number];
export interface Hull {
  group: number;
  points: Point[];
  members: number;
}

const MARGIN = 13; // pixels between the outermost person and the outline

/** Andrew's monotone chain: the convex hull, counter-clockwise, without its last point again. */
function convex(points: Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (ordered: Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1) {
        const [o, a] = [chain[chain.length - 2]!, chain[chain.length - 1]!];
        if ((a[0] - o[0]) * (point[1] - o[1]) - (a[1] - o[1]) * (point[0] - o[0]) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** One hull per group with at least two shown members; closed groups have none. */
export function hullsOf(
  model: Model,
  shown: Shown,
  at: (i: number) => Point = (i) => [model.people.x[i]!, model.people.y[i]!],
): Hull[] {
  const members = new Map<number, Point[]>();
  const { group } = model.people;
  for (let i = 0; i < shown.people.length; i++) {
    if (!shown.people[i] || group[i]! < 0 || shown.folded[group[i]!]) continue;
    const found = members.get(group[i]!);
    if (found) found.push(at(i));
    else members.set(group[i]!, [at(i)]);
  }
  return [...members]
    .filter(([, points]) => points.length > 1)
    .map(([one, points]) => ({ group: one, points: convex(points), members: points.length }));
}

/** The outline as a path: arcs of MARGIN pixels around the corners, in pixels of the stage. */
export function outline(points: Point[], margin = MARGIN): Path2D {
  const path = new Path2D();
  const turned = area(points) < 0 ? [...points].reverse() : points;
  const n = turned.length;
  for (let i = 0; i < n; i++) {
    const [before, here, after] = [turned[(i + n - 1) % n]!, turned[i]!, turned[(i + 1) % n]!];
    const into = Math.atan2(here[1] - before[1], here[0] - before[0]) - Math.PI / 2;
    const out = Math.atan2(after[1] - here[1], after[0] - here[0]) - Math.PI / 2;
    path.arc(here[0], here[1], margin, into, out);
  }
  path.closePath();
  return path;
}

function area(points: Point[]): number {
  return points.reduce((sum, [x, y], i) => {
    const [u, v] = points[(i + 1) % points.length]!;
    return sum + x * v - u * y;
  }, 0);
}

export function paintHulls(
  canvas: CanvasRenderingContext2D,
  hulls: Hull[],
  place: (point: Point) => Point,
  look: (group: number) => { colour: string; on: boolean },
  margin: number,
): void {
  for (const hull of hulls) {
    const { colour, on } = look(hull.group);
    const path = outline(hull.points.map(place), margin);
    canvas.fillStyle = on ? '#fff3b8' : colour;
    canvas.globalAlpha = on ? 1 : 0.1;
    canvas.fill(path);
    canvas.globalAlpha = on ? 1 : 0.55;
    canvas.lineWidth = on ? 2 : 1.2;
    canvas.strokeStyle = on ? '#0b0c0c' : colour;
    canvas.stroke(path);
    canvas.globalAlpha = 1;
  }
}
