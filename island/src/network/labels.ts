// Words on the stage: a label is drawn only where it covers no other; the chosen first, then groups, then the largest.
export const FONT = '"Segoe UI", Inter, system-ui, -apple-system, Roboto, "Liberation Sans", Arial, sans-serif';
const INK = '#0b0c0c';

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export class Labels {
  private placed: Box[] = [];
  private readonly widths = new Map<string, number>();

  clear(): void {
    this.placed = [];
  }

  /** Takes the place of a label; false when something stands there already. */
  take(box: Box, force = false): boolean {
    const free = !this.placed.some(
      (other) => box.right > other.left && box.left < other.right && box.bottom > other.top && box.top < other.bottom,
    );
    if (!free && !force) return false;
    this.placed.push(box);
    return true;
  }

  /** Keeps a mark free of names: nobody's protection may be covered by somebody else's name. */
  keep(x: number, y: number, radius: number): void {
    this.placed.push({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius });
  }

  width(canvas: CanvasRenderingContext2D, text: string): number {
    const key = canvas.font + text;
    let width = this.widths.get(key);
    if (width === undefined) {
      width = canvas.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }

  /** A name beside a person; one that must stand is on another side where something stands on the right. */
  name(canvas: CanvasRenderingContext2D, text: string, x: number, y: number, radius: number, force = false): boolean {
    canvas.font = `600 12px ${FONT}`;
    const width = this.width(canvas, text);
    const away = radius + 5;
    const places: [number, number][] = [[x + away, y]]; // left end and middle of the words
    if (force) places.push([x - away - width, y], [x - width / 2, y + away + 8], [x - width / 2, y - away - 8]);
    const box = ([left, middle]: [number, number]) => ({ left, top: middle - 8, right: left + width, bottom: middle + 8 });
    let at = places.find((place) => this.take(box(place)));
    if (!at && !force) return false;
    if (!at) this.take(box((at = places[0]!)), true);
    canvas.lineJoin = 'round';
    canvas.lineWidth = 4;
    canvas.strokeStyle = 'rgba(251, 252, 253, .95)';
    canvas.textAlign = 'left';
    canvas.strokeText(text, at[0], at[1] + 4);
    canvas.fillStyle = INK;
    canvas.fillText(text, at[0], at[1] + 4);
    return true;
  }

  /** The name tag of a group, above its outline; where it stands, null where there is no room. */
  tag(
    canvas: CanvasRenderingContext2D,
    text: string,
    x: number,
    y: number,
    edge: string,
    on: boolean,
    children = '',
    force = on,
  ): Box | null {
    canvas.font = `700 12.5px ${FONT}`;
    const more = children ? ` ${children}` : '';
    const square = children ? 13 : 0; // the mark of people under 18, before their number
    const half = (this.width(canvas, text + more) + square) / 2 + 6;
    const box = { left: x - half, top: y - 9, right: x + half, bottom: y + 9 };
    if (!this.take(box, force)) return null;
    canvas.fillStyle = '#fff';
    canvas.fillRect(x - half, y - 9, half * 2, 18);
    canvas.lineJoin = 'miter'; // names before it were written with round joins
    canvas.lineWidth = on ? 2 : 1.2;
    canvas.strokeStyle = on ? INK : edge;
    canvas.strokeRect(x - half, y - 9, half * 2, 18);
    canvas.fillStyle = INK;
    canvas.textAlign = 'left';
    canvas.fillText(text, x - half + 6, y + 4.5);
    if (!children) return box;
    const after = x - half + 6 + this.width(canvas, text);
    canvas.fillStyle = '#6a2c91';
    canvas.beginPath();
    canvas.roundRect(after + 5, y - 4.5, 9, 9, 2.5);
    canvas.fill();
    canvas.fillText(more, after + square, y + 4.5);
    return box;
  }
}
