// Tables: the arrow keys go from row to row, in the same place of the row; Enter opens, because the place is a link.
import { isTyping, keysAreOff } from './keys';

const PLACES = 'a[href], button, input, summary';

export function startRows(): void {
  document.addEventListener('keydown', (event) => {
    if (keysAreOff() || isTyping(event.target) || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    const from = event.target as HTMLElement;
    const row = from.closest<HTMLTableRowElement>('table tbody tr');
    if (!row) return;
    const place = [...row.querySelectorAll(PLACES)].indexOf(from);
    let next: Element | null = row;
    do next = event.key === 'ArrowDown' ? next.nextElementSibling : next.previousElementSibling;
    while (next && !next.querySelector(PLACES));
    const places = next?.querySelectorAll<HTMLElement>(PLACES);
    const to = places?.[Math.max(0, place)] ?? places?.[0];
    if (!to) return;
    to.focus();
    event.preventDefault();
  });
}
