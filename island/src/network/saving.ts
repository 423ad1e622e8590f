// "Save this view": the address, with filters, choice and camera, goes under a name, as on every list.
import { button, h, show } from './dom';

export function saveView(): void {
  const hidden = (name: string, value: string) => h('input', { type: 'hidden', name, value });
  const dialog = h(
    'dialog',
    { class: 'cl-keys', 'aria-labelledby': 'view-title' },
    h('h2', { id: 'view-title' }, 'Save this view'),
    h(
      'form',
      { method: 'post', action: '/views' },
      hidden('csrf', document.body.dataset.csrf ?? ''),
      hidden('address', location.pathname + location.search + location.hash),
      h(
        'p',
        { class: 'cl-p' },
        h('label', { class: 'cl-small cl-b', for: 'view-name' }, 'Name'),
        h('input', {
          class: 'cl-input',
          id: 'view-name',
          name: 'name',
          required: true,
          maxlength: 200,
          autocomplete: 'off',
        }),
      ),
      h(
        'label',
        { class: 'cl-ck' },
        h('input', { type: 'checkbox', name: 'shared', value: '1' }),
        'Share it inside the force',
      ),
      h(
        'div',
        { class: 'cl-row cl-mt' },
        h('button', { class: 'govuk-button cl-btn' }, 'Save'),
        button('Cancel', () => dialog.close()),
      ),
    ),
  );
  show(dialog);
}
