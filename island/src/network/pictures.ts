// The scene as an SVG file or a PNG: marking on top and at the foot, the legend of the marks, and who made it for whom.
import { MARKS, WORDS } from '../data';
import { QUESTION, SHAPES } from './dom';
import { COLOURS, DISC } from './draw';
import { xml } from './formats';
import { outline } from './hulls';
import { FONT } from './labels';
import { cross } from './paint';
import { type Person, type Scene } from './scene';

const TOP = 40;
const FOOT = 96;
const COLUMNS = 3; // of the legend
const INK = '#0b0c0c';

const legend = MARKS.map((mark, code) => ({ code, words: WORDS[mark] }));

function shape(code: number): { d: string; hollow: boolean } {
  const found = SHAPES[MARKS[code]!]!;
  return { d: found.d, hollow: Boolean(found.hollow) };
}

/** Scale of the 16-pixel shape to a person's radius: circles and squares have 6 to the side, diamonds 7.2. */
function scale(person: { r: number; mark: number }): number {
  return person.mark === 2 || person.mark === 5 ? (person.r * 1.28) / 7.2 : person.r / 6;
}

/** Where the k-th mark of the legend stands. */
function spot(k: number, width: number, height: number): [number, number] {
  return [22 + (k % COLUMNS) * ((width - 32) / COLUMNS), height + TOP + 14 + Math.floor(k / COLUMNS) * 17];
}

export function svgFile(scene: Scene, head: string[]): string {
  const { width, height } = scene;
  const n = (value: number) => value.toFixed(1);
  const dot = (person: Person) => {
    const { d, hollow } = shape(person.mark);
    const { colour } = person;
    const s = scale(person);
    const paint = hollow
      ? `fill="#fff" stroke="${colour}" stroke-width="1.8" stroke-dasharray="2.7 1.825" stroke-dashoffset="1.35"`
      : `fill="${colour}" fill-rule="evenodd" stroke="#fff" stroke-width="${n(1 / s)}"`;
    const ring = person.soc
      ? `<circle cx="${n(person.x)}" cy="${n(person.y)}" r="${n(person.r * 1.25 + 2)}" fill="#fff" stroke="${INK}" stroke-width="1.6"/>`
      : '';
    const mark =
      person.mark === 4
        ? `<text x="${n(person.x)}" y="${n(person.y + 4)}" text-anchor="middle" font-size="10" font-weight="700" fill="${colour}">?</text>`
        : '';
    const [x, y, arm] = [person.x, person.y, Math.max(4, person.r * 0.8)];
    const out = person.out
      ? `<path d="M${n(x - arm)} ${n(y - arm)}L${n(x + arm)} ${n(y + arm)}M${n(x - arm)} ${n(y + arm)}L${n(x + arm)} ${n(y - arm)}" stroke="${INK}" stroke-width="2.2" stroke-linecap="round"/>`
      : '';
    const said = `${person.words}${person.soc ? ', in SOC network' : ''}${person.out ? ', taken out in a what-if' : ''}`;
    return `<g><title>${xml(`${person.label}: ${said}`)}</title>${ring}<path transform="translate(${n(person.x - 8 * s)} ${n(person.y - 8 * s)}) scale(${s.toFixed(3)})" d="${d}" ${paint}/>${mark}${out}</g>`;
  };
  const marking = (y: number) =>
    `<text x="${width / 2}" y="${y}" text-anchor="middle" font-size="14" font-weight="700" letter-spacing="1">${xml(head[0]!)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + TOP + FOOT}" width="${width}" height="${height + TOP + FOOT}" font-family="${xml(FONT)}" fill="${INK}">`,
    `<title>${xml(head.join(' | '))}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<clipPath id="stage"><rect width="${width}" height="${height}"/></clipPath>`,
    marking(24),
    `<g transform="translate(0 ${TOP})" clip-path="url(#stage)">`,
    ...scene.hulls.map(
      (hull) =>
        `<path d="M${hull.points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}Z" fill="${hull.colour}" fill-opacity=".1" stroke="${hull.colour}" stroke-opacity=".3" stroke-width="24" stroke-linejoin="round"/>`,
    ),
    ...scene.links.map(
      (link) =>
        `<path d="M${n(link.from[0])} ${n(link.from[1])}L${n(link.to[0])} ${n(link.to[1])}" stroke-width="${n(link.width)}" stroke="${link.colour}"${link.adversarial ? ' stroke-dasharray="5 4"' : ''}/>`,
    ),
    ...scene.discs.map(
      ({ at: [x, y], r, words }) =>
        `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${DISC}"><title>${xml(words)}</title></circle>`,
    ),
    ...scene.people.map(dot),
    ...scene.words.map(
      (word) =>
        `<text x="${n(word.x)}" y="${n(word.y)}" font-size="12" font-weight="${word.bold ? 700 : 600}"${word.bold ? ' text-anchor="middle"' : ''} paint-order="stroke" stroke="#fff" stroke-width="3">${xml(word.text)}</text>`,
    ),
    '</g>',
    ...legend.map(({ code, words }, k) => {
      const [x, y] = spot(k, width, height);
      const { d, hollow } = shape(code);
      const paint = hollow
        ? `fill="#fff" stroke="${COLOURS[code]}" stroke-width="1.8" stroke-dasharray="2.7 1.825" stroke-dashoffset="1.35"`
        : `fill="${COLOURS[code]}" fill-rule="evenodd"`;
      return `<path transform="translate(${n(x - 6)} ${n(y - 6)}) scale(.75)" d="${d}" ${paint}/><text x="${n(x + 11)}" y="${n(y + 4)}" font-size="10.5">${xml(words)}</text>`;
    }),
    ...head
      .slice(1)
      .map((line, k) => `<text x="16" y="${height + TOP + 52 + k * 12}" font-size="10">${xml(line)}</text>`),
    marking(height + TOP + FOOT - 3),
    '</svg>',
    '',
  ].join('\n');
}

