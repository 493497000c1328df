// SPDX-License-Identifier: Apache-2.0
// What people must read: policies, hosts that were not reached, why changes are held up, and problems of the manifest.

const OUTCOMES = {
  passed: ['in_line', 'passed'],
  warned: ['warning', 'warning'],
  'override-needed': ['blocked', 'needs an override'],
  overridden: ['warning', 'overridden'],
  denied: ['unreachable', 'denied'],
};
const MOST_HOSTS = 12;

function hostButton(host, component = null) {
  return h('button', {type: 'button', class: 'host-button', onclick: () => change({host: host.name, component, tab: 'fleet'})}, host.name);
}

function hostButtons(members) {
  return h('p', {class: 'host-buttons'}, members.slice(0, MOST_HOSTS).map((host) => hostButton(host)),
    members.length > MOST_HOSTS && h('span', {class: 'line'}, ` and ${members.length - MOST_HOSTS} more`));
}

function finding(kind, iconName, title, ...content) {
  return h('li', {class: `finding ${kind}`}, icon(iconName), h('div', {class: 'finding-body'}, h('p', {class: 'finding-title'}, title), content));
}

function card(title, count, items, intro) {
  if (items.length === 0) return null;
  return h('div', {class: 'card'}, h('h2', {}, title, h('span', {class: 'count'}, String(count))), intro && h('p', {class: 'line'}, intro),
    h('ul', {class: 'findings'}, items));
}

function policyItem(result) {
  const [iconName, word] = OUTCOMES[result.outcome] ?? ['info', result.outcome];
  const subjects = result.subjects ?? [];
  return finding(`o-${result.outcome}`, iconName, [h('b', {}, result.rule), ` ${word}`, result.message && [': ', rich(result.message)]],
    subjects.length > 0 && h('p', {class: 'line'}, subjects.slice(0, MOST_HOSTS).join(', '), subjects.length > MOST_HOSTS && ` and ${subjects.length - MOST_HOSTS} more`),
    result.reason && h('p', {class: 'help'}, `Overridden${result.by ? ` by ${result.by}` : ''}: ${result.reason}`),
    result.origin && h('p', {class: 'line'}, h('code', {}, placeOf(result.origin))));
}

/// One line of a manifest with the place that is meant.
function sourceLine(problem) {
  if (problem.line === undefined) return null;
  const letters = [...problem.line];
  const start = problem.column - 1;
  const end = Math.max(start + 1, start + problem.length);
  return h('pre', {class: 'source-line'}, h('code', {}, letters.slice(0, start).join(''), h('mark', {}, letters.slice(start, end).join('')), letters.slice(end).join('')));
}

function diagnosticItem(problem) {
  return finding(problem.severity === 'error' ? 'o-denied' : 'o-warned', problem.severity === 'error' ? 'unreachable' : 'warning',
    [h('b', {}, problem.severity), ' ', rich(problem.message)],
    problem.place && h('p', {class: 'line'}, h('code', {}, placeOf(problem.place))), sourceLine(problem), problem.label && h('p', {class: 'line'}, problem.label),
    problem.subject && h('p', {class: 'line'}, problem.subject), (problem.notes ?? []).map((note) => h('p', {class: 'line'}, rich(note))),
    (problem.help ?? []).map((help) => h('p', {class: 'help'}, rich(help))), codeNote(problem.code));
}

/// Reasons of components that fit, with the hosts that have them; the most common first.
function reasonGroups(members, isMeant) {
  const groups = new Map();
  for (const host of members) {
    if (!host.reached) continue;
    for (const slot of host.profile.slots.values()) {
      for (const cell of slot.cells) {
        if (!isMeant(cell)) continue;
        for (const number of cell.reasons ?? []) {
          if (!groups.has(number)) groups.set(number, new Map());
          groups.get(number).set(host, cell);
        }
      }
    }
  }
  return [...groups].sort(([, a], [, b]) => b.size - a.size);
}

function reasonFinding(kind, iconName) {
  return ([number, of]) => {
    const reason = data.reasons[number];
    const [cell] = of.values();
    return finding(kind, iconName, [h('b', {}, columns[cell.column].name), ': ', rich(reason.text)], hostButtons([...of.keys()]),
      (reason.help ?? []).map((help) => h('p', {class: 'help'}, rich(help))), cell.origin && h('p', {class: 'line'}, h('code', {}, placeOf(cell.origin))), codeNote(reason.code));
  };
}

function unreachedItem(host) {
  const first = host.problems[0];
  return finding('o-denied', 'unreachable', [hostButton(host), ` ${host.status}${first ? `: ${first.text}` : ''}`],
    host.problems.slice(1).map((reason) => h('p', {class: 'line'}, reason.text)),
    host.problems.flatMap((reason) => reason.help ?? []).map((help) => h('p', {class: 'help'}, rich(help))), first && codeNote(first.code));
}

function failedItem(host) {
  return finding('o-denied', 'unreachable', [hostButton(host), ` ${host.result}${host.error ? `: ${host.error}` : ''}`]);
}

const MOST_ITEMS = 100;

function findingCards() {
  const members = shownHosts();
  const unreached = members.filter((host) => !host.reached);
  const failed = members.filter((host) => host.result && !['done', 'scheduled'].includes(host.result));
  const blocked = reasonGroups(members, (cell) => cell.kind === 'blocked');
  const notes = reasonGroups(members, (cell) => cell.kind !== 'blocked');
  return [
    card('Policies', data.policies.length, data.policies.map(policyItem)),
    card('Hosts that did not come to their end', failed.length, failed.slice(0, MOST_ITEMS).map(failedItem)),
    card('Hosts that were not reached', unreached.length, unreached.slice(0, MOST_ITEMS).map(unreachedItem),
      unreached.length > MOST_ITEMS && `The first ${MOST_ITEMS} are shown.`),
    card('Held up', blocked.length, blocked.slice(0, MOST_ITEMS).map(reasonFinding('o-blocked', 'blocked'))),
    card('To be heeded', notes.length, notes.slice(0, MOST_ITEMS).map(reasonFinding('o-warned', 'warning'))),
    card('Manifest and planning', data.diagnostics.length, data.diagnostics.slice(0, MOST_ITEMS).map(diagnosticItem)),
  ].filter(Boolean);
}

function findingCount() {
  const counted = data.policies.filter((result) => result.outcome !== 'passed').length + data.diagnostics.length;
  return counted + hosts.filter((host) => !host.reached).length + reasonGroups(hosts, (cell) => cell.kind === 'blocked').length;
}

function makeFindings() {
  const view = element('view-findings');
  listeners.push(() => {
    if (state.tab !== 'findings') return;
    const cards = findingCards();
    view.replaceChildren(...(cards.length > 0 ? cards : [h('p', {class: 'empty'}, 'Nothing was found that a person must look at.')]));
  });
}
