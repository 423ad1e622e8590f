// While a large network is moved, its last picture moves with the camera (a CSS transform of the canvases), and it is
// drawn anew when the movement pauses: on software WebGL one drawing of 50,000 edges takes a few tenths of a second.
// Small networks are drawn at each step.
import type Sigma from 'sigma';
import type { CameraState, Coordinates } from 'sigma/types';

const LIGHT = 4000; // edges that are drawn at each step
const PAUSE = 120; // milliseconds without movement
const LONGEST = 1200; // milliseconds of movement without a new drawing

export function startMoving(sigma: Sigma, edges: () => number): void {
  const camera = sigma.getCamera();
  const canvases = Object.entries(sigma.getCanvases())
    .filter(([name]) => name !== 'mouse')
    .map(([, canvas]) => canvas);
  let drawn: CameraState = camera.getState();
  let since = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  for (const canvas of canvases) canvas.style.transformOrigin = '0 0';

  camera.removeAllListeners('updated'); // sigma's own listener draws at each step
  camera.on('updated', (now) => {
    if (edges() < LIGHT) {
      sigma.scheduleRender();
      return;
    }
    if (!since) since = performance.now();
    const { width } = sigma.getDimensions();
    const place = (x: number): Coordinates =>
      sigma.framedGraphToViewport(sigma.viewportToFramedGraph({ x, y: 0 }, { cameraState: drawn }), {
        cameraState: now,
      });
    const [from, to] = [place(0), place(width)];
    const transform = `translate(${from.x}px, ${from.y}px) scale(${(to.x - from.x) / width})`;
    for (const canvas of canvases) canvas.style.transform = transform;
    clearTimeout(timer);
    timer = setTimeout(() => sigma.scheduleRender(), performance.now() - since > LONGEST ? 0 : PAUSE);
  });
  sigma.on('afterRender', () => {
    clearTimeout(timer);
    since = 0;
    drawn = camera.getState();
    for (const canvas of canvases) canvas.style.transform = '';
  });
  // The wheel zooms around the pointer: with the camera as it is now, not as it was when drawn.
  sigma.getViewportZoomedState = (target, wanted) => {
    const now = camera.getState();
    const ratio = Math.min(
      sigma.getSetting('maxCameraRatio') ?? Infinity,
      Math.max(sigma.getSetting('minCameraRatio') ?? 0, wanted),
    );
    const { width, height } = sigma.getDimensions();
    const pointer = sigma.viewportToFramedGraph(target, { cameraState: now });
    const centre = sigma.viewportToFramedGraph({ x: width / 2, y: height / 2 }, { cameraState: now });
    const share = 1 - ratio / now.ratio;
    return {
      angle: now.angle,
      ratio,
      x: (pointer.x - centre.x) * share + now.x,
      y: (pointer.y - centre.y) * share + now.y,
    };
  };
}