export async function pngFile(scene: Scene, head: string[]): Promise<Blob> {
  const { width, height } = scene;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width * 2, (height + TOP + FOOT) * 2];
  const pen = canvas.getContext('2d')!;
  pen.scale(2, 2);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height + TOP + FOOT);
  const marking = (y: number) => {
    pen.font = `700 14px ${FONT}`;
    pen.textAlign = 'center';
    pen.fillStyle = INK;
    pen.fillText(head[0]!, width / 2, y);
  };
  marking(24);
  pen.save();
  pen.translate(0, TOP);
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.clip();
  for (const hull of scene.hulls) {
    const path = outline(hull.points);
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [hull.colour, hull.colour, 1.2];
    pen.globalAlpha = 0.1;
    pen.fill(path);
    pen.globalAlpha = 0.55;
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
  for (const link of scene.links) {
    pen.setLineDash(link.adversarial ? [5, 4] : []);
    pen.strokeStyle = link.colour;
    pen.lineWidth = link.width;
    pen.beginPath();
    pen.moveTo(...link.from);
    pen.lineTo(...link.to);
    pen.stroke();
  }
  pen.setLineDash([]);
  for (const { at, r } of scene.discs) {
    pen.beginPath();
    pen.arc(...at, r, 0, 7);
    pen.fillStyle = DISC;
    pen.fill();
  }
  for (const person of scene.people) {
    drawPerson(pen, person);
    if (person.out) cross(pen, person.x, person.y, person.r);
  }
  pen.lineJoin = 'round';
  for (const word of scene.words) {
    pen.font = `${word.bold ? 700 : 600} 12px ${FONT}`;
    pen.textAlign = word.bold ? 'center' : 'left';
    [pen.strokeStyle, pen.lineWidth, pen.fillStyle] = ['#fff', 4, INK];
    pen.strokeText(word.text, word.x, word.y);
    pen.fillText(word.text, word.x, word.y);
  }
  pen.restore();
  legend.forEach(({ code, words }, k) => {
    const [x, y] = spot(k, width, height);
    drawPerson(pen, { x, y, r: 4.5, mark: code, soc: false, colour: COLOURS[code]! });
    pen.font = `10.5px ${FONT}`;
    pen.fillStyle = INK;
    pen.textAlign = 'left';
    pen.fillText(words, x + 11, y + 4);
  });
  pen.font = `10px ${FONT}`;
  head.slice(1).forEach((line, k) => pen.fillText(line, 16, height + TOP + 52 + k * 12));
  marking(height + TOP + FOOT - 3);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  );
}

function drawPerson(pen: CanvasRenderingContext2D, person: Pick<Person, 'x' | 'y' | 'r' | 'mark' | 'soc' | 'colour'>): void {
  const { d, hollow } = shape(person.mark);
  const s = scale(person);
  pen.save();
  if (person.soc) {
    pen.beginPath();
    pen.arc(person.x, person.y, person.r * 1.25 + 2, 0, 7);
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = ['#fff', INK, 1.6];
    pen.fill();
    pen.stroke();
  }
  pen.translate(person.x - 8 * s, person.y - 8 * s);
  pen.scale(s, s);
  const path = new Path2D(d);
  pen.lineWidth = hollow ? 1.8 : 1 / s;
  pen.strokeStyle = hollow ? person.colour : '#fff';
  pen.fillStyle = hollow ? '#fff' : person.colour;
  pen.fill(path, 'evenodd');
  pen.setLineDash(hollow ? [2.7, 1.825] : []);
  pen.lineDashOffset = 1.35;
  pen.stroke(path);
  if (person.mark === 4) {
    pen.setLineDash([]);
    pen.stroke(new Path2D(QUESTION));
  }
  pen.restore();
}
