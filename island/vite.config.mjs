// Builds src/ into the Python package's static folder. Fixed file names: the server adds ?v=<hash of the content>.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

// build.py names another folder and puts it in place when it is whole, so that a running server never misses a file.
const out = resolve(process.env.COUNTYLINES_STATIC ?? resolve(import.meta.dirname, '../src/countylines/web/static'));

/** MoJ's style sheet names its icons by address, so they are copied as they are. No crown, no crest, no font. */
function copyIcons() {
  return {
    name: 'copy-icons',
    closeBundle() {
      const from = resolve(import.meta.dirname, 'node_modules/@ministryofjustice/frontend/moj/assets/images');
      mkdirSync(resolve(out, 'images'), { recursive: true });
      for (const name of readdirSync(from).filter((one) => /^icon-.*\.svg$/.test(one))) {
        cpSync(resolve(from, name), resolve(out, 'images', name));
      }
    },
  };
}

// GOV.UK Frontend and MOJ Frontend are MIT with Crown copyright; their packages come without the text.
const CROWN = `The MIT License (MIT)

Copyright (c) Crown Copyright

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The licence of every package whose code or style is in the built files, as those licences ask. */
function keepLicences() {
  const folders = new Set(['govuk-frontend', '@ministryofjustice/frontend'].map((name) => `node_modules/${name}`));
  return {
    name: 'keep-licences',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        for (const id of Object.keys(chunk.modules ?? {})) {
          const found = /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'));
          if (found) folders.add(found[0]);
        }
      }
    },
    closeBundle() {
      const texts = [...folders].sort().map((folder) => {
        const at = resolve(import.meta.dirname, folder);
        const { name, version, license } = JSON.parse(readFileSync(resolve(at, 'package.json'), 'utf8'));
        const file = readdirSync(at).find((one) => /^licen[cs]e/i.test(one));
        return `${name} ${version} (${license})\n\n${file ? readFileSync(resolve(at, file), 'utf8').trim() : CROWN}\n`;
      });
      writeFileSync(resolve(out, 'licences.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
    },
  };
}

export default defineConfig({
  root: resolve(import.meta.dirname, 'src'),
  base: './',
  publicDir: resolve(import.meta.dirname, 'public'),
  plugins: [copyIcons(), keepLicences()],
  css: {
    preprocessorOptions: {
      // loadPaths needs the folder that holds node_modules, too: MoJ forwards node_modules/govuk-frontend/...
      scss: {
        loadPaths: [import.meta.dirname, resolve(import.meta.dirname, 'node_modules')],
        quietDeps: true,
        style: 'compressed',
      },
    },
  },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    cssMinify: false, // the minifier rejects GOV.UK's hack "min-width: 0\0"; sass has compressed it already
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: { app: resolve(import.meta.dirname, 'src/app.ts'), style: resolve(import.meta.dirname, 'src/app.scss') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        // What app.js and network.js share stands apart: a script that imported app.js would run it a second time, as
        // the page names it with ?v=<hash>.
        codeSplitting: { groups: [{ name: 'page', test: /src[\\/]page[\\/](csrf|keys)\.ts$/ }] },
        assetFileNames: (asset) => (/\.css$/.test(asset.names?.[0] ?? '') ? 'app.css' : '[name][extname]'),
      },
    },
  },
});
