// What the two canvases around the WebGL layers show: dashed adversarial edges, the path, halos, and words.
import { type Stage } from './draw';
import { type Point } from './hulls';
import { type Box } from './labels';

export const ADVERSARIAL = '#a3341f';
const NAMES = 260; // candidates for a name in one frame
const LEGIBLE = 9.5; // a person this large (radius in pixels) gets a name if it covers no other
const TAGGED = 7; // a group with this many people has its tag at the first zoom, smaller ones when closer

const HEIGHTS = [13, 20, 28, 37]; // pixels from a group's uppermost person to its tag

function near([x, y]: Point, width: number, height: number, margin = 30): boolean {
  return x > -margin && y > -margin && x < width + margin && y < height + margin;
}

/** Adversarial edges (victim and suspect), dashed red, and the steps of a path, thick. */
export function paintLines(canvas: CanvasRenderingContext2D, stage: Stage, width: number, height: number): void {
  const { edges } = stage.model;
  const { shown, path } = stage.looks;
  canvas.beginPath();
  for (let e = 0; e < shown.edges.length; e++) {
    if (!shown.edges[e] || edges.kind[e] !== 1) continue;
    const from = stage.at(edges.a[e]!);
    const to = stage.at(edges.b[e]!);
    if (
      Math.max(from[0], to[0]) < 0 ||
      Math.min(from[0], to[0]) > width ||
      Math.max(from[1], to[1]) < 0 ||
      Math.min(from[1], to[1]) > height
    )
      continue;
    canvas.moveTo(...from);
    canvas.lineTo(...to);
  }
  canvas.setLineDash([5, 4]);
  canvas.strokeStyle = ADVERSARIAL;
  canvas.lineWidth = 1.5;
  canvas.stroke();
  canvas.setLineDash([]);
  if (path.length < 2) return;
  canvas.beginPath();
  path.forEach((i, k) => (k ? canvas.lineTo(...stage.at(i)) : canvas.moveTo(...stage.at(i))));
  canvas.lineJoin = 'round';
  for (const [thick, colour] of [
    [9, '#0b0c0c'],
    [5, '#ffdd00'],
  ] as const) {
    canvas.lineWidth = thick;
    canvas.strokeStyle = colour;
    canvas.stroke();
  }
}

/** Yellow with a black ring: the chosen, what a search has found, and the keyboard's place. */
export function paintHalos(canvas: CanvasRenderingContext2D, stage: Stage, width: number, height: number): void {
  const { chosen, found, focus, state, shown } = stage.looks;
  const { people } = stage.model;
  const halo = (i: number, fill: string, margin: number, line: number) => {
    if (!shown.people[i]) return;
    const at = stage.at(i);
    if (!near(at, width, height)) return;
    canvas.beginPath();
    const radius = stage.radius(i);
    canvas.arc(at[0], at[1], radius + Math.min(margin, 2 + radius), 0, 7);
    canvas.fillStyle = fill;
    canvas.fill();
    canvas.lineWidth = line;
    canvas.strokeStyle = '#0b0c0c';
    canvas.stroke();
  };
  for (const i of found) halo(i, '#ffdd00', 6, 1.5);
  for (const i of chosen) halo(i, '#ffdd00', 7, 2);
  if (focus >= 0) halo(focus, '#ffdd00', 9, 4);
  if (stage.looks.disc >= 0) {
    const { at, radius } = stage.disc(stage.looks.disc);
    canvas.beginPath();
    canvas.arc(...at, radius + 8, 0, 7);
    canvas.fillStyle = '#ffdd00';
    canvas.fill();
    canvas.lineWidth = 2;
    canvas.strokeStyle = '#0b0c0c';
    canvas.stroke();
  }
  if (!state.uncertain) return;
  canvas.setLineDash([2, 3]);
  for (let i = 0; i < shown.people.length; i++) {
    if (shown.people[i] && people.stays[i] !== null && people.stays[i]! < 70) halo(i, '#fff', 5, 1.2);
  }
  canvas.setLineDash([]);
}

