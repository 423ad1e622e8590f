// The network page's island: reads the data file and puts the explorer around the stage. Without WebGL the page's fixed
// drawing stays, with one sentence that says so, and the table twin has every action.
import { type Network, address, read } from './data';
import { startBrush } from './network/brush';
import { startDetail } from './network/detail';
import { h } from './network/dom';
import { Stage } from './network/draw';
import { Explorer } from './network/explorer';
import { startExporting } from './network/exporting';
import { startFilters } from './network/filters';
import { startKeyboard } from './network/keyboard';
import { startLasso } from './network/lasso';
import { Paths } from './network/path';
import { Placing } from './network/placing';
import { startTable } from './network/table';
import { startTools } from './network/tools';
import { WhatIfs } from './network/whatif';

function part(id: string): HTMLElement {
  return document.getElementById(id)!;
}

function hasWebGL(): boolean {
  const canvas = document.createElement('canvas');
  return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'));
}

export async function start(): Promise<void> {
  const place = part('stage');
  const { data = '', path = '', person = '', whatIf = '', export: send = '', find = '', group = '', markings = '' } = place.dataset;
  const hash = location.hash.slice(1) || (place.dataset.start ?? '');
  const words = part('stage-words');
  words.textContent = 'Reading the network...';
  const reading = read<Network>(address(data, {}));
  const drawn = hasWebGL(); // found out while the file is on its way
  let net: Network;
  try {
    net = await reading;
  } catch {
    words.textContent =
      "The network couldn't be read. The fixed drawing and the table below stay; reload the page to try again.";
    document.documentElement.dataset.net = 'failed';
    return;
  }
  const explorer = new Explorer(net, { data, path, person, whatIf, export: send, find, group, markings }, hash);
  const paths = new Paths(explorer);
  document.documentElement.dataset.webgl = drawn ? 'yes' : 'none';
  if (drawn) {
    part('stage-fallback').hidden = true;
    part('net-table').hidden = true;
    place.hidden = false;
    startStage(explorer, paths, place);
  } else {
    words.textContent =
      "This machine can't draw the moving network (no WebGL). Below is the fixed drawing; every action is in the table.";
  }
  const fit = () =>
    void explorer.stage?.sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: explorer.stage.fitted(), angle: 0 }, { duration: 150 });
  const save = startExporting(explorer);
  startFilters(explorer, part('net-filters'));
  startTools(explorer, part('net-tools'), fit, save);
  startDetail(explorer, part('net-detail'), paths, new WhatIfs(explorer), save);
  startTable(explorer, part('net-table'), !drawn);
  startBrush(explorer, part('net-brush'));
  startKeyboard(explorer, place, fit, explorer.stage && new Placing(explorer, explorer.stage));
  void explorer.recall();
  if (explorer.state.path) void paths.between(...explorer.state.path);
  if (explorer.stage) startLasso(explorer, explorer.stage, place);
  if (!explorer.store.camera) explorer.stage?.look(explorer.state.group);
  if (place.dataset.q) typed(place.dataset.q);
  const ready = () => {
    document.documentElement.dataset.net = 'ready';
  };
  if (explorer.stage) explorer.stage.begin(ready);
  else ready();
}

/** What the page was asked to find, as if it had been typed. */
function typed(text: string): void {
  const field = document.getElementById('net-search') as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event('input'));
}

function startStage(explorer: Explorer, paths: Paths, place: HTMLElement): void {
  place.tabIndex = 0;
  place.setAttribute('role', 'application');
  place.setAttribute(
    'aria-label',
    'Network of people. Arrow keys move between neighbours, Enter selects, 1 to 3 step out. The table has the same people.',
  );
  const stage = new Stage(explorer.model, place, explorer.looks, {
    person: (i, adding) => {
      if (adding) explorer.toggle(i);
      else if (!paths.pick(i)) explorer.choose([i], 'Selected');
    },
    group: (g) => explorer.chooseGroup(g),
    turn: (g) => (explorer.shown.folded[g] ? void explorer.openGroup(g) : explorer.collapse([g])),
    empty: () => explorer.clear(),
  });
  explorer.stage = stage;
  const camera = stage.sigma.getCamera();
  const [x, y, ratio] = explorer.store.camera.split(',').map(Number);
  if (x !== undefined && y !== undefined && ratio) camera.setState({ x, y, ratio });
  new ResizeObserver(() => {
    const { width, height } = stage.sigma.getDimensions();
    if (!place.clientWidth || (width === place.offsetWidth && height === place.offsetHeight)) return;
    stage.sigma.resize();
    stage.sigma.scheduleRender();
  }).observe(place);
  let saving: ReturnType<typeof setTimeout> | undefined;
  camera.on('updated', (now) => {
    clearTimeout(saving);
    saving = setTimeout(() => {
      const still = now.x === 0.5 && now.y === 0.5 && now.ratio === 1;
      explorer.store.camera = still ? '' : [now.x, now.y, now.ratio].map((value) => value.toFixed(4)).join(',');
      explorer.store.save();
    }, 400);
  });
  place.append(h('p', { class: 'govuk-visually-hidden' }, 'The drawing needs a pointer or the keys named above.'));
}
