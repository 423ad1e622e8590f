// The network's keys. Arrows and Enter act while the stage has the focus, the others wherever nobody types.
import { isTyping, keysAreOff } from '../page/keys';
import { type Explorer } from './explorer';
import { expand } from './expand';
import { type Placing } from './placing';

const STEP = 10; // pixels by which Alt and an arrow move somebody

const ARROWS: Record<string, [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest neighbour in a direction: among those linked, else among all shown people. */
function nearest(explorer: Explorer, from: number, [dx, dy]: [number, number]): number {
  const { model, shown, stage } = explorer;
  const [x, y] = stage!.at(from);
  let best = -1;
  let least = Infinity;
  const linked = model.ties[from]!.filter(({ edge }) => shown.edges[edge]).map(({ other }) => other);
  const pick = (candidates: Iterable<number>) => {
    for (const i of candidates) {
      if (i === from || !shown.people[i]) continue;
      const [u, v] = stage!.at(i);
      const along = (u - x) * dx + (v - y) * dy;
      const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
      if (along <= 0 || aside > along * 1.6) continue;
      const cost = along + aside * 2;
      if (cost < least) [least, best] = [cost, i];
    }
  };
  pick(linked);
  if (best < 0) pick(model.people.id.keys());
  return best;
}

export function startKeyboard(
  explorer: Explorer,
  place: HTMLElement,
  fit: () => void,
  placing: Placing | null,
): void {
  const move = (direction: [number, number], adding: boolean) => {
    const { looks } = explorer;
    const from =
      looks.focus >= 0
        ? looks.focus
        : ([...looks.chosen][0] ?? explorer.stage!.order.find((i) => explorer.shown.people[i]) ?? -1);
    if (from < 0) return;
    const to = looks.focus < 0 ? from : nearest(explorer, from, direction);
    if (to < 0) return explorer.say('Nobody in that direction.');
    if (adding) explorer.choose(new Set([...looks.chosen, from, to]), 'Chosen');
    looks.focus = to;
    explorer.stage?.repaint();
    explorer.say(explorer.describe(to));
  };
  const act = (event: KeyboardEvent): boolean => {
    const key = event.key;
    const onStage = document.activeElement === place;
    const { focus } = explorer.looks;
    if (event.altKey && key in ARROWS && onStage && placing && focus >= 0 && !event.ctrlKey && !event.metaKey) {
      const [dx, dy] = ARROWS[key]!;
      const step = event.shiftKey ? STEP * 5 : STEP;
      return (placing.step(focus, dx * step, dy * step), true);
    }
    if (key === 'Escape' && placing?.cancel()) return (explorer.say('Not moved.'), true);
    if (key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) return undo(explorer);
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key in ARROWS && onStage && explorer.stage) return (move(ARROWS[key]!, event.shiftKey), true);
    if (key === 'Enter' && onStage && explorer.looks.focus >= 0)
      return (explorer.choose([explorer.looks.focus], 'Selected'), true);
    if (key === 'Escape') return (explorer.clear(), true);
    if (/^[123]$/.test(key)) return (void expand(explorer, Number(key)), true);
    const letter: Record<string, () => void> = {
      v: () => explorer.setMode('select'),
      l: () => explorer.setMode(explorer.mode === 'lasso' ? 'select' : 'lasso'),
      p: () => explorer.setMode('path'),
      f: fit,
      t: () => explorer.store.set({ table: !explorer.state.table }),
    };
    const done = letter[key.toLowerCase()];
    done?.();
    return Boolean(done);
  };
  document.addEventListener('keyup', (event) => {
    if (event.key === 'Alt' && placing?.drop()) event.preventDefault(); // else it opens the browser's menu
  });
  window.addEventListener('blur', () => placing?.drop());
  document.addEventListener('keydown', (event) => {
    if (keysAreOff() || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if ((event.target as HTMLElement).closest?.('a, button') && /^(Enter|Arrow)/.test(event.key)) return;
    if (act(event)) event.preventDefault();
  });
}

export function undo(explorer: Explorer): boolean {
  explorer.how = ''; // said of the choice that is taken back
  explorer.say(
    explorer.store.undo() ? `Undone. ${explorer.store.steps} more steps can be undone.` : 'Nothing to undo.',
  );
  return true;
}
