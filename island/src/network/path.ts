// The path between two people, with the records of each step: the server finds it, over everybody, loaded or not.
import { type Path, address, read } from '../data';
import { count } from './dom';
import { type Explorer } from './explorer';

export class Paths {
  found: Path | null = null;
  none = '';

  constructor(private readonly explorer: Explorer) {
    explorer.onMode((mode) => {
      if (mode === 'path' && explorer.looks.chosen.size === 2)
        void this.between(...(explorer.state.chosen as [string, string]));
      else if (mode === 'path')
        explorer.say(explorer.looks.chosen.size === 1 ? 'Now choose the other person.' : 'Choose two people.');
    });
    explorer.store.listen((state) => {
      if (!state.path) this.found = null;
      else if (this.found?.a !== state.path[0] || this.found.b !== state.path[1]) void this.between(...state.path);
    });
  }

  /** A person was chosen in path mode: the first or the second end. True when it was the second. */
  pick(i: number): boolean {
    const { chosen } = this.explorer.looks;
    const [from] = chosen;
    if (this.explorer.mode !== 'path' || chosen.size !== 1 || from === undefined || from === i) return false;
    void this.between(this.explorer.model.people.id[from]!, this.explorer.model.people.id[i]!);
    return true;
  }

  async between(a: string, b: string): Promise<void> {
    const { explorer } = this;
    this.none = '';
    try {
      const found = await read<Path>(address(explorer.urls.path, { a, b }));
      this.found = found;
      if (!found.steps.length) this.none = `No path of ${count(found.limit, 'step')} or fewer was found.`;
      for (const person of found.people) {
        if (!explorer.model.index.has(person.id)) await explorer.load({ around: person.id, steps: 0 });
      }
      explorer.looks.path = explorer.indices(found.people.map((person) => person.id));
      explorer.store.set({ path: [a, b], chosen: [a, b], ...explorer.bringing(explorer.looks.path) });
      explorer.setMode('select');
      explorer.update();
      explorer.say(this.none || `${count(found.steps.length, 'step')}`);
    } catch (problem) {
      explorer.fail(problem);
    }
  }
}
