// Search among the shown people, by name or id, while it is typed; where nobody fits the server looks further: for people
// who aren't drawn, and for names that are like the one typed. Enter adds the matches to the choice; a second search
// narrows it.
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
      ? `${count(found.length, 'person', 'people')} here${explorer.shown.discs.includes(1) ? ', closed groups left out' : ''}. Enter ${explorer.searched ? 'narrows the choice' : 'chooses them'}.`
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
    clearTimeout(waiting);
    if (!found.length && input.value.trim().length > 2) elsewhere(explorer, input, list, said);
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
        else if (list.childElementCount === 1) list.querySelector('button')!.click();
      },
    },
    h('label', { class: 'cl-small cl-b', for: 'net-search' }, 'Find in the network'),
    input,
    said,
    list,
  );
}

let waiting: ReturnType<typeof setTimeout> | undefined;

interface Answer {
  found: Found[];
  more: number;
  /** Nobody is called so; these are called alike, the likest first. */
  alike: boolean;
}

function words({ found, more, alike }: Answer): string {
  if (!found.length) return 'No one has this name or id. Try fewer letters.';
  const all = found.length + more;
  const how = alike ? 'with a name like this' : 'not drawn now';
  return `${count(all, 'person', 'people')} ${how}${all > LISTED ? `; the first ${LISTED}` : ''}.`;
}

/** Whom the server finds; choosing one opens their group, or brings them onto the stage. */
function elsewhere(explorer: Explorer, input: HTMLInputElement, list: HTMLElement, said: HTMLElement): void {
  const asked = input.value;
  waiting = setTimeout(() => {
    void read<Answer>(address(explorer.urls.find, { q: asked }))
      .then((answer) => {
        if (input.value !== asked) return;
        const { found } = answer;
        said.textContent = words(answer);
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
                  click: () => {
                    [input.value, said.textContent] = ['', ''];
                    list.replaceChildren();
                    void open(explorer, one);
                  },
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
  const { model } = explorer;
  const g = model.groupIndex.get(one.group ?? '') ?? -1;
  const found = () => explorer.indices([one.id]);
  if (explorer.shown.folded[g] && !found().some((i) => explorer.shown.people[i])) {
    await explorer.openGroup(g, () => {
      [explorer.how, explorer.searched] = ['Found', true];
      return { group: '', chosen: [one.id] };
    });
  } else {
    if (!found().length) await explorer.load({ around: one.id, steps: 1 });
    explorer.choose(found(), 'Found', explorer.bringing(found()));
  }
  centre(explorer, found());
  if (found().some((i) => !explorer.shown.people[i])) explorer.note(`${one.label} is hidden by the filters. Reset shows them.`);
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
