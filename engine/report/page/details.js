// SPDX-License-Identifier: Apache-2.0
// The panel beside the matrix: one host, or one of its components.

function fact(name, ...value) {
  const shown = value.flat(Infinity).filter((part) => part !== undefined && part !== null && part !== false && part !== '');
  return shown.length === 0 ? null : [h('dt', {}, name), h('dd', {}, shown)];
}

function facts(...pairs) {
  return h('dl', {class: 'pairs'}, pairs);
}

function badge(name, text = LABEL.get(name)) {
  return h('span', {class: `badge s-${name}`}, icon(name), h('span', {}, text));
}

function codeNote(code) {
  const entry = data.codes[code];
  if (!entry) return null;
  return h('details', {class: 'code-note'}, h('summary', {}, h('b', {}, code), ` ${entry.title}`),
    h('p', {}, rich(entry.meaning)), h('p', {}, rich(entry.next)));
}

function reasonItem(reason) {
  return h('li', {class: 'reason'}, h('p', {}, rich(reason.text)),
    (reason.help ?? []).map((help) => h('p', {class: 'help'}, rich(help))), codeNote(reason.code));
}

function reasonList(reasons) {
  return reasons.length === 0 ? null : [h('h3', {}, 'Why'), h('ul', {class: 'reasons'}, reasons.map(reasonItem))];
}

function versionPath(cell) {
  const versions = [cell.from ?? 'none', ...(cell.path?.length ? cell.path : [cell.to])].filter((text) => text !== '');
  if (cell.kind === 'no-op' || versions.length < 2) return null;
  return h('ol', {class: 'path', 'aria-label': 'Way from the installed to the wanted version'}, versions.map((version) => h('li', {}, version)));
}

/// Where one action ends and what it does to the host.
function actionLine(action) {
  return h('li', {}, icon(ICON_OF_SPAN[SPAN_OF_ACTION[action.type]]), h('span', {class: 'action-text'},
    h('span', {}, action.summary),
    h('span', {class: 'line'}, [duration(action.expected), action.restarts && `restarts the ${action.restarts === 'bmc' ? 'BMC' : 'host'}`,
      action.image?.size && bytes(action.image.size)].filter(Boolean).join(' · '))));
}

function actionList(title, actions) {
  if (actions.length === 0) return null;
  return [h('h3', {}, title), h('ol', {class: 'actions'}, actions.map(actionLine))];
}

function cellSection(host, cell) {
  const column = columns[cell.column];
  const back = cell.back && `${BACK[cell.back.kind] ?? cell.back.kind}${cell.back.image ? `, with ${cell.back.image}` : ''}`;
  const policy = classOf.get(cell.state)?.policy;
  const sayPolicy = {fail: 'fails the check', report: 'is only reported', ignore: 'is ignored'}[policy];
  return h('section', {class: 'component'},
    h('h3', {class: 'component-name'}, cell.name ?? column.name),
    h('p', {class: 'badges'}, badge(cell.state), cell.kind === 'blocked' && badge('blocked', 'blocked')),
    h('p', {class: 'meaning'}, `${meaning(cell.state)}${sayPolicy && cell.state !== 'in_line' ? `; by policy this ${sayPolicy}` : ''}.`),
    versionPath(cell),
    facts(fact('Installed', cell.from), fact('Before the run', cell.was), fact('Staged', cell.staged), fact('Wanted', cell.to),
      fact('Plan', cell.state === 'undeclared' ? null : KINDS[cell.kind]), fact('Way back', back),
      fact('', cell.back?.text),
      fact('Scheduled', cell.scheduled && `${cell.scheduled.window}: ${moment(seconds(cell.scheduled.start))}`),
      fact('Written in', cell.origin && h('code', {}, placeOf(cell.origin))), fact('Address', h('code', {}, cell.address))),
    cell.details && [h('h3', {}, 'What differs'), h('ul', {class: 'plain'}, cell.details.map((line) => h('li', {}, line)))],
    reasonList((cell.reasons ?? []).map((number) => data.reasons[number])),
    actionList('Actions', (cell.actions ?? []).map((index) => host.graph[index])));
}

