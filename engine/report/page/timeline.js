// SPDX-License-Identifier: Apache-2.0
// What happens when: waves, windows, and one lane for each host.

const LANE = {height: 24, bar: 14, head: 34, title: 40, crowd: 78};
const LANES_AT_ONCE = 60;
const BINS = 240;
const FIELDS = 6;  // numbers of a span, see engine/report/fleet_page_times.cc
const openWaves = new Set();

const SOURCES = {
  simulated: ['Simulated', 'The plan was tried on modelled BMCs, with nothing going wrong. Real hosts take their own time.'],
  recorded: ['Recorded', 'This is what the run did.'],
  estimated: ['Estimated', 'From how long each action is expected to take. Budgets, failures and what hosts share are not looked at.'],
};

function spansOf(lane) {
  const host = hosts[lane.host];
  const result = [];
  for (let i = 0; i < lane.spans.length; i += FIELDS) {
    const [kind, failed, action, start, took, text] = lane.spans.slice(i, i + FIELDS);
    result.push({kind: timeline.kinds[kind], failed: failed === 1, start, end: start + took,
      text: text >= 0 ? timeline.texts[text] : host.graph[action]?.summary ?? ''});
  }
  return result;
}

const offset = (text) => seconds(text) - seconds(timeline.start);

function windowsOf(members) {
  const found = new Map();
  for (const host of members) if (host.window) found.set(host.window.name + host.window.start, host.window);
  return [...found.values()];
}

/// All that is drawn of the lanes shown, so that the axis knows what it may cut.
function busyPeriods(shown) {
  const periods = shown.flatMap((lane) => spansOf(lane).map((span) => [span.start, Math.max(span.end, span.start + 1)]));
  for (const pause of timeline.pauses) {
    if (pause.until && offset(pause.until) - offset(pause.start) < 3600) periods.push([offset(pause.start), offset(pause.until)]);
  }
  return periods;
}

function box(className, x1, x2, y, height, title, radius = 3) {
  return svg('rect', {class: className, x: x1, y, width: Math.max(1.5, x2 - x1), height, rx: radius}, title && svg('title', {}, title));
}

class Picture {
  constructor(width) {
    this.left = width < 560 ? 96 : 176;
    this.right = width < 560 ? 12 : 84;
    this.width = width;
    this.y = LANE.head;
    this.body = [];
    this.bands = [];
    this.origin = seconds(timeline.start);
  }

  begin(shown) {
    this.axis = makeAxis(busyPeriods(shown), offset(timeline.end), this.width - this.left - this.right);
  }

  x(at) {
    return this.left + this.axis.place(at);
  }

  period(start, end) {
    return `${moment(this.origin + start)} to ${clockOf(this.origin + end, true)} (${duration(end - start)})`;
  }

  label(text, y, title, attributes = {}) {
    const most = Math.floor((this.left - 18) / 7.2);
    this.body.push(svg('text', {class: 'lane-name', x: this.left - 12, y, 'text-anchor': 'end', ...attributes},
      text.length > most ? `${text.slice(0, most - 1)}…` : text, svg('title', {}, title ?? text)));
  }

  windows(members, top, height) {
    for (const window of windowsOf(members)) {
      const start = offset(window.start);
      const end = offset(window.end);
      this.body.push(box('window', this.x(start), this.x(end), top, height, `window ${window.name}: ${this.period(start, end)}`, 2));
    }
  }

  title(wave, members) {
    const period = wave === null ? null : timeline.waves[wave];
    const name = period ? period.name : 'Hosts';
    const text = period ? [counted(members.length, 'host'), period.end && duration(offset(period.end) - offset(period.start)),
      period.decision.replace(`${period.name}: `, '')].filter(Boolean).join(' · ')
      : counted(members.length, 'host');
    this.body.push(svg('line', {class: 'rule', x1: 0, x2: this.width, y1: this.y + 6, y2: this.y + 6}),
      svg('text', {class: 'wave-name', x: 4, y: this.y + 28}, name),
      svg('text', {class: 'lane-note', x: this.left, y: this.y + 28}, text));
    this.y += LANE.title;
  }

  lane(lane) {
    const host = hosts[lane.host];
    const open = () => change({host: host.name, component: null, tab: 'fleet'});
    this.windows([host], this.y + 1, LANE.height - 2);
    this.label(host.name, this.y + 16, `${host.name}: show it`, {role: 'button', tabindex: '0', onclick: open,
      class: `lane-name is-link ${state.host === host.name ? 'chosen' : ''}`,
      onkeydown: (event) => { if (event.key === 'Enter') open(); }});
    for (const span of spansOf(lane)) {
      const thin = span.kind === 'outage';
      this.body.push(box(`span k-${span.kind} ${span.failed ? 'failed' : ''}`, this.x(span.start), this.x(span.end),
        this.y + (thin ? LANE.bar + 6 : 5), thin ? 3 : LANE.bar,
        `${host.name}: ${SPANS[span.kind]}\n${span.text}\n${this.period(span.start, span.end)}${span.failed ? '\nfailed' : ''}`, thin ? 1 : 3));
    }
    if (this.right > 40) this.body.push(svg('text', {class: `lane-end r-${lane.result}`, x: this.width - this.right + 8, y: this.y + 16},
      timeline.source === 'estimated' ? duration((lane.finished ?? 0) - (lane.started ?? 0)) : lane.result));
    this.y += LANE.height;
  }

