// Search among the loaded people, by name or id, while it is typed; people who are not loaded are looked up by the
// server. Enter adds the matches to the choice; a second search narrows it.
import { type Found, address, read } from '../data';
import { count, h, icon } from './dom';
import { type Explorer } from './explorer';

const LISTED = 8;

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

class Names {
  private names: string[] = [];

  constructor(private readonly explorer: Explorer) {}

  /** Indices of shown people whose name or id holds every word. */
  find(text: string): number[] {
    const { people } = this.explorer.model;
    for (let i = this.names.length; i < people.id.length; i++)
      this.names.push(plain(`${people.label[i]} ${people.id[i]}`));
    const words = plain(text).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const found: number[] = [];
    for (let i = 0; i < this.names.length; i++) {
      if (this.explorer.shown.people[i] && words.every((word) => this.names[i]!.includes(word))) found.push(i);
    }
    return found;
  }
}

export function startSearch(explorer: Explorer): HTMLElement {
  const names = new Names(explorer);
  const said = h('p', { class: 'cl-tiny', 'aria-live': 'polite' });
  const list = h('ul', { class: 'cl-list cl-hits' });
  const input = h('input', {
    class: 'cl-input',
    id: 'net-search',
    type: 'search',
    autocomplete: 'off',
    input: () => look(),
  });
  const pick = (found: number[]) => {
    const narrowed = explorer.searched ? found.filter((i) => explorer.looks.chosen.has(i)) : [];
    const next = explorer.searched && narrowed.length ? narrowed : [...new Set([...explorer.looks.chosen, ...found])];
    explorer.choose(next, 'Found');
    input.value = '';
    list.replaceChildren();
    said.textContent = '';
    centre(explorer, next);
  };
  const look = () => {
    const found = names.find(input.value);
    explorer.looks.found = new Set(found);
    explorer.stage?.repaint();
    said.textContent = input.value
      ? `${count(found.length, 'person', 'people')} here. Enter ${explorer.searched ? 'narrows the choice' : 'chooses them'}.`
      : '';
    list.replaceChildren(
      ...found
        .slice(0, LISTED)
        .map((i) =>
          h(
            'li',
            {},
            icon(explorer.model.people.mark[i]!),
            h('button', { type: 'button', class: 'cl-plain', click: () => pick([i]) }, explorer.model.people.label[i]!),
          ),
        ),
    );
    if (!found.length && input.value.length > 2 && explorer.model.net.groups.open.includes(false))
      elsewhere(explorer, input, list, said);
  };
  return h(
    'form',
    {
      class: 'cl-fl',
      role: 'search',
      submit: (event) => {
        event.preventDefault();
        const found = names.find(input.value);
        if (found.length) pick(found);
      },
    },
    h('label', { class: 'cl-small cl-b', for: 'net-search' }, 'Find in the network'),
    input,
    said,
    list,
  );
}

let waiting: ReturnType<typeof setTimeout> | undefined;

/** People of groups that are not open: the server knows them; choosing one opens the surroundings. */
function elsewhere(explorer: Explorer, input: HTMLInputElement, list: HTMLElement, said: HTMLElement): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    void read<{ found: Found[]; more: number }>(address(explorer.urls.find, { q: input.value }))
      .then(({ found, more }) => {
        const all = found.length + more;
        said.textContent = found.length
          ? `${count(all, 'person', 'people')} in groups that are closed${all > LISTED ? `; the first ${LISTED}` : ''}.`
          : 'No one has this name or id. Try fewer letters.';
        list.replaceChildren(
          ...found.slice(0, LISTED).map((one) =>
            h(
              'li',
              {},
              icon(one.mark),
              h(
                'button',
                {
                  type: 'button',
                  class: 'cl-plain',
                  click: () => void open(explorer, one),
                },
                one.label,
              ),
            ),
          ),
        );
      })
      .catch((problem: unknown) => explorer.fail(problem));
  }, 300);
}

async function open(explorer: Explorer, one: Found): Promise<void> {
  await explorer.load(one.group ? { group: one.group } : { around: one.id, steps: 1 });
  const found = explorer.indices([one.id]);
  explorer.choose(found, 'Found');
  centre(explorer, found);
}

/** Moves the camera only when somebody found is outside the stage. */
function centre(explorer: Explorer, found: number[]): void {
  const { stage } = explorer;
  if (!stage || found.length !== 1) return;
  const [x, y] = stage.at(found[0]!);
  const { width, height } = stage.sigma.getDimensions();
  if (x > 20 && y > 20 && x < width - 20 && y < height - 20 && stage.radius(found[0]!) > 5) return;
  const to = stage.sigma.getNodeDisplayData(explorer.model.people.id[found[0]!]!);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const ratio = Math.min(stage.sigma.getCamera().ratio, 0.3);
  if (to) void stage.sigma.getCamera().animate({ x: to.x, y: to.y, ratio }, { duration: still ? 0 : 250 });
}
