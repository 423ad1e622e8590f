// htmx reads its settings from a meta element when it is loaded, so this file is imported before it. No injected style
// (the page's content security policy would block it), no history kept in the browser's storage.
const meta = document.createElement('meta');
meta.name = 'htmx-config';
meta.content = JSON.stringify({
  includeIndicatorCSS: false,
  history: 'reload',
  mode: 'same-origin',
  extensions: 'plain',
});
document.querySelector('meta[name="htmx-config"]')?.remove();
document.head.append(meta);
export {};
