// The lasso: a line drawn around people chooses them. It is a layer over the stage that takes the pointer while it is
// on.
import { svg } from './dom';
import { inside } from './canvas';
import { type Stage } from './draw';
import { type Explorer } from './explorer';
import { type Point } from './hulls';

/** The shown people inside a line around them, in pixels of the stage. */
function within(stage: Stage, line: Point[]): number[] {
  const { shown } = stage.looks;
  const found: number[] = [];
  for (let i = 0; i < shown.people.length; i++) if (shown.people[i] && inside(stage.at(i), line)) found.push(i);
  return found;
}

export function startLasso(explorer: Explorer, stage: Stage, place: HTMLElement): void {
  const path = svg('path', { d: '' });
  const layer = svg('svg', { class: 'cl-lasso', 'aria-hidden': 'true' }, path);
  place.append(layer);
  let line: Point[] = [];
  const at = (event: PointerEvent): Point => {
    const box = layer.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const draw = () =>
    path.setAttribute(
      'd',
      line.length ? `M${line.map((point) => point.map((v) => v.toFixed(1)).join(' ')).join('L')}Z` : '',
    );
  explorer.onMode((mode) => {
    layer.classList.toggle('is-on', mode === 'lasso');
    line = [];
    draw();
  });
  layer.addEventListener('pointerdown', (event) => {
    line = [at(event)];
    layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener('pointermove', (event) => {
    if (!line.length || !layer.hasPointerCapture(event.pointerId)) return;
    line.push(at(event));
    draw();
  });
  layer.addEventListener('pointerup', (event) => {
    if (line.length > 2) {
      const found = within(stage, line);
      if (!found.length) explorer.say('Nobody is inside the line.');
      explorer.choose(event.shiftKey ? new Set([...explorer.looks.chosen, ...found]) : found, 'Chosen with the lasso');
    }
    line = line.length > 2 ? line : [];
    draw();
  });
  stage.sigma.getCamera().on('updated', () => {
    line = []; // the line belongs to the picture it was drawn on
    draw();
  });
}
