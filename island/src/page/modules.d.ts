declare module 'htmx.org/dist/htmx.esm.js' {
  const htmx: { registerExtension(name: string, extension: object): boolean };
  export default htmx;
}
declare module 'govuk-frontend';