/** Who is taken out in the what-if: a cross inside their pale dot, so that it covers nobody else's mark. */
export function paintOut(canvas: CanvasRenderingContext2D, stage: Stage, width: number, height: number): void {
  for (const i of stage.looks.out) {
    const [x, y] = stage.at(i);
    if (!stage.looks.shown.people[i] || !near([x, y], width, height)) continue;
    cross(canvas, x, y, stage.radius(i));
  }
}

/** The mark of being taken out. */
export function cross(canvas: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  const arm = Math.max(4, radius * 0.8);
  canvas.beginPath();
  canvas.moveTo(x - arm, y - arm);
  canvas.lineTo(x + arm, y + arm);
  canvas.moveTo(x - arm, y + arm);
  canvas.lineTo(x + arm, y - arm);
  canvas.lineCap = 'round';
  canvas.lineWidth = 2.2;
  canvas.strokeStyle = '#0b0c0c';
  canvas.stroke();
  canvas.lineCap = 'butt';
}

/** Tags of groups, then names: the chosen first, then the largest, each only where it covers no other. */
export function paintNames(canvas: CanvasRenderingContext2D, stage: Stage, width: number, height: number): void {
  const { chosen, found, focus, shown, path } = stage.looks;
  const { people } = stage.model;
  const ratio = stage.sigma.getCamera().ratio;
  const person = (i: number, force = false) => {
    const at = stage.at(i);
    return (
      near(at, width, height, 0) && stage.labels.name(canvas, people.label[i]!, at[0], at[1], stage.radius(i), force)
    );
  };
  for (let i = 0; i < shown.people.length; i++) {
    if (!shown.people[i] || people.mark[i] === 0) continue;
    const at = stage.at(i);
    if (near(at, width, height, 0)) stage.labels.keep(at[0], at[1], stage.radius(i));
  }
  if (focus >= 0 && shown.people[focus]) person(focus, true);
  const first = [...chosen].slice(0, 40);
  for (const i of [...path, ...first, ...[...found].slice(0, 40)])
    if (shown.people[i] && i !== focus) person(i, chosen.size === 1);
  tags(canvas, stage, width, height, ratio);
  let tried = 0;
  for (const i of stage.order) {
    if (stage.radius(i) < LEGIBLE || tried >= NAMES) break;
    if (!shown.people[i] || chosen.has(i)) continue;
    if (near(stage.at(i), width, height, 0)) {
      tried++;
      person(i);
    }
  }
}

function tags(canvas: CanvasRenderingContext2D, stage: Stage, width: number, height: number, ratio: number): void {
  const { groups } = stage.model.net;
  const on = stage.groupOn;
  const ordered = [...stage.hulls].sort(
    (a, b) => Number(groups.id[b.group] === on) - Number(groups.id[a.group] === on) || b.members - a.members,
  );
  for (const hull of ordered) {
    const chosen = groups.id[hull.group] === on;
    if (!chosen && (hull.members * stage.shrink) / ratio < TAGGED) continue;
    const points = hull.points.map(stage.place);
    const top = points.reduce((best, point) => (point[1] < best[1] ? point : best));
    const middle = points.reduce((sum, point) => sum + point[0], 0) / points.length;
    // above the outline, and higher where a protected person's mark stands there
    const x = (top[0] + middle) / 2;
    if (!near([x, top[1]], width, height, 40)) continue;
    const name = groups.name[hull.group]!;
    const tag = (above: number, force: boolean) =>
      stage.labels.tag(canvas, name, x, top[1] - above, stage.hueOf(hull.group), chosen, '', force);
    let box: Box | null = null;
    for (const above of HEIGHTS) box ??= tag(above, false);
    if (chosen) box ??= tag(HEIGHTS[0]!, true);
    if (box) stage.tags.push({ group: hull.group, box });
  }
  groups.id.forEach((id, g) => {
    if (!stage.looks.shown.discs[g]) return;
    const { at } = stage.disc(g);
    const words = `${groups.name[g]!} ${groups.size[g]!}`;
    if (!near(at, width, height)) return;
    const children = `${groups.children[g] || ''}${groups.ages[g] ? '?' : ''}`;
    const box = stage.labels.tag(canvas, words, at[0], at[1], stage.hueOf(g), id === on, children);
    if (box) stage.tags.push({ group: g, box });
  });
}
