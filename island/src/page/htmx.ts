// htmx without its code-from-text features: hx-on, js: values and trigger filters would build functions from
// attributes.
import './htmx-config';
import htmx from 'htmx.org/dist/htmx.esm.js';

function refuse(): never {
  throw new Error('Code in attributes is not used here.');
}

htmx.registerExtension('plain', {
  init: (api: { initSecurity: (types: unknown, sync: unknown, later: unknown) => void }) =>
    api.initSecurity(undefined, refuse, refuse),
});
