// SPDX-License-Identifier: Apache-2.0
// The matrix: hosts in rows, components in columns. Only the rows in sight are in the document, so that 5,000 hosts
// scroll as one does.

const ROW = 50;     // px, as in matrix.css
const BEYOND = 10;  // rows kept above and below what is in sight
const PRINTED = 400;

const collator = new Intl.Collator('en', {numeric: true});
const opened = new Set();  // groups
const grid = {rows: [], columns: [], nodes: new Map(), row: 0, column: 0, all: false};

function slotText(slot) {
  const {from, to, kind, state: name} = slot.first;
  if (slot.cells.length > 1) return `${slot.cells.length} of them`;
  if (name === 'unmatched') return to ? `wants ${shortVersion(to)}` : '';
  if (name === 'in_line' || name === 'undeclared' || kind === 'no-op') return shortVersion(from ?? to ?? '');
  if (from === undefined) return shortVersion(to);
  return !to || to === from ? shortVersion(from) : versionChange(from, to);
}

function slotWord(slot) {
  const word = LABEL.get(slot.state);
  return slot.blocked ? `${word}, blocked` : word;
}

function slotContent(slot) {
  return h('div', {class: 'cell'}, h('span', {class: 'symbols'}, icon(slot.state), slot.blocked && icon('blocked')),
    h('span', {class: 'cell-text'}, h('span', {class: 'word'}, slotWord(slot)), h('span', {class: 'version'}, slotText(slot))));
}

/// A bar of states, in their order; widths by CSSOM, which the page's policy permits.
function stateBar(counts, label) {
  const bar = h('span', {class: 'bar', role: 'img', 'aria-label': label, title: label});
  for (const [name] of STATES) {
    const count = counts.get(name);
    if (!count) continue;
    const part = h('span', {class: `part s-${name}`});
    part.style.flexGrow = count;
    bar.append(part);
  }
  return bar;
}

function countsText(counts) {
  return STATES.filter(([name]) => counts.get(name)).map(([name, label]) => `${counts.get(name).toLocaleString('en')} ${label}`).join(', ');
}

/// How the hosts stand in one column.
function columnCounts(members, index) {
  const counts = new Map();
  for (const host of members) {
    const slot = host.reached ? host.profile.slots.get(index) : null;
    if (slot) counts.set(slot.state, (counts.get(slot.state) ?? 0) + 1);
  }
  return counts;
}

function comparison() {
  const byName = (a, b) => collator.compare(a.name, b.name);
  if (state.sort === 'state') return (a, b) => RANK.get(a.state) - RANK.get(b.state) || byName(a, b);
  if (state.sort === 'model') return (a, b) => collator.compare(a.model, b.model) || byName(a, b);
  if (state.sort.startsWith('column:')) {
    const index = Number(state.sort.slice(7));
    const rank = (host) => (host.reached ? RANK.get(host.profile.slots.get(index)?.state) ?? 99 : 98);
    return (a, b) => rank(a) - rank(b) || byName(a, b);
  }
  return byName;
}

function groupKeys(host) {
  if (state.group === 'equal') return [likeness(host)];
  if (state.group === 'model' || state.group === 'wave' || state.group === 'window') return valuesOf(host, state.group);
  const name = state.group.slice('label:'.length);
  return [host.labels[name] ?? `no ${name}`];
}

function groupedRows(members) {
  const groups = new Map();
  for (const host of members) {
    for (const key of groupKeys(host)) {
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(host);
    }
  }
  const ordered = [...groups];
  if (state.group === 'equal' && state.sort === 'name') {
    ordered.sort(([, a], [, b]) => RANK.get(a[0].state) - RANK.get(b[0].state) || b.length - a.length);
  } else if (state.group === 'wave') {
    ordered.sort(([, a], [, b]) => (a[0].wave ?? Infinity) - (b[0].wave ?? Infinity));
  } else if (state.group !== 'equal') {
    ordered.sort(([a], [b]) => collator.compare(a, b));
  }
  const rows = [];
  for (const [key, of] of ordered) {
    if (state.group === 'equal' && of.length === 1) {
      rows.push({host: of[0]});
      continue;
    }
    const id = `${state.group} ${key}`;
    rows.push({group: id, key, hosts: of});
    if (opened.has(id)) for (const host of of) rows.push({host, inGroup: true});
  }
  return rows;
}

