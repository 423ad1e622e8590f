// Stepping out: everybody within so many steps joins the choice and the drawing. The number is said first; above 200
// it asks.
import { ask, count } from './dom';
import { type Explorer } from './explorer';

const ASK = 200;

/** How many people one step would add, those that are not loaded included. */
export function beyond(explorer: Explorer): number {
  const { chosen } = explorer.looks;
  const known = explorer.model.around(chosen, 1).size - chosen.size;
  let more = 0;
  for (const i of chosen) more += explorer.model.people.more[i]!;
  return known + more;
}

export async function expand(explorer: Explorer, steps: number): Promise<void> {
  const { looks, model } = explorer;
  if (!looks.chosen.size) return explorer.say('Choose somebody first.');
  const from = [...looks.chosen];
  const adds = model.around(from, steps).size - from.length;
  if (adds > ASK && !(await ask(`This adds ${count(adds, 'person', 'people')}. Go on?`, 'Add them'))) return;
  for (const i of from.filter((one) => model.people.more[one]! > 0).slice(0, 20)) {
    await explorer.load({ around: model.people.id[i]!, steps });
  }
  const reached = model.around(from, steps);
  const { only } = explorer.state;
  explorer.how = steps === 1 ? 'Within 1 step' : `Within ${steps} steps`;
  explorer.searched = false;
  explorer.store.set({
    chosen: explorer.ids(reached),
    group: '',
    only: only.length ? [...new Set([...only, ...explorer.ids(reached)])] : only,
  });
  explorer.say(`${count(reached.size, 'person', 'people')} within ${count(steps, 'step')}`);
}

/** Back from a choice of many to those who have more than one tie inside it; the others are no longer chosen. */
export function collapse(explorer: Explorer): void {
  const { chosen } = explorer.looks;
  const kept = [...chosen].filter((i) => explorer.model.ties[i]!.filter(({ other }) => chosen.has(other)).length > 1);
  const rest = kept.length < chosen.size ? kept : [];
  const only = explorer.state.only.length ? explorer.ids(rest) : [];
  explorer.how = 'Collapsed';
  explorer.store.set({ chosen: explorer.ids(rest), only });
}
