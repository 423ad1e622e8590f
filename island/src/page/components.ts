// GOV.UK and MoJ components: started on the whole page, and again inside each region that htmx has swapped.
import { createAll, initAll } from 'govuk-frontend';
import { Alert, ButtonMenu, DatePicker, MultiSelect, SortableTable } from '@ministryofjustice/frontend';

export function startComponents(scope: Element | Document = document): void {
  initAll({ scope });
  for (const component of [Alert, ButtonMenu, DatePicker, MultiSelect, SortableTable])
    createAll(component, undefined, scope);
}

/** After a swap the new content is processed; the page's own first processing is left out. */
export function watchSwaps(): void {
  document.addEventListener('htmx:after:process', (event) => {
    const root = event.target;
    if (root instanceof Element && root !== document.body && root !== document.documentElement) startComponents(root);
  });
}
