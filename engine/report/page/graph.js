// SPDX-License-Identifier: Apache-2.0
// The plan as pictures: waves one after the other, and the actions of one host from top to bottom.

const NODE = {width: 330, height: 62, gapX: 26, gapY: 30, left: 74, top: 8};
const WAVE = {width: 204, height: 104, gapX: 36, gapY: 26};

function wrapped(text, most, lines = 2) {
  const result = [''];
  for (const word of text.split(' ')) {
    const last = result.length - 1;
    if (`${result[last]} ${word}`.trim().length <= most || result[last] === '') result[last] = `${result[last]} ${word}`.trim();
    else result.push(word);
  }
  const kept = result.slice(0, lines).map((line) => (line.length > most ? `${line.slice(0, most - 1)}…` : line));
  if (result.length > lines) kept[lines - 1] = `${kept[lines - 1].slice(0, most - 1)}…`;
  return kept;
}

/// Needs that no other need implies, so that each arrow says something.
function directNeeds(actions) {
  const before = [];
  for (const action of actions) {
    before.push(new Set(action.needs.flatMap((need) => [need, ...before[need]])));
  }
  return actions.map((action) => action.needs.filter((need) => !action.needs.some((other) => other !== need && before[other].has(need))));
}

/// Places of actions: a row below all that they need, and the lane of the one they follow where it is free.
function placed(actions) {
  const needs = directNeeds(actions);
  const rows = [];
  const lanesOf = [];
  const starts = [];
  const taken = new Map();
  for (const action of actions) {
    const row = Math.max(-1, ...needs[action.index].map((need) => rows[need])) + 1;
    const used = taken.get(row) ?? new Set();
    taken.set(row, used);
    let lane = needs[action.index].length ? Math.min(...needs[action.index].map((need) => lanesOf[need])) : 0;
    while (used.has(lane)) ++lane;
    used.add(lane);
    rows.push(row);
    lanesOf.push(lane);
    starts.push(Math.max(0, ...needs[action.index].map((need) => starts[need] + actions[need].expected)));
  }
  return {needs, rows, lanes: lanesOf, starts};
}

function arrow(x1, y1, x2, y2) {
  const middle = (y1 + y2) / 2;
  const line = x1 === x2 ? `M${x1} ${y1}V${y2 - 6}` : `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2 - 6}`;
  return svg('path', {class: 'arrow', d: line, 'marker-end': 'url(#head)'});
}

const arrowHead = () => svg('defs', {}, svg('marker', {id: 'head', viewBox: '0 0 8 8', refX: 2, refY: 4, markerWidth: 7, markerHeight: 7,
  orient: 'auto'}, svg('path', {class: 'arrow-head', d: 'M0 0 8 4 0 8z'})));

function actionNode(action, x, y, choose) {
  const kind = SPAN_OF_ACTION[action.type];
  const title = [action.summary, action.request, `expected ${duration(action.expected)}, at most ${duration(action.deadline)}`,
    ...(action.because ?? [])].filter(Boolean).join('\n');
  const lines = wrapped(action.summary, 46);
  return svg('g', {class: `node k-${kind}`, transform: `translate(${x} ${y})`, role: 'button', tabindex: '0', 'data-index': action.index, onclick: choose,
    'aria-label': `${action.index + 1}: ${action.summary}`, onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); } }}, svg('title', {}, title),
    svg('rect', {class: 'node-box', width: NODE.width, height: NODE.height, rx: 8}),
    svg('rect', {class: 'node-edge', width: 5, height: NODE.height, rx: 2.5}),
    svg('text', {class: 'node-kind', x: 18, y: 20}, `${action.index + 1}. ${ACTIONS[action.type] ?? action.type}`),
    svg('text', {class: 'node-time', x: NODE.width - 12, y: 20, 'text-anchor': 'end'},
      `${duration(action.expected)}${action.restarts ? ` · restarts ${action.restarts === 'bmc' ? 'BMC' : 'host'}` : ''}`),
    lines.map((line, i) => svg('text', {class: 'node-text', x: 18, y: 38 + 15 * i}, line)));
}

/// One action in full, beside the graph.
function showAction(panel, graph, action) {
  for (const node of graph.querySelectorAll('.node')) node.classList.toggle('chosen', Number(node.dataset.index) === action.index);
  const {image} = action;
  const imageText = image && [image.name, image.size && bytes(image.size), {pushed: 'pushed to the BMC', pulled: 'pulled by the BMC', served: 'pulled by the BMC from this run'}[image.way]];
  panel.replaceChildren(h('h3', {}, `Action ${action.index + 1}`), h('p', {class: 'action-title'}, action.summary),
    facts(fact('Sends', action.request ? h('code', {}, action.request) : 'nothing'), fact('Image', imageText && imageText.filter(Boolean).join(', ')),
      fact('SHA-256', image?.sha256 && h('code', {}, image.sha256)), fact('Concerns', (action.components ?? []).map((name) => h('span', {class: 'label-value'}, name))),
      fact('Expected', duration(action.expected)), fact('At most', duration(action.deadline)),
      fact('Restarts', action.restarts && (action.restarts === 'bmc' ? 'the BMC' : 'the host')),
      fact('Needs', action.needs.map((need) => h('span', {class: 'label-value'}, `${need + 1}`))), fact('Why', (action.because ?? []).join('; '))));
}

