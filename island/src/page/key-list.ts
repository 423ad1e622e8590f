// The list of keys, in a dialog. The page's own link to it (data-keylist) leads to a page when there is no script.
type Keys = [keys: string, does: string][];

const LISTS: [title: string, keys: Keys, where?: string][] = [
  [
    'Everywhere',
    [
      ['/', 'Search'],
      ['?', 'This list'],
      ['G then H', 'My work'],
      ['G then G', 'Groups'],
      ['G then N', 'Network'],
      ['G then S', 'Safeguarding'],
      ['G then L', 'Lexicon'],
      ['G then R', 'Runs and audit'],
    ],
  ],
  [
    'Tables',
    [
      ['↑ ↓', 'Between rows'],
      ['Enter', 'Opens the row'],
    ],
    'table',
  ],
  [
    'Network',
    [
      ['Arrows', 'To the nearest neighbour'],
      ['Enter', 'Selects; opens a closed group'],
      ['1 2 3', 'Shows people 1, 2 or 3 steps away'],
      ['P', 'Path to another person'],
      ['L', 'Lasso'],
      ['Shift + arrows', 'Adds the neighbour to the choice'],
      ['Alt + arrows', 'Moves who is chosen and pins them there; with Shift further'],
      ['F', 'Fits all on the screen'],
      ['T', 'Table of the same people'],
      ['Ctrl + Z', 'Undo'],
      ['Esc', 'Clears the choice'],
    ],
    '#stage',
  ],
];

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = '',
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.append(...(text ? [text] : []), ...children);
  return made;
}

function build(): HTMLDialogElement {
  const dialog = element('dialog');
  dialog.className = 'cl-keys';
  const title = element('h2', 'Keys');
  title.id = 'keys-title';
  dialog.setAttribute('aria-labelledby', title.id);
  dialog.append(title);
  for (const [name, keys, where] of LISTS) {
    if (where && !document.querySelector(where)) continue;
    const list = element('dl');
    for (const [key, does] of keys) list.append(element('dt', '', element('kbd', key)), element('dd', does));
    dialog.append(element('h3', name), list);
  }
  const close = element('button', 'Close');
  close.className = 'govuk-button cl-btn';
  const form = element('form', '', close);
  form.method = 'dialog';
  dialog.append(form);
  document.body.append(dialog);
  return dialog;
}

/** Opens the list; focus returns to where it was when the list is closed (the dialog element does that). */
export function openKeyList(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>('dialog.cl-keys') ?? build();
  if (!dialog.open) dialog.showModal();
  return true;
}
