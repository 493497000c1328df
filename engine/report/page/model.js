// SPDX-License-Identifier: Apache-2.0
// What the page shows, out of the data that is embedded in it. See engine/report/fleet_page_data.h.

const data = JSON.parse(element('data').textContent);

const worse = (a, b) => (RANK.get(a) <= RANK.get(b) ? a : b);

/// Components of one column on one host; most often it is one.
function slots(cells) {
  const found = new Map();
  for (const cell of cells) {
    const slot = found.get(cell.column);
    if (slot) {
      slot.cells.push(cell);
      slot.state = worse(slot.state, cell.state);
      slot.blocked ||= cell.kind === 'blocked';
    } else {
      found.set(cell.column, {cells: [cell], state: cell.state, blocked: cell.kind === 'blocked'});
    }
  }
  // What stands for several is the worst of them.
  for (const slot of found.values()) slot.first = slot.cells.find((cell) => cell.state === slot.state);
  return found;
}

function reasonText(number) {
  const reason = data.reasons[number];
  return `${reason.code} ${reason.text}`;
}

const profiles = data.profiles.map((numbers, index) => {
  const cells = numbers.map((number) => data.cells[number]);
  const texts = [];
  for (const cell of cells) {
    if (cell.state === 'undeclared') continue;
    texts.push(data.columns[cell.column].name, cell.address, cell.name, cell.from, cell.to, cell.staged, cell.origin,
      LABEL.get(cell.state), cell.kind, ...(cell.reasons ?? []).map(reasonText));
  }
  const states = new Set(cells.map((cell) => cell.state));
  return {
    index,
    slots: slots(cells),
    states,
    blocked: cells.some((cell) => cell.kind === 'blocked'),
    worst: [...states].reduce(worse, 'undeclared'),
    drifted: cells.filter((cell) => !['in_line', 'undeclared', 'serves', 'format_only'].includes(cell.state)).length,
    text: texts.filter(Boolean).join(' ').toLowerCase(),
  };
});

/// Actions of one host in order, each with the places of those that it needs.
const graphs = data.graphs.map((nodes) =>
  nodes.map(([action, ...needs], index) => ({index, needs, ...data.actions[action]})));

const columns = data.columns.map((column, index) => ({
  index,
  name: RESOURCES[column.resource] ?? column.name,
  declared: column.declared,
}));

const hosts = data.hosts.map((host, index) => {
  const model = host.model === undefined ? '' : data.models[host.model];
  const labels = host.labels === undefined ? {} : data.labels[host.labels];
  const problems = (host.problems ?? []).map((number) => data.reasons[number]);
  const profile = profiles[host.profile];
  const texts = [host.name, model, host.serial, host.bmc, host.provider, host.status, host.result, host.error,
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`), ...(host.problems ?? []).map(reasonText)];
  return {
    ...host, index, model, labels, problems, profile,
    reached: !host.status,
    state: host.status ? 'unreachable' : profile.worst,
    window: host.window === undefined ? null : data.windows[host.window],
    wave: null,
    graph: host.graph === undefined ? [] : graphs[host.graph],
    text: texts.filter(Boolean).join(' ').toLowerCase(),
  };
});

const waves = (data.rollout?.waves ?? []).map((wave, index) => {
  const members = wave.hosts.map((number) => hosts[number]);
  for (const host of members) host.wave = index;
  return {...wave, index, hosts: members};
});

const timeline = data.timeline ?? null;
const lanes = new Map((timeline?.lanes ?? []).map((lane) => [lane.host, lane]));

const classOf = new Map(data.classes.map((entry) => [entry.name, entry]));
const meaning = (state) => classOf.get(state)?.meaning ?? MEANINGS[state] ?? '';
const actionCount = hosts.reduce((sum, host) => sum + host.graph.length, 0);

const hostNamed = new Map(hosts.map((host) => [host.name, host]));

/// Hosts that look the same in the matrix.
const likeness = (host) => (host.reached ? `${host.profile.index}` : host.status);