function hostGraph(host, onChoice) {
  const actions = host.graph;
  const {needs, rows, lanes: lanesOf, starts} = placed(actions);
  const x = (index) => NODE.left + lanesOf[index] * (NODE.width + NODE.gapX);
  const y = (index) => NODE.top + rows[index] * (NODE.height + NODE.gapY);
  const width = NODE.left + (Math.max(...lanesOf) + 1) * (NODE.width + NODE.gapX);
  const height = NODE.top * 2 + (Math.max(...rows) + 1) * (NODE.height + NODE.gapY) - NODE.gapY;
  const firstOfRow = new Map();
  for (const action of actions) {
    const row = rows[action.index];
    firstOfRow.set(row, Math.min(firstOfRow.get(row) ?? Infinity, starts[action.index]));
  }
  const middle = NODE.width / 2;
  return svg('svg', {class: 'graph', viewBox: `0 0 ${width} ${height}`, width, height, role: 'group',
    'aria-label': `Actions of ${host.name}: ${actions.map((action) => action.summary).join('; then ')}`}, arrowHead(),
  [...firstOfRow].map(([row, start]) => svg('text', {class: 'node-start', x: NODE.left - 14, 'text-anchor': 'end',
    y: NODE.top + row * (NODE.height + NODE.gapY) + 36}, start === 0 ? 'start' : `+${duration(start)}`)),
  actions.flatMap((action) => needs[action.index].map((need) =>
    arrow(x(need) + middle, y(need) + NODE.height, x(action.index) + middle, y(action.index)))),
  actions.map((action) => actionNode(action, x(action.index), y(action.index), () => onChoice(action))));
}

function waveBar(members, x, y, width) {
  const counts = new Map();
  for (const host of members) counts.set(host.result ? `r-${host.result}` : `s-${host.state}`, (counts.get(host.result ? `r-${host.result}` : `s-${host.state}`) ?? 0) + 1);
  let at = x;
  return [...counts].map(([name, count]) => {
    const part = (width * count) / members.length;
    const rect = svg('rect', {class: `wave-part ${name}`, x: at, y, width: Math.max(1, part - 1), height: 8, rx: 2});
    at += part;
    return rect;
  });
}

function waveBox(wave, x, y) {
  const work = wave.hosts.flatMap((host) => host.graph).length;
  const open = () => change({wave: new Set([wave.name]), tab: 'fleet'});
  const line = [wave.soak && `then soaks ${duration(wave.soak)}`, wave.pause && 'then waits for a person'].filter(Boolean).join(', ');
  const failures = wave.max_failures === undefined ? '' : wave.max_failures === 0 ? 'stops at the first failure' : `stops after more than ${counted(wave.max_failures, 'failure')}`;
  return svg('g', {class: 'wave', transform: `translate(${x} ${y})`, role: 'button', tabindex: '0', onclick: open,
    'aria-label': `${wave.name}: ${counted(wave.hosts.length, 'host')}. Show them.`,
    onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }},
  svg('title', {}, [wave.arithmetic, ...wave.hosts.slice(0, 12).map((host) => host.name), wave.hosts.length > 12 ? '…' : ''].filter(Boolean).join('\n')),
  svg('rect', {class: 'node-box', width: WAVE.width, height: WAVE.height, rx: 10}),
  svg('text', {class: 'wave-name', x: 14, y: 26}, wave.name),
  svg('text', {class: 'node-time', x: WAVE.width - 14, y: 26, 'text-anchor': 'end'}, counted(wave.hosts.length, 'host')),
  waveBar(wave.hosts, 14, 38, WAVE.width - 28),
  svg('text', {class: 'node-text', x: 14, y: 66}, counted(work, 'action')),
  svg('text', {class: 'node-text quiet', x: 14, y: 81}, wrapped(line, 36, 1)[0]),
  svg('text', {class: 'node-text quiet', x: 14, y: 95}, failures));
}