function rowsOf(members) {
  const sorted = [...members].sort(comparison());
  return state.group === 'none' ? sorted.map((host) => ({host})) : groupedRows(sorted);
}

function hostLine(host) {
  const parts = [host.model || host.provider || host.bmc];
  if (host.wave !== null) parts.push(waves[host.wave].name);
  return parts.filter(Boolean).join(' · ');
}

function nameCell(row) {
  if (row.group) {
    const open = opened.has(row.group);
    const title = state.group === 'equal' ? `${counted(row.hosts.length, 'host')} alike` : row.key;
    const line = state.group === 'equal' ? `${row.hosts[0].name} and others` : counted(row.hosts.length, 'host');
    return h('th', {scope: 'row', class: `name group ${open ? 'open' : ''}`, tabindex: '-1', 'data-column': 0,
      'aria-expanded': String(open)},
    h('div', {class: 'cell'}, icon('open'), h('span', {class: 'cell-text'}, h('span', {class: 'host'}, title),
      h('span', {class: 'line'}, line))));
  }
  const {host} = row;
  return h('th', {scope: 'row', class: `name ${row.inGroup ? 'in-group' : ''} s-${host.state}`, tabindex: '-1', 'data-column': 0},
    h('div', {class: 'cell'}, h('span', {class: 'cell-text'}, h('span', {class: 'host'}, host.name),
      h('span', {class: 'line'}, hostLine(host))),
    host.result && h('span', {class: `result r-${host.result}`}, host.result)));
}

function slotCell(host, column, number, like = 0) {
  const slot = host.profile.slots.get(column.index);
  if (!slot) {
    return h('td', {class: 'none', tabindex: '-1', 'data-column': number,
      'aria-label': `${column.name}: not there`}, h('div', {class: 'cell'}, '–'));
  }
  const dimmed = state.class.size > 0 && !state.class.has(slot.state) && !(slot.blocked && state.class.has('blocked'));
  const who = like > 1 ? `${like} hosts like ${host.name}` : host.name;
  const label = `${column.name} on ${who}: ${slot.cells.map(describe).join('; ')}`;
  const chosen = state.host === host.name && slot.cells.some((cell) => cell.address === state.component);
  return h('td', {class: `s-${slot.state} ${slot.blocked ? 'is-blocked' : ''} ${dimmed ? 'dimmed' : ''} ${chosen ? 'chosen' : ''}`,
    tabindex: '-1', 'data-column': number, 'aria-label': label, title: label}, slotContent(slot));
}

function unreachedCell(members) {
  const text = members.length > 1 ? '' : members[0].problems.map((reason) => reason.text).join('; ');
  return h('td', {class: 's-unreachable wide', tabindex: '-1', 'data-column': 1, colspan: grid.columns.length,
    'aria-label': `${members[0].name}: ${members[0].status}: ${text}`},
  h('div', {class: 'cell'}, icon('unreachable'), h('span', {class: 'cell-text'},
    h('span', {class: 'word'}, members[0].status), h('span', {class: 'line'}, text))));
}

function crowdCell(members, column, number) {
  const counts = columnCounts(members, column.index);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const label = `${column.name} of ${counted(members.length, 'host')}: ${countsText(counts) || 'not there'}`;
  if (total === 0) return h('td', {class: 'none', tabindex: '-1', 'data-column': number, 'aria-label': label}, h('div', {class: 'cell'}, '–'));
  const good = (counts.get('in_line') ?? 0) + (counts.get('format_only') ?? 0);
  return h('td', {class: 'crowd', tabindex: '-1', 'data-column': number, 'aria-label': label, title: label},
    h('div', {class: 'cell'}, h('span', {class: 'cell-text'}, h('span', {class: 'line'}, good === total ? 'all up to date' : `${good.toLocaleString('en')} of ${total.toLocaleString('en')}`),
      stateBar(counts, countsText(counts)))));
}