  /// How many hosts do what, over time.
  crowd(members) {
    const inner = this.width - this.left - this.right;
    const bins = timeline.kinds.map(() => new Float64Array(BINS));
    for (const lane of members) {
      for (const span of spansOf(lane)) {
        if (span.kind === 'outage') continue;
        const kind = timeline.kinds.indexOf(span.kind);
        const from = (this.axis.place(span.start) / inner) * BINS;
        const to = (this.axis.place(span.end) / inner) * BINS;
        for (let i = Math.floor(from); i < BINS && i < to; ++i) bins[kind][i] += Math.min(to, i + 1) - Math.max(from, i);
      }
    }
    let most = 1;
    for (let i = 0; i < BINS; ++i) most = Math.max(most, bins.reduce((sum, bin) => sum + bin[i], 0));
    const floor = this.y + LANE.crowd;
    const scale = (LANE.crowd - 14) / most;
    this.windows(members.map((lane) => hosts[lane.host]), this.y, LANE.crowd);
    const below = new Float64Array(BINS);
    bins.forEach((bin, kind) => {
      const edge = [];
      const base = [];
      for (let i = 0; i < BINS; ++i) {
        const x = this.left + (i * inner) / BINS;
        const next = x + inner / BINS;
        base.unshift(`${next} ${floor - below[i] * scale}`, `${x} ${floor - below[i] * scale}`);
        below[i] += bin[i];
        edge.push(`${x} ${floor - below[i] * scale}`, `${next} ${floor - below[i] * scale}`);
      }
      if (bin.some((count) => count > 0)) this.body.push(svg('path', {class: `span k-${timeline.kinds[kind]}`, d: `M${[...edge, ...base].join('L')}Z`}));
    });
    this.label(`${Math.round(most)} at once`, floor - most * scale + 6, 'hosts in work at the same time');
    this.body.push(svg('line', {class: 'grid', x1: this.left, x2: this.width - this.right, y1: floor, y2: floor}));
    this.y += LANE.crowd + 6;
  }

  frame() {
    const bottom = this.y + 6;
    const marks = ticks(this.axis, this.origin);
    const lines = marks.map((tick) => svg('line', {class: 'grid', x1: this.left + tick.x, x2: this.left + tick.x, y1: LANE.head - 8, y2: bottom}));
    let day = '';
    const texts = marks.map((tick) => {
      const isNew = dayOf(tick.at) !== day;
      day = dayOf(tick.at);
      return [svg('text', {class: 'tick', x: this.left + tick.x, y: LANE.head - 12, 'text-anchor': 'middle'}, clockOf(tick.at, tick.exact)),
        isNew && svg('text', {class: 'tick day', x: this.left + tick.x, y: 10, 'text-anchor': 'middle'}, day)].filter(Boolean);
    });
    const cuts = this.axis.cuts.map((cut) => svg('g', {class: 'cut'}, svg('title', {}, `${duration(cut.to - cut.from)} in which nothing happens`),
      svg('rect', {x: this.left + cut.x + 4, y: LANE.head - 8, width: CUT - 8, height: bottom - LANE.head + 8}),
      svg('text', {class: 'tick', x: this.left + cut.x + CUT / 2, y: bottom + 12, 'text-anchor': 'middle'}, duration(cut.to - cut.from))));
    const pauses = timeline.pauses.map((pause) => {
      const start = offset(pause.start);
      const end = pause.until ? offset(pause.until) : start;
      return box('pause', this.x(start), this.x(end), LANE.head - 8, bottom - LANE.head + 8, `${pause.reason}${pause.until ? `: ${this.period(start, end)}` : ''}`, 0);
    });
    this.height = bottom + 18;
    return [pauses, lines, texts, cuts].flat(Infinity);
  }

  draw() {
    const frame = this.frame();
    return svg('svg', {class: 'lanes', viewBox: `0 0 ${this.width} ${this.height}`, width: this.width, height: this.height, role: 'group',
      'aria-label': 'Timeline'}, frame, this.body);
  }
}

function sections(shown) {
  const found = new Map();
  for (const lane of shown) {
    const wave = lane.wave ?? null;
    if (!found.has(wave)) found.set(wave, []);
    found.get(wave).push(lane);
  }
  return [...found].sort(([a], [b]) => (a ?? -1) - (b ?? -1));
}

