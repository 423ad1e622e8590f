// Moving people by hand: dragged with the mouse, step by step with Alt and the arrows, or by "Move" and a click where
// they are to stand. While somebody is moved only they, their links and their group's outline are drawn over the
// picture; the network is drawn anew when they are put down. They are pinned there, and the place is in the address.
import { MARKS } from '../data';
import { clear } from './canvas';
import { QUESTION, SHAPES } from './dom';
import { COLOURS, type Stage } from './draw';
import { type Explorer } from './explorer';
import { type Point, hullsOf, outline } from './hulls';

const AIMED = 4; // radius in pixels from which somebody who isn't chosen is taken hold of; the stage is moved else
const START = 4; // pixels the mouse goes before it is a drag and no click
const LEAST = 6; // radius in pixels of who is being moved

export class Placing {
  private readonly canvas: HTMLCanvasElement;
  /** Who is held, and where they are now in pixels of the stage. */
  private held: { i: number; at: Point } | null = null;
  private pressed: { i: number; from: Point } | null = null;
  /** Whether the mouse has just put somebody down: the click that follows is not for the stage. */
  private done = false;

  constructor(
    private readonly explorer: Explorer,
    private readonly stage: Stage,
  ) {
    const { sigma } = stage;
    this.canvas = sigma.createCanvas('moved', { afterLayer: 'words' });
    this.canvas.setAttribute('aria-hidden', 'true');
    this.canvas.style.pointerEvents = 'none';
    sigma.on('downNode', ({ node, event }) => {
      const i = explorer.model.index.get(node);
      const { original } = event;
      if (i === undefined || !(original instanceof MouseEvent) || original.button !== 0 || original.shiftKey) return;
      const aimed = stage.radius(i) >= AIMED || explorer.looks.chosen.has(i);
      if (aimed && explorer.mode === 'select') this.pressed = { i, from: [event.x, event.y] };
    });
    sigma.on('moveBody', ({ event, preventSigmaDefault }) => {
      if (!this.pressed) return;
      preventSigmaDefault(); // else the whole stage would move
      const { i, from } = this.pressed;
      if (this.held || Math.hypot(event.x - from[0], event.y - from[1]) > START) this.hold(i, [event.x, event.y]);
    });
    sigma.getMouseCaptor().on('mouseup', () => {
      this.pressed = null;
      if (!this.held) return;
      this.drop();
      this.done = true;
      setTimeout(() => (this.done = false));
    });
    stage.taken = (point) => this.clicked(point);
  }

  /** A click on the stage: whether it was for a move. */
  private clicked(point: Point): boolean {
    if (this.done) return true;
    if (this.explorer.mode !== 'move') return false;
    this.explorer.setMode('select');
    const [i] = this.explorer.looks.chosen;
    if (i === undefined) return false;
    this.hold(i, point);
    this.drop();
    return true;
  }

  private hold(i: number, at: Point): void {
    this.held = { i, at };
    this.paint();
  }

  /** One step by keys, in pixels; they are put down when Alt is let go. */
  step(i: number, dx: number, dy: number): void {
    if (this.held && this.held.i !== i) this.drop();
    const [x, y] = this.held?.at ?? this.stage.at(i);
    this.hold(i, [x + dx, y + dy]);
  }

  /** Put down who is held: they stay there, pinned. False when nobody is held. */
  drop(): boolean {
    const held = this.let();
    if (!held) return false;
    const { x, y } = this.stage.sigma.viewportToGraph({ x: held.at[0], y: held.at[1] });
    this.explorer.move(held.i, [x, y]);
    return true;
  }

  /** Leave who is held where they stood; false when nobody is held. */
  cancel(): boolean {
    this.pressed = null;
    return this.let() !== null;
  }

  private let(): { i: number; at: Point } | null {
    const { held } = this;
    this.held = null;
    if (held) this.paint();
    return held;
  }

  private paint(): void {
    const { stage, explorer, held } = this;
    const { width, height } = stage.sigma.getDimensions();
    const canvas = clear(this.canvas, width, height);
    if (!held) return;
    const { model, shown } = explorer;
    const { people } = model;
    canvas.beginPath();
    for (const { edge, other } of model.ties[held.i]!) {
      if (!shown.edges[edge]) continue;
      canvas.moveTo(...held.at);
      canvas.lineTo(...stage.at(other));
    }
    canvas.strokeStyle = '#0b0c0c';
    canvas.lineWidth = 1;
    canvas.stroke();
    if (explorer.state.outlines) this.paintOutline(canvas, held);
    const radius = Math.max(LEAST, stage.radius(held.i));
    canvas.beginPath();
    canvas.arc(...held.at, radius + 7, 0, 7);
    canvas.fillStyle = '#ffdd00';
    canvas.fill();
    canvas.lineWidth = 2;
    canvas.stroke();
    canvas.save();
    canvas.translate(held.at[0] - radius, held.at[1] - radius);
    canvas.scale(radius / 8, radius / 8); // shapes are in a box of 16
    paintMark(canvas, people.mark[held.i]!);
    canvas.restore();
  }

  /** The outline of their group as it would be. */
  private paintOutline(canvas: CanvasRenderingContext2D, { i, at }: { i: number; at: Point }): void {
    const { model, shown } = this.explorer;
    const { group } = model.people;
    if (group[i]! < 0) return;
    const members = shown.people.map((on, j) => (on && group[j] === group[i] ? 1 : 0));
    const [hull] = hullsOf(model, { ...shown, people: members }, (j) => (j === i ? at : this.stage.at(j)));
    if (!hull) return;
    canvas.setLineDash([4, 4]);
    canvas.stroke(outline(hull.points, this.stage.margin()));
    canvas.setLineDash([]);
  }
}

/** Somebody's mark, as on every page, in a box of 16. */
function paintMark(canvas: CanvasRenderingContext2D, mark: number): void {
  const name = MARKS[mark]!;
  const { d, hollow } = SHAPES[name]!;
  const shape = new Path2D(d);
  canvas.strokeStyle = COLOURS[mark]!;
  canvas.fillStyle = hollow ? '#fff' : COLOURS[mark]!;
  canvas.fill(shape, 'evenodd');
  if (!hollow) return;
  canvas.lineWidth = 1.8;
  if (name === 'unknown') canvas.stroke(new Path2D(QUESTION));
  canvas.setLineDash([2.7, 1.825]);
  canvas.lineDashOffset = 1.35;
  canvas.stroke(shape);
}