function hostFacts(host) {
  const labels = Object.entries(host.labels).map(([key, value]) => h('span', {class: 'label-value'}, `${key}=${value}`));
  const {window} = host;
  return facts(fact('Model', host.model), fact('Serial', host.serial), fact('BMC', host.bmc && h('code', {}, host.bmc)),
    fact('Dialect', host.provider), fact('Labels', labels), fact('Wave', host.wave === null ? null : waves[host.wave].name),
    fact('Window', window && `${window.name}: ${moment(seconds(window.start))} to ${clockOf(seconds(window.end))}`),
    fact('Latest start', window?.latest_start && moment(seconds(window.latest_start))),
    fact('Waits for', (host.after ?? []).slice(0, 8).map((number) => h('span', {class: 'label-value'}, hosts[number].name))));
}

function hostComponents(host) {
  if (!host.reached) return null;
  const cells = [...host.profile.slots.values()].flatMap((slot) => slot.cells).filter((cell) => cell.state !== 'undeclared');
  cells.sort((a, b) => RANK.get(a.state) - RANK.get(b.state) || a.column - b.column);
  if (cells.length === 0) return h('p', {class: 'meaning'}, 'No line of the manifest names firmware of this host.');
  return [h('h3', {}, 'Components'), h('ul', {class: 'components'}, cells.map((cell) => h('li', {},
    h('button', {type: 'button', class: `component-button s-${cell.state}`, onclick: () => change({component: cell.address})},
      icon(cell.state), h('span', {class: 'cell-text'}, h('span', {class: 'version'}, cell.name ?? columns[cell.column].name),
        h('span', {class: 'line'}, describe(cell)))))))];
}

function resultSection(host) {
  if (!host.result) return null;
  return h('section', {class: 'run'}, h('h3', {}, 'The run'), h('p', {}, h('span', {class: `result r-${host.result}`}, host.result)),
    host.error && h('p', {class: 'help'}, host.error), (host.notes ?? []).map((note) => h('p', {class: 'help'}, note)));
}

/// A word that a shell takes as it is.
function quoted(word) {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function commandsOf(host, component) {
  const commands = [`firmform plan -target ${quoted(host.name)}`];
  if (component) commands.push(`firmform explain ${quoted(`${host.name}/${component}`)}`);
  if (host.graph.length > 0 && !host.result) commands.push(`firmform apply -target ${quoted(host.name)}`);
  return [h('h3', {}, 'Commands'), commands.map(command)];
}

function panelButtons(host) {
  if (host.graph.length === 0) return null;
  return h('p', {class: 'panel-buttons'}, h('button', {type: 'button', onclick: () => change({tab: 'plan'})}, 'Its graph'),
    timeline && h('button', {type: 'button', onclick: () => change({tab: 'timeline'})}, 'Its time'));
}

function closeDetails() {
  change({host: null, component: null});
  const cell = grid.box.querySelector('tbody [tabindex="0"]');
  cell?.focus({preventScroll: true});
}

function drawDetails(panel) {
  const host = hostNamed.get(state.host);
  panel.hidden = !host || state.tab !== 'fleet';
  element('view-fleet').classList.toggle('has-details', !panel.hidden);
  if (!host) return;
  const cells = [...host.profile.slots.values()].flatMap((slot) => slot.cells).filter((cell) => cell.address === state.component);
  const slot = cells.length > 0 && host.reached ? host.profile.slots.get(cells[0].column) : null;
  const alike = hosts.filter((other) => host.reached && likeness(other) === likeness(host)).length - 1;
  panel.replaceChildren(
    h('div', {class: 'details-head'}, h('div', {}, h('h2', {tabindex: '-1'}, host.name),
      h('p', {class: 'line'}, slot ? h('button', {type: 'button', class: 'quiet', onclick: () => change({component: null})}, 'whole host') : host.model,
        alike > 0 && ` · ${counted(alike, 'other host')} alike`)),
    h('button', {type: 'button', class: 'close', 'aria-label': 'Close the details', title: 'Close (Esc)', onclick: closeDetails}, icon('unreachable'))),
    h('div', {class: 'details-body'},
      !host.reached && h('p', {class: 'badges'}, badge('unreachable', host.status)),
      reasonList(host.problems),
      slot ? slot.cells.map((cell) => cellSection(host, cell)) : [resultSection(host), hostFacts(host), hostComponents(host)],
      panelButtons(host), commandsOf(host, slot ? state.component : null)));
}

function makeDetails() {
  const panel = element('details');
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !panel.hidden) closeDetails();
  });
  listeners.push(() => drawDetails(panel));
}
