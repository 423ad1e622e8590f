// The network's keys. Arrows and Enter act while the stage has the focus, the others wherever nobody types.
import { isTyping, keysAreOff } from '../page/keys';
import { type Explorer } from './explorer';
import { expand } from './expand';
import { type Point } from './hulls';
import { type Placing } from './placing';

const STEP = 10; // pixels by which Alt and an arrow move somebody

const ARROWS: Record<string, [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where the keyboard is, or is to go: a person or a group's disc; -1 for neither. */
interface Spot {
  focus: number;
  disc: number;
}
const NOWHERE: Spot = { focus: -1, disc: -1 };

/** The nearest in a direction: among a person's linked people, else among all shown people and discs. */
function nearest(explorer: Explorer, from: Spot, [dx, dy]: [number, number]): Spot {
  const { model, shown, stage } = explorer;
  const [x, y] = from.focus >= 0 ? stage!.at(from.focus) : stage!.disc(from.disc).at;
  let best = NOWHERE;
  let least = Infinity;
  const weigh = ([u, v]: Point, spot: Spot) => {
    const along = (u - x) * dx + (v - y) * dy;
    const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
    const cost = along + aside * 2;
    if (along > 0 && aside <= along * 1.6 && cost < least) [least, best] = [cost, spot];
  };
  const people = (candidates: Iterable<number>) => {
    for (const i of candidates) if (shown.people[i]) weigh(stage!.at(i), { focus: i, disc: -1 });
  };
  const linked = model.ties[from.focus]?.filter(({ edge }) => shown.edges[edge]).map(({ other }) => other) ?? [];
  people(linked);
  if (best !== NOWHERE) return best;
  people(model.people.id.keys());
  shown.discs.forEach((on, g) => on && weigh(stage!.disc(g).at, { focus: -1, disc: g }));
  return best;
}

/** Where the arrows begin: with whoever is chosen, else the largest person on the stage, else the largest disc. */
function start({ looks, model, shown, stage }: Explorer): Spot {
  const focus = [...looks.chosen][0] ?? stage!.order.find((i) => shown.people[i]) ?? -1;
  if (focus >= 0) return { focus, disc: -1 };
  const { size } = model.net.groups;
  const larger = (best: number, g: number) => (shown.discs[g] && !(size[g]! <= size[best]!) ? g : best);
  return { focus, disc: [...shown.discs.keys()].reduce(larger, -1) };
}

export function startKeyboard(
  explorer: Explorer,
  place: HTMLElement,
  fit: () => void,
  placing: Placing | null,
): void {
  const move = (direction: [number, number], adding: boolean) => {
    const { looks } = explorer;
    const from: Spot | null = looks.focus >= 0 || looks.disc >= 0 ? { focus: looks.focus, disc: looks.disc } : null;
    const to = from ? nearest(explorer, from, direction) : start(explorer);
    if (to.focus < 0 && to.disc < 0) return explorer.say('Nobody in that direction.');
    const both = [from?.focus ?? -1, to.focus].filter((i) => i >= 0);
    if (adding && to.focus >= 0) explorer.choose(new Set([...looks.chosen, ...both]), 'Chosen');
    Object.assign(looks, to);
    explorer.stage?.repaint();
    explorer.say(to.focus >= 0 ? explorer.describe(to.focus) : explorer.describeGroup(to.disc));
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
    if (key === 'Enter' && onStage && explorer.looks.disc >= 0)
      return (void explorer.openGroup(explorer.looks.disc), true);
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
