// Every page's script. Pages work without it; it adds components, keys, partial updates, and on demand charts or the
// network.
import './page/htmx';
import { startComponents, watchSwaps } from './page/components';
import { startToken } from './page/csrf';
import { startKeys } from './page/keys';
import { startRows } from './page/rows';
import { startSteps } from './page/steps';
import { startWaiting } from './page/waiting';

// GOV.UK Frontend looks for these two; its own template sets them in an inline script, which our policy forbids.
document.body.classList.add('js-enabled', 'govuk-frontend-supported');
startComponents();
watchSwaps();
startToken();
startKeys();
startRows();
startSteps();
startWaiting();
if (document.querySelector('[data-vega]')) void import('./charts').then((charts) => charts.drawAll());
if (document.querySelector('#stage')) void import('./network').then((network) => network.start());
