// SPDX-License-Identifier: Apache-2.0
// Totals, chips of states, choices and the search.

const FILTER_STATES = [...STATES.map(([name]) => name).filter((name) => name !== 'undeclared' && name !== 'serves'), 'blocked'];
const wordOf = (name) => (name === 'blocked' ? 'blocked' : LABEL.get(name));

/// Hosts by what they have, of those that all other filters let through.
function stateCounts() {
  const counts = new Map(FILTER_STATES.map((name) => [name, 0]));
  for (const host of shownHosts('class')) {
    for (const name of FILTER_STATES) if (hasClass(host, name)) counts.set(name, counts.get(name) + 1);
  }
  return counts;
}

function chip(name, count) {
  const pressed = state.class.has(name);
  return h('button', {type: 'button', class: `chip s-${name}`, 'aria-pressed': String(pressed), 'data-class': name,
    title: meaning(name), onclick: () => toggle('class', name)},
  h('span', {class: 'swatch'}, icon(name)), h('span', {}, wordOf(name)), h('span', {class: 'count'}, count.toLocaleString('en')));
}

function drawChips(box) {
  const counts = stateCounts();
  const present = FILTER_STATES.filter((name) => hosts.some((host) => hasClass(host, name)));
  const focused = document.activeElement?.dataset?.class;
  box.replaceChildren(...present.map((name) => chip(name, counts.get(name))));
  if (focused) box.querySelector(`[data-class="${focused}"]`)?.focus();
}

function facetValues(facet) {
  const counts = new Map();
  for (const host of hosts) for (const value of valuesOf(host, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => collator.compare(a, b));
}

/// A choice that adds a value to the filter; absent where there is nothing to choose.
function facetChoice(facet, title) {
  const values = facetValues(facet);
  if (values.length < 2 && facet !== 'label') return null;
  if (values.length === 0) return null;
  const select = h('select', {'aria-label': title, 'data-facet': facet, onchange: () => {
    if (select.value) toggle(facet, select.value);
    select.value = '';
  }}, h('option', {value: ''}, title),
  values.map(([value, count]) => h('option', {value}, `${value} (${count.toLocaleString('en')})`)));
  return h('span', {class: 'choice'}, select);
}

function groupChoices() {
  const names = [...new Set(hosts.flatMap((host) => Object.keys(host.labels)))].sort(collator.compare);
  return [['none', 'Every host'], ['equal', 'Equal hosts'], ['model', 'Model'],
    ...(waves.length ? [['wave', 'Wave']] : []), ...(data.windows.length ? [['window', 'Window']] : []),
    ...names.map((name) => [`label:${name}`, `Label ${name}`])];
}

function groupChoice() {
  const select = h('select', {id: 'group', 'aria-label': 'Group rows by', onchange: () => change({group: select.value})},
    groupChoices().map(([value, text]) => h('option', {value}, `Rows: ${text.toLowerCase()}`)));
  return select;
}

function drawChosen(box) {
  const chosen = FACETS.filter((facet) => facet !== 'class').flatMap((facet) => [...state[facet]].map((value) => [facet, value]));
  box.replaceChildren(...chosen.map(([facet, value]) => h('button', {type: 'button', class: 'chosen-value',
    'aria-label': `Remove the filter ${facet} ${value}`, onclick: () => toggle(facet, value)},
  h('span', {}, facet === 'label' ? value : `${facet} ${value}`), icon('unreachable'))));
}

function countText(shown) {
  if (!isFiltered()) return counted(hosts.length, 'host');
  return `${shown.toLocaleString('en')} of ${counted(hosts.length, 'host')}`;
}

function makeFilters() {
  const chips = h('div', {class: 'chips', role: 'group', 'aria-label': 'State'});
  const chosen = h('div', {class: 'chosen-values'});
  const count = h('output', {id: 'count', class: 'shown-count'});
  const clear = h('button', {type: 'button', id: 'clear', class: 'quiet', onclick: clearFilters}, 'Clear');
  const search = h('input', {type: 'search', id: 'search', placeholder: 'Search hosts, versions, reasons…', autocomplete: 'off',
    spellcheck: 'false', 'aria-label': 'Search hosts, models, labels, components, versions and reasons',
    oninput: () => change({q: search.value.trim()})});
  const group = groupChoice();
  const hidden = columns.filter((column) => !column.declared).length;
  const undeclared = h('input', {type: 'checkbox', id: 'undeclared', onchange: () => change({undeclared: undeclared.checked})});
  element('filters').replaceChildren(chips, h('div', {class: 'tools'},
    h('span', {class: 'search'}, icon('search'), search),
    facetChoice('model', 'Model'), facetChoice('label', 'Label'), facetChoice('wave', 'Wave'), facetChoice('window', 'Window'),
    h('span', {class: 'choice for-fleet'}, group),
    hidden > 0 && h('label', {class: 'check for-fleet'}, undeclared, `${hidden} not declared`),
    chosen, clear, count));
  addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.closest('input, select, textarea')) {
      event.preventDefault();
      search.focus();
    }
  });
  listeners.push((keys) => {
    if (keys.length > 0 && keys.every((key) => ['host', 'component'].includes(key))) return;
    drawChips(chips);
    drawChosen(chosen);
    if (document.activeElement !== search) search.value = state.q;
    group.value = state.group;
    undeclared.checked = state.undeclared;
    clear.hidden = !isFiltered();
    count.textContent = countText(shownHosts().length);
    element('filters').dataset.tab = state.tab;
  });
}

function tile(value, label, kind = '') {
  return h('div', {class: `tile ${kind}`}, h('span', {class: 'value'}, value), h('span', {class: 'label'}, label));
}

function cellCounts() {
  const counts = new Map();
  for (const host of hosts) {
    if (!host.reached) continue;
    for (const slot of host.profile.slots.values()) {
      for (const cell of slot.cells) if (cell.state !== 'undeclared') counts.set(cell.state, (counts.get(cell.state) ?? 0) + 1);
    }
  }
  return counts;
}

function drawNumbers() {
  const counts = cellCounts();
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const blocked = hosts.filter((host) => host.profile.blocked).length;
  const unreached = hosts.filter((host) => !host.reached).length;
  const elapsed = timeline && timeline.lanes.length ? seconds(timeline.end) - seconds(timeline.start) : 0;
  const how = {simulated: 'simulated time', recorded: 'time taken', estimated: 'estimated time'}[timeline?.source];
  element('numbers').replaceChildren(...[h('div', {class: 'tiles'},
    tile(hosts.length.toLocaleString('en'), hosts.length === 1 ? 'host' : 'hosts'),
    tile(data.report.hosts_in_line.toLocaleString('en'), 'as wanted'),
    tile(actionCount.toLocaleString('en'), actionCount === 1 ? 'action' : 'actions'),
    blocked > 0 && tile(blocked.toLocaleString('en'), blocked === 1 ? 'host blocked' : 'hosts blocked', 'bad'),
    unreached > 0 && tile(unreached.toLocaleString('en'), 'not reached', 'bad'),
    elapsed > 0 && tile(duration(elapsed), how)),
  total > 0 && h('div', {class: 'spread'}, stateBar(counts, countsText(counts)),
    h('span', {class: 'line'}, `${counted(total, 'component')}: ${countsText(counts)}`))].filter(Boolean));
}
