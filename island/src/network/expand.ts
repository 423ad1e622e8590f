// Stepping out: everybody within so many steps joins the choice and the drawing, those of closed groups too. The number
// is said first, with people who aren't loaded; above 200 it asks; where not everything is loaded it says how much.
import { ask, count } from './dom';
import { type Explorer } from './explorer';

const ASK = 200;
const LOADED = 20; // people whose surroundings are asked for at once

/** How many people so many steps would add, in words too: of people who aren't loaded only the links are known. */
export function beyond(explorer: Explorer, steps = 1): { adds: number; words: string } {
  const { model, looks } = explorer;
  let more = 0;
  for (const i of model.around(looks.chosen, steps - 1)) more += model.people.more[i]!;
  const adds = model.around(looks.chosen, steps).size - looks.chosen.size + more;
  const number = adds.toLocaleString('en-GB');
  if (!more || (steps === 1 && looks.chosen.size === 1)) return { adds, words: number };
  return { adds, words: steps === 1 ? `up to ${number}` : `${number} or more` };
}

export async function expand(explorer: Explorer, steps: number): Promise<void> {
  const { looks, model } = explorer;
  if (!looks.chosen.size) return explorer.say('Choose somebody first.');
  const from = [...looks.chosen];
  const { adds, words } = beyond(explorer, steps);
  if (adds > ASK && !(await ask(`This adds ${words} people. Go on?`, 'Add them'))) return;
  const open = from.filter((one) => model.people.more[one]! > 0);
  for (const i of open.slice(0, LOADED)) await explorer.load({ around: model.people.id[i]!, steps });
  const reached = model.around(from, steps);
  const { only } = explorer.state;
  const how = steps === 1 ? 'Within 1 step' : `Within ${steps} steps`;
  explorer.choose(reached, how, {
    only: only.length ? [...new Set([...only, ...explorer.ids(reached)])] : only,
    ...explorer.bringing(reached),
  });
  explorer.say(`${count(reached.size, 'person', 'people')} within ${count(steps, 'step')}`);
  if (open.length > LOADED)
    explorer.note(
      `Neighbours of ${LOADED} of ${open.length} people loaded; ${open.length - LOADED} more. Choose fewer to load theirs.`,
    );
}