function waveGraph(all, width) {
  const step = WAVE.width + WAVE.gapX;
  const inRow = Math.max(1, Math.floor((width + WAVE.gapX) / step));
  const place = (index) => [2 + (index % inRow) * step, 2 + Math.floor(index / inRow) * (WAVE.height + WAVE.gapY)];
  const total = Math.min(all.length, inRow) * step - WAVE.gapX + 8;
  const height = Math.ceil(all.length / inRow) * (WAVE.height + WAVE.gapY) - WAVE.gapY + 8;
  const arrows = all.slice(1).map((wave, i) => {
    const [x1, y1] = place(i);
    const [x2, y2] = place(i + 1);
    const d = y1 === y2 ? `M${x1 + WAVE.width + 4} ${y1 + WAVE.height / 2}H${x2 - 9}`
      : `M${x1 + WAVE.width / 2} ${y1 + WAVE.height}V${y1 + WAVE.height + WAVE.gapY / 2}H${x2 + WAVE.width / 2}V${y2 - 9}`;
    return svg('path', {class: 'arrow', d, 'marker-end': 'url(#head)'});
  });
  return svg('svg', {class: 'graph', viewBox: `0 0 ${total} ${height}`, width: total, height, role: 'group', 'aria-label': 'Waves'},
    arrowHead(), arrows, all.map((wave, index) => waveBox(wave, ...place(index))));
}

function budgetTable() {
  const budgets = data.rollout?.budgets ?? [];
  if (budgets.length === 0) return null;
  const most = 24;
  return h('details', {class: 'more'}, h('summary', {}, counted(budgets.length, 'limit'), ' by label'),
    h('table', {class: 'table'}, h('thead', {}, h('tr', {}, ['Label', 'Hosts', 'At most at a time', 'Arithmetic'].map((text) => h('th', {scope: 'col'}, text)))),
      h('tbody', {}, budgets.slice(0, most).map((budget) => h('tr', {}, h('th', {scope: 'row'}, `${budget.label}=${budget.value}`),
        h('td', {}, budget.hosts), h('td', {}, budget.limit), h('td', {}, budget.arithmetic))))),
    budgets.length > most && h('p', {class: 'line'}, `and ${budgets.length - most} more`));
}

function hostChoice(busy, chosen) {
  const list = h('datalist', {id: 'busy'}, busy.slice(0, 2000).map((host) => h('option', {value: host.name})));
  const field = h('input', {type: 'search', list: 'busy', id: 'graph-host', value: chosen.name, autocomplete: 'off', 'aria-label': 'Host whose actions are shown',
    onchange: () => { if (hostNamed.has(field.value)) change({host: field.value, component: null}); }});
  return h('p', {class: 'host-choice'}, h('label', {for: 'graph-host'}, 'Host'), field, list,
    h('span', {class: 'line'}, `${counted(chosen.graph.length, 'action')}, ${duration(lengthOf(chosen))}`));
}

function lengthOf(host) {
  const {starts} = placed(host.graph);
  return Math.max(0, ...host.graph.map((action, i) => starts[i] + action.expected));
}

function drawPlan(view) {
  const busy = shownHosts().filter((host) => host.graph.length > 0);
  if (actionCount === 0) {
    view.replaceChildren(h('p', {class: 'empty'}, 'The plan has no actions: there is nothing to do.'));
    return;
  }
  if (busy.length === 0) {
    view.replaceChildren(h('p', {class: 'empty'}, 'No host that fits the filter has actions.'));
    return;
  }
  const wanted = hostNamed.get(state.host);
  const chosen = wanted?.graph.length > 0 ? wanted : busy[0];
  const idle = wanted && wanted !== chosen && h('p', {class: 'note'}, `${wanted.name} has no actions; ${chosen.name} is shown.`);
  const after = (chosen.after ?? []).slice(0, 8).map((number) => hosts[number].name).join(', ');
  const panel = h('div', {class: 'action-panel', 'aria-live': 'polite'});
  const graph = hostGraph(chosen, (action) => showAction(panel, graph, action));
  view.replaceChildren(...[
    waves.length > 0 && h('div', {class: 'card'}, h('h2', {}, 'Waves, one after the other'),
      h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Waves'}, waveGraph(waves, Math.max(260, view.clientWidth - 44))), budgetTable()),
    h('div', {class: 'card'}, h('h2', {}, 'Actions of one host'), idle, hostChoice(busy, chosen), after && h('p', {class: 'note'}, `Begins when these are done: ${after}`),
      h('div', {class: 'graph-split'}, h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Graph of ${chosen.name}`}, graph), panel)),
  ].filter(Boolean));
  showAction(panel, graph, chosen.graph[0]);
}

function makePlan() {
  const view = element('view-plan');
  let width = 0;
  listeners.push(() => { if (state.tab === 'plan') drawPlan(view); });
  addEventListener('resize', () => {
    if (state.tab === 'plan' && view.clientWidth !== width) drawPlan(view);
    width = view.clientWidth;
  });
}
