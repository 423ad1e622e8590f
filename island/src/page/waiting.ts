// While htmx reads a region anew: the old content stays, aria-busy and "Updating..." come after 300 ms.
// A region that could not be read keeps its place and says so, with the server's reference and a second try.
const SOON = 300;

interface Context {
  sourceElement: Element;
  target?: Element | string;
  response?: { headers: Headers };
}

function context(event: Event): Context {
  return (event as CustomEvent<{ ctx: Context }>).detail.ctx;
}

function region(of: Context): Element {
  return of.target instanceof Element ? of.target : of.sourceElement;
}

export function startWaiting(): void {
  const waiting = new Map<Element, ReturnType<typeof setTimeout>>();
  const word = document.createElement('p');
  word.className = 'cl-wait';
  word.setAttribute('role', 'status');
  word.hidden = true;
  word.textContent = 'Updating...';
  document.body.append(word);

  document.addEventListener('htmx:before:request', (event) => {
    const place = region(context(event));
    clearTimeout(waiting.get(place));
    waiting.set(
      place,
      setTimeout(() => {
        place.setAttribute('aria-busy', 'true');
        word.hidden = false;
      }, SOON),
    );
  });
  document.addEventListener('htmx:finally:request', (event) => {
    const place = region(context(event));
    clearTimeout(waiting.get(place));
    waiting.delete(place);
    place.removeAttribute('aria-busy');
    word.hidden = waiting.size === 0 || !document.querySelector('[aria-busy="true"]');
  });
  document.addEventListener('htmx:error', (event) => failed(context(event)));
}

function failed(of: Context): void {
  const place = region(of);
  const note = document.createElement('div');
  note.className = 'cl-failed';
  note.setAttribute('role', 'alert');
  const reference = of.response?.headers.get('X-Reference');
  note.append(`This part couldn't be read${reference ? ` (reference ${reference})` : ''}. `);
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = 'Try again';
  again.addEventListener('click', () => {
    note.remove();
    if (of.sourceElement instanceof HTMLFormElement) of.sourceElement.requestSubmit();
    else if (of.sourceElement instanceof HTMLElement && of.sourceElement.isConnected) of.sourceElement.click();
    else location.reload();
  });
  note.append(again);
  place.querySelector(':scope > .cl-failed')?.remove();
  place.prepend(note);
}
