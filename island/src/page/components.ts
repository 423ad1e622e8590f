// The GOV.UK components that the pages name in data-module: started on the whole page, and again inside each region
// that htmx has swapped.
import { ErrorSummary, Radios, ServiceNavigation, SkipLink, createAll } from 'govuk-frontend';

export function startComponents(scope: Element | Document = document): void {
  for (const component of [ErrorSummary, Radios, ServiceNavigation, SkipLink]) createAll(component, undefined, scope);
}

/** After a swap the new content is processed; the page's own first processing is left out. */
export function watchSwaps(): void {
  document.addEventListener('htmx:after:process', (event) => {
    const root = event.target;
    if (root instanceof Element && root !== document.body && root !== document.documentElement) startComponents(root);
  });
}