function rowNode(row, index) {
  const cells = [nameCell(row)];
  const members = row.group ? row.hosts : [row.host];
  const alike = !row.group || state.group === 'equal';
  if (alike && !members[0].reached) cells.push(unreachedCell(members));
  else if (grid.columns.length === 0) cells.push(h('td', {class: 'none', 'data-column': 1}, ''));
  else if (alike) cells.push(...grid.columns.map((column, i) => slotCell(members[0], column, i + 1, members.length)));
  else cells.push(...grid.columns.map((column, i) => crowdCell(members, column, i + 1)));
  const chosen = row.host && row.host.name === state.host;
  return h('tr', {'aria-rowindex': index + 2, 'data-row': index, class: `${row.group ? 'group-row' : ''} ${chosen ? 'chosen-row' : ''}`}, cells);
}

/// Puts the rows in sight into the document.
function drawRows() {
  const {box, body, above, below} = grid;
  // With fewer rows than before, the box has not scrolled back yet; with more, it is not as high as it will be.
  const top = Math.min(box.scrollTop, Math.max(0, grid.rows.length * ROW - box.clientHeight));
  const first = grid.all ? 0 : Math.max(0, Math.floor(top / ROW) - BEYOND);
  const end = grid.all ? Math.min(grid.rows.length, PRINTED)
    : Math.min(grid.rows.length, Math.ceil((top + Math.max(innerHeight, box.clientHeight)) / ROW) + BEYOND);
  for (const [index, node] of grid.nodes) {
    if (index >= first && index < end) continue;
    node.remove();
    grid.nodes.delete(index);
  }
  let before = above;
  for (let index = first; index < end; ++index) {
    let node = grid.nodes.get(index);
    if (!node) {
      node = rowNode(grid.rows[index], index);
      grid.nodes.set(index, node);
      before.after(node);
    }
    before = node;
  }
  above.style.height = `${first * ROW}px`;
  below.style.height = `${grid.all ? 0 : (grid.rows.length - end) * ROW}px`;
  body.dataset.drawn = `${first}-${end}`;
  const active = grid.nodes.get(grid.row)?.querySelector(`[data-column="${grid.column}"]`);
  if (active) active.tabIndex = 0;
}

function redraw() {
  for (const node of grid.nodes.values()) node.remove();
  grid.nodes.clear();
  drawRows();
}

function headCell(column, shown) {
  const key = `column:${column.index}`;
  const counts = columnCounts(shown, column.index);
  const text = countsText(counts) || 'on no host';
  return h('th', {scope: 'col', 'aria-sort': state.sort === key ? 'descending' : null},
    h('button', {type: 'button', class: 'sort', onclick: () => change({sort: state.sort === key ? 'name' : key}),
      title: `${column.name}: ${text}. Sort by state.`},
    h('span', {class: 'column-name'}, column.name), stateBar(counts, text)));
}

function drawHead(shown) {
  const next = {name: 'state', state: 'model', model: 'name'}[state.sort] ?? 'name';
  const by = {name: 'by name', state: 'worst first', model: 'by model'}[state.sort] ?? 'by a column';
  grid.head.replaceChildren(h('tr', {'aria-rowindex': 1},
    h('th', {scope: 'col', class: 'name', 'aria-sort': state.sort === 'name' ? 'ascending' : null},
      h('button', {type: 'button', class: 'sort', onclick: () => change({sort: next}), title: 'Sort by name, state or model'},
        h('span', {class: 'column-name'}, 'Host'), h('span', {class: 'line'}, by))),
    grid.columns.map((column) => headCell(column, shown))));
  grid.table.style.setProperty('--columns', grid.columns.length);
  grid.columnGroup.replaceChildren(h('col', {class: 'name'}), ...grid.columns.map(() => h('col')));
}

