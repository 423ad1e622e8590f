// The panel's words for a path: each step with the records behind it.
import { count, h, icon } from './dom';
import { type Explorer } from './explorer';
import { type Paths } from './path';
import { section, who } from './pieces';

export function pathPart(explorer: Explorer, paths: Paths): Node[] {
  const { found } = paths;
  if (!found || !found.steps.length) return [h('p', { class: 'cl-note cl-mt' }, paths.none || 'No path was found.')];
  const names = new Map(found.people.map((person) => [person.id, person]));
  const person = (id: string) => {
    const i = explorer.model.index.get(id);
    return i !== undefined
      ? h('li', {}, who(explorer, i))
      : h('li', {}, icon(names.get(id)?.mark ?? 4), names.get(id)?.label ?? id);
  };
  const last = found.people[found.people.length - 1]!;
  const items = found.steps.flatMap((step, k) => [
    ...(k === 0 ? [person(step.from)] : []),
    h(
      'li',
      {},
      h(
        'span',
        {},
        h('span', { class: 'cl-muted' }, step.adversarial ? 'against each other in ' : 'share '),
        ...step.records
          .slice(0, 2)
          .flatMap((record, r) => [r > 0 && ' and ', h('a', { class: 'govuk-link', href: record.href }, record.id)]),
        step.n - step.away > 2 && ` and ${step.n - step.away - 2} more`,
        step.away > 0 && `${step.n > step.away ? ' and ' : ''}${count(step.away, 'record')} outside your areas`,
      ),
    ),
    person(step.to),
  ]);
  return [section(`Path to ${last.label}`, count(found.steps.length, 'step'), h('ul', { class: 'cl-list' }, ...items))];
}
