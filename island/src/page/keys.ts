// Keyboard: "/" searches, "?" lists the keys, "G" then a letter goes to a screen.
// data-keys="off" on <body> (a setting of each person) turns all of them off, as WCAG 2.1.4 asks.
import { openKeyList } from './key-list';

const PATIENCE = 1500; // milliseconds between "G" and its letter

/** Whether a key belongs to the field that has the focus, not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function keysAreOff(): boolean {
  return document.body.dataset.keys === 'off';
}

/** Goes only where the page itself has a link: a screen that a role may not see is not in its navigation. */
function go(letter: string): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('nav a[href]')];
  const home = letter === 'h' ? document.querySelector<HTMLAnchorElement>('a.cl-logo[href]') : null;
  const link = links.find((one) => one.dataset.key === letter) ?? home;
  link?.click();
  return Boolean(link);
}

function search(): boolean {
  const box = document.querySelector<HTMLInputElement>('#find, #home-find');
  box?.focus();
  return Boolean(box);
}

export function startKeys(): void {
  let going = -Infinity;
  document.addEventListener(
    'keydown',
    (event) => {
      if (keysAreOff() || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]')) return;
      const key = event.key.toLowerCase();
      const followsG = performance.now() - going < PATIENCE;
      going = -Infinity;
      let done = false;
      if (followsG) done = go(key);
      else if (key === '/') done = search();
      else if (key === '?') done = openKeyList();
      else if (key === 'g') going = performance.now();
      if (done) {
        event.preventDefault();
        event.stopImmediatePropagation(); // the letter after "G" is not a key of the network, too
      }
    },
    { capture: true },
  );
  for (const link of document.querySelectorAll('[data-keylist]')) {
    link.addEventListener('click', (event) => {
      if (openKeyList()) event.preventDefault();
    });
  }
}
