// SPDX-License-Identifier: Apache-2.0
// Head and tabs, and the beginning of it all.

const TAB_NAMES = {fleet: 'Fleet', plan: 'Plan', timeline: 'Timeline', findings: 'Findings'};
const QUIET_EXITS = ['ok', 'changes', 'scheduled', 'paused'];

function shortId(id) {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}

function idFact(name, id) {
  if (!id) return null;
  return h('div', {}, h('dt', {}, name), h('dd', {}, h('button', {type: 'button', class: 'id', title: `${id} (copy)`, 'aria-label': `Copy the ${name.toLowerCase()} ${id}`,
    onclick: () => copy(id)}, h('code', {}, shortId(id)))));
}

function drawReport() {
  const {report} = data;
  const {exit} = report;
  const allInLine = report.hosts_in_line === hosts.length;
  const kind = exit.name === 'ok' && allInLine ? 'good' : QUIET_EXITS.includes(exit.name) ? 'quiet' : 'bad';
  document.body.classList.add(`exit-${kind}`);
  element('verdict').prepend(h('span', {class: `seal ${kind}`}, icon({good: 'in_line', quiet: 'info', bad: 'warning'}[kind])));
  element('exit').replaceChildren(h('span', {class: `exit-code ${kind}`}, `exit ${exit.code}`), h('b', {}, exit.name), ` ${exit.meaning}`);
  element('facts').replaceChildren(...[idFact('Plan', report.plan), idFact('Part of', report.part_of), idFact('Manifest', report.manifest_digest), idFact('Run', report.run),
    h('div', {}, h('dt', {}, 'Made'), h('dd', {}, h('time', {datetime: report.at}, moment(seconds(report.at))))),
    report.tool_version && h('div', {}, h('dt', {}, 'Firmform'), h('dd', {}, report.tool_version))].filter(Boolean));
}

function makeTabs() {
  const counts = {fleet: hosts.length, plan: actionCount, timeline: 0, findings: findingCount()};
  const buttons = TABS.map((name) => h('button', {type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `view-${name}`,
    onclick: () => change({tab: name})}, TAB_NAMES[name], counts[name] > 0 && h('span', {class: 'count'}, counts[name].toLocaleString('en'))));
  const list = element('tabs');
  list.replaceChildren(...buttons);
  list.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const next = (TABS.indexOf(state.tab) + step + TABS.length) % TABS.length;
    change({tab: TABS[next]});
    buttons[next].focus();
  });
  listeners.push(() => TABS.forEach((name, index) => {
    const chosen = state.tab === name;
    buttons[index].setAttribute('aria-selected', String(chosen));
    buttons[index].tabIndex = chosen ? 0 : -1;
    element(`view-${name}`).hidden = !chosen;
  }));
}

function begin() {
  element('page').hidden = false;
  drawReport();
  if (hosts.length > 0) drawNumbers();
  element('numbers').hidden = element('filters').hidden = document.querySelector('.tabs').hidden = hosts.length === 0;
  makeTabs();
  makeFilters();
  makeMatrix();
  makeDetails();
  makePlan();
  makeTimeline();
  makeFindings();
  readHash();
  show();
  addEventListener('hashchange', () => {
    readHash();
    show();
  });
}

begin();
