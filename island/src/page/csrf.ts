// The token that every change must carry, from <body data-csrf>: forms have it as a field, scripts send it as a header.
export function token(): Record<string, string> {
  const value = document.body.dataset.csrf;
  return value ? { 'X-CSRF': value } : {};
}

export function startToken(): void {
  document.addEventListener('htmx:config:request', (event) => {
    const { request } = (event as CustomEvent<{ ctx: { request: { headers: Record<string, string> } } }>).detail.ctx;
    Object.assign(request.headers, token());
  });
}