function drawMatrix() {
  const shown = shownHosts();
  grid.columns = columns.filter((column) => column.declared || state.undeclared);
  grid.rows = rowsOf(shown);
  grid.row = Math.min(grid.row, Math.max(0, grid.rows.length - 1));
  grid.column = Math.min(grid.column, grid.columns.length);
  drawHead(shown);
  grid.table.setAttribute('aria-rowcount', grid.rows.length + 1);
  grid.table.setAttribute('aria-colcount', grid.columns.length + 1);
  grid.empty.hidden = grid.rows.length > 0;
  redraw();
}

function inSight(index) {
  const top = index * ROW;
  const height = grid.box.clientHeight - grid.head.offsetHeight;
  if (top < grid.box.scrollTop) grid.box.scrollTop = top;
  else if (top + ROW > grid.box.scrollTop + height) grid.box.scrollTop = top + ROW - height;
}

/// Moves the one cell that the Tab key reaches.
function moveTo(row, column) {
  grid.box.querySelector('tbody [tabindex="0"]')?.setAttribute('tabindex', '-1');
  grid.row = Math.max(0, Math.min(row, grid.rows.length - 1));
  const wide = grid.rows[grid.row]?.host?.reached === false;
  grid.column = Math.max(0, Math.min(column, wide ? 1 : grid.columns.length));
  inSight(grid.row);
  drawRows();
  const cell = grid.nodes.get(grid.row)?.querySelector(`[data-column="${grid.column}"]`);
  if (!cell) return;
  cell.tabIndex = 0;
  cell.focus({preventScroll: true});
  cell.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

function act(row, column) {
  if (row.group && (column === 0 || state.group !== 'equal')) {
    if (!opened.delete(row.group)) opened.add(row.group);
    drawMatrix();
    return;
  }
  const host = row.host ?? row.hosts[0];
  const slot = column > 0 && host.reached ? host.profile.slots.get(grid.columns[column - 1].index) : null;
  change({host: host.name, component: slot ? slot.first.address : null});
}

const STEPS = {
  ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [10, 0], PageUp: [-10, 0],
};

function onKey(event) {
  if (!event.target.closest('tbody')) return;
  const step = STEPS[event.key];
  if (step) moveTo(grid.row + step[0], grid.column + step[1]);
  else if (event.key === 'Home') moveTo(event.ctrlKey ? 0 : grid.row, 0);
  else if (event.key === 'End') moveTo(event.ctrlKey ? grid.rows.length - 1 : grid.row, grid.columns.length);
  else if (event.key === 'Enter' || event.key === ' ') {
    act(grid.rows[grid.row], grid.column);
    moveTo(grid.row, grid.column);
  } else return;
  event.preventDefault();
}

function onClick(event) {
  const cell = event.target.closest('tbody [data-column]');
  if (!cell) return;
  const row = Number(cell.parentNode.dataset.row);
  const column = Number(cell.dataset.column);
  act(grid.rows[row], column);
  moveTo(row, column);
}

function makeMatrix() {
  grid.box = element('matrix');
  grid.columnGroup = h('colgroup');
  grid.head = h('thead');
  grid.above = h('tr', {class: 'space', 'aria-hidden': 'true'});
  grid.below = h('tr', {class: 'space', 'aria-hidden': 'true'});
  grid.body = h('tbody', {}, grid.above, grid.below);
  grid.table = h('table', {role: 'grid', 'aria-label': 'Hosts and components', onkeydown: onKey, onclick: onClick},
    grid.columnGroup, grid.head, grid.body);
  grid.empty = h('p', {class: 'empty', hidden: true}, 'No host fits the filter. ',
    h('button', {type: 'button', onclick: clearFilters}, 'Clear the filter'));
  grid.box.replaceChildren(grid.table, grid.empty);
  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      drawRows();
    });
  };
  grid.box.addEventListener('scroll', later, {passive: true});
  addEventListener('resize', later);
  addEventListener('beforeprint', () => { grid.all = true; drawRows(); });
  addEventListener('afterprint', () => { grid.all = false; drawRows(); });
  listeners.push((keys) => {
    const only = (...names) => keys.length > 0 && keys.every((key) => names.includes(key));
    if (only('host', 'component')) redraw();
    else if (!only('tab')) drawMatrix();
    else drawRows();
  });
}