function drawPicture(shown, width) {
  const picture = new Picture(width);
  picture.begin(shown);
  for (const [wave, members] of sections(shown)) {
    picture.title(wave, members);
    const single = shown.length <= LANES_AT_ONCE || openWaves.has(wave);
    if (single) for (const lane of members.slice(0, LANES_AT_ONCE * 4)) picture.lane(lane);
    else picture.crowd(members);
  }
  return picture.draw();
}

function timelineLegend(shown) {
  const kinds = new Set(shown.flatMap((lane) => spansOf(lane).map((span) => span.kind)));
  return h('ul', {class: 'legend'}, timeline.kinds.filter((kind) => kinds.has(kind)).map((kind) => h('li', {},
    svg('svg', {viewBox: '0 0 18 12', class: 'key'}, box(`span k-${kind}`, 0, 18, 0, 12)), SPANS[kind])),
  windowsOf(shown.map((lane) => hosts[lane.host])).length > 0 && h('li', {}, svg('svg', {viewBox: '0 0 18 12', class: 'key'}, box('window', 0, 18, 0, 12)), 'window is open'),
  timeline.pauses.length > 0 && h('li', {}, svg('svg', {viewBox: '0 0 18 12', class: 'key'}, box('pause', 0, 18, 0, 12)), 'the run waits'));
}

function laneTable(shown) {
  const most = 200;
  const at = (value) => (value === undefined ? '' : moment(seconds(timeline.start) + value));
  return h('details', {class: 'more'}, h('summary', {}, 'The same as a table'), h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Times of hosts'},
    h('table', {class: 'table'}, h('thead', {}, h('tr', {}, ['Host', 'Wave', 'First write', 'End', 'Result'].map((text) => h('th', {scope: 'col'}, text)))),
      h('tbody', {}, shown.slice(0, most).map((lane) => h('tr', {}, h('th', {scope: 'row'}, hosts[lane.host].name),
        h('td', {}, lane.wave === undefined ? '' : timeline.waves[lane.wave]?.name ?? ''), h('td', {}, at(lane.started)), h('td', {}, at(lane.finished)),
        h('td', {}, timeline.source === 'estimated' ? 'expected' : [lane.result, lane.error].filter(Boolean).join(': '))))))),
  shown.length > most && h('p', {class: 'line'}, `The first ${most} of ${counted(shown.length, 'host')}; filter for others.`));
}

function waveButtons(shown) {
  if (shown.length <= LANES_AT_ONCE) return null;
  return h('p', {class: 'wave-buttons'}, h('span', {class: 'line'}, 'Show hosts of '), sections(shown).map(([wave, members]) => h('button', {type: 'button',
    'aria-pressed': String(openWaves.has(wave)), onclick: () => {
      if (!openWaves.delete(wave)) openWaves.add(wave);
      show(['tab']);
    }}, `${wave === null ? 'all' : timeline.waves[wave].name} (${members.length})`)));
}

function limitsText() {
  const met = timeline.limits.filter((limit) => limit.limit > 0);
  if (met.length === 0) return null;
  return h('p', {class: 'line'}, met.slice(0, 6).map((limit) => `${limit.name}: at most ${limit.most} of ${limit.limit} at once`).join(' · '));
}

function drawTimeline(view) {
  if (!timeline || timeline.lanes.length === 0) {
    view.replaceChildren(h('p', {class: 'empty'}, 'The plan has no actions, so there is no time to show.'));
    return;
  }
  const shown = shownHosts().map((host) => lanes.get(host.index)).filter(Boolean);
  if (shown.length === 0) {
    view.replaceChildren(h('p', {class: 'empty'}, 'No host that fits the filter has actions.'));
    return;
  }
  const [word, note] = SOURCES[timeline.source];
  const start = seconds(timeline.start);
  const end = seconds(timeline.end);
  view.replaceChildren(h('div', {class: 'card'},
    h('h2', {}, h('span', {class: `source ${timeline.source}`}, word), ` ${duration(end - start)}`),
    h('p', {class: 'line'}, `${moment(start)} to ${dayOf(start) === dayOf(end) ? clockOf(end) : moment(end)}. ${note}`),
    timelineLegend(shown), waveButtons(shown),
    h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Timeline'}, drawPicture(shown, Math.max(520, view.clientWidth - 44))),
    limitsText(), laneTable(shown)));
}

function makeTimeline() {
  const view = element('view-timeline');
  let width = 0;
  listeners.push(() => { if (state.tab === 'timeline') drawTimeline(view); });
  addEventListener('resize', () => {
    if (state.tab === 'timeline' && view.clientWidth !== width) drawTimeline(view);
    width = view.clientWidth;
  });
}
