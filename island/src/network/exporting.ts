// Taking out what is shown. The server is asked first: it checks the permission and writes the log (what, marking,
// recipient, who is in it); only after its yes is the file made, here, from what is on the screen.
import { type Allowed, post } from '../data';
import { button, count, h, show } from './dom';
import { type Explorer } from './explorer';
import { csv, gexf, graphml, header, linkRows, peopleRows } from './formats';
import { pngFile, svgFile } from './pictures';
import { sceneOf } from './scene';
import { type Shown } from './visible';

const FORMATS: [value: string, words: string, ending: string, type: string][] = [
  ['png', 'Picture (PNG)', 'png', 'image/png'],
  ['svg', 'Drawing (SVG)', 'svg', 'image/svg+xml'],
  ['csv-people', 'People as a table (CSV)', 'people.csv', 'text/csv'],
  ['csv-links', 'Links as a table (CSV)', 'links.csv', 'text/csv'],
  ['graphml', 'GraphML (Gephi, yEd)', 'graphml', 'application/xml'],
  ['gexf', 'GEXF (Gephi)', 'gexf', 'application/xml'],
];

/** With several chosen, only they and the links among them; else everything that is shown. */
function selected(explorer: Explorer): Shown {
  const { shown, looks, model } = explorer;
  if (looks.chosen.size < 2) return shown;
  const people = shown.people.map((on, i) => (on && looks.chosen.has(i) ? 1 : 0));
  const edges = shown.edges.map((on, e) => (on && people[model.edges.a[e]!] && people[model.edges.b[e]!] ? 1 : 0));
  return { ...shown, people, edges, nPeople: people.filter(Boolean).length, nEdges: edges.filter(Boolean).length };
}

export function startExporting(explorer: Explorer): () => void {
  return () => {
    const what = selected(explorer);
    const ids = [...what.people.keys()].filter((i) => what.people[i]);
    const flagged = explorer.protectedAmong(ids).length;
    const discs = explorer.shown.discs.filter(Boolean).length;
    const pictures = Boolean(explorer.stage);
    const format = h(
      'select',
      { class: 'cl-input', id: 'export-format' },
      ...FORMATS.filter(([value]) => pictures || !['png', 'svg'].includes(value)).map(([value, words]) =>
        h('option', { value }, words),
      ),
    );
    const marking = h(
      'select',
      { class: 'cl-input', id: 'export-marking' },
      ...explorer.urls.markings.split('|').map((word) => h('option', {}, word)),
    );
    const recipient = h('input', {
      class: 'cl-input',
      id: 'export-recipient',
      required: true,
      maxlength: 200,
      autocomplete: 'off',
    });
    const wrong = h('p', { class: 'cl-failed', role: 'alert', hidden: true });
    const field = (words: string, input: HTMLElement) =>
      h('p', { class: 'cl-p' }, h('label', { class: 'cl-small cl-b', for: input.id }, words), input);
    const form = h(
      'form',
      {
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
      field('Format', format),
      field('Marking', marking),
      field('For whom', recipient),
      wrong,
      flagged > 0 &&
        h(
          'p',
          { class: 'cl-note cl-note--sg' },
          `${flagged} of the ${ids.length} are protected or held. They keep their mark and have no harm value.`,
        ),
      discs > 0 &&
        h('p', { class: 'cl-small' }, `${count(discs, 'group is', 'groups are')} closed: their people aren't in the file.`),
      h('p', { class: 'cl-small' }, 'This is written into the log: what, for whom, and who is in it.'),
      h(
        'div',
        { class: 'cl-row' },
        h('button', { class: 'govuk-button cl-btn' }, 'Export'),
        button('Cancel', () => dialog.close()),
      ),
    );
    const dialog = h(
      'dialog',
      { class: 'cl-keys', 'aria-labelledby': 'export-title' },
      h(
        'h2',
        { id: 'export-title' },
        `Export ${count(ids.length, 'person', 'people')} and ${count(what.nEdges, 'link')}`,
      ),
      form,
    );
    show(dialog);
    const send = async () => {
      try {
        const allowed = await post<Allowed>(explorer.urls.export, {
          format: format.value,
          marking: marking.value,
          recipient: recipient.value.trim(),
          people: explorer.ids(ids),
          links: what.nEdges,
          view: location.hash.slice(1, 2000),
        });
        await download(explorer, what, format.value, allowed);
        dialog.close();
        explorer.say(`Exported, reference ${allowed.reference}`);
      } catch {
        wrong.hidden = false;
        wrong.textContent = "The export wasn't allowed or couldn't be logged, so nothing was made.";
      }
    };
  };
}

async function download(explorer: Explorer, what: Shown, format: string, allowed: Allowed): Promise<void> {
  const { model, stage } = explorer;
  const head = header(allowed, model.net.run);
  const [, , ending, type] = FORMATS.find(([value]) => value === format)!;
  let content: BlobPart | Blob;
  if (format === 'png' || format === 'svg') {
    const scene = sceneOf(stage!, what, explorer.looks.chosen);
    content = format === 'svg' ? svgFile(scene, head) : await pngFile(scene, head);
  } else if (format === 'csv-people') content = csv(peopleRows(model, what), head);
  else if (format === 'csv-links') content = csv(linkRows(model, what), head);
  else content = (format === 'graphml' ? graphml : gexf)(peopleRows(model, what), linkRows(model, what), head);
  const link = h('a', { download: `${allowed.marking.toLowerCase()}-${model.net.run}-${allowed.reference}.${ending}` });
  link.href = URL.createObjectURL(
    content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` }),
  );
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
