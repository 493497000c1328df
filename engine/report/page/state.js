// SPDX-License-Identifier: Apache-2.0
// What is shown, and how it is kept in the address of the page, so that a link shows the same to others.

const TABS = ['fleet', 'plan', 'timeline', 'findings'];
const FACETS = ['class', 'model', 'label', 'window', 'wave'];
const MANY = 60;  // hosts; more are shown as groups of equal ones

const defaults = () => ({
  tab: hosts.length > 0 ? 'fleet' : 'findings', q: '', group: hosts.length > MANY ? 'equal' : 'none', sort: 'name', host: null, component: null,
  undeclared: false, class: new Set(), model: new Set(), label: new Set(), window: new Set(), wave: new Set(),
});

const state = defaults();
const listeners = [];

function toHash() {
  const normal = defaults();
  const parts = new URLSearchParams();
  for (const key of ['tab', 'q', 'group', 'sort', 'host', 'component']) {
    if (state[key] !== normal[key] && state[key] !== null) parts.set(key, state[key]);
  }
  if (state.undeclared) parts.set('undeclared', '1');
  for (const key of FACETS) for (const value of state[key]) parts.append(key, value);
  return parts.toString();
}

function readHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  Object.assign(state, defaults());
  for (const key of ['q', 'group', 'sort', 'host', 'component']) if (parts.has(key)) state[key] = parts.get(key);
  if (TABS.includes(parts.get('tab'))) state.tab = parts.get('tab');
  state.undeclared = parts.has('undeclared');
  for (const key of FACETS) state[key] = new Set(parts.getAll(key));
  if (!hostNamed.has(state.host)) state.host = state.component = null;
}

/// Puts `changes` into effect, shows them, and writes them into the address.
function change(changes) {
  Object.assign(state, changes);
  const hash = toHash();
  history.replaceState(null, '', hash ? `#${hash}` : location.pathname + location.search);
  show(Object.keys(changes));
}

/// `keys`: what changed; empty: everything.
function show(keys = []) {
  for (const listener of listeners) listener(keys);
}

function toggle(facet, value) {
  const values = new Set(state[facet]);
  if (!values.delete(value)) values.add(value);
  change({[facet]: values});
}

function isFiltered() {
  return state.q !== '' || FACETS.some((facet) => state[facet].size > 0);
}

function clearFilters() {
  change({q: '', ...Object.fromEntries(FACETS.map((facet) => [facet, new Set()]))});
}

function hasClass(host, name) {
  if (name === 'unreachable') return !host.reached;
  if (name === 'blocked') return host.profile.blocked;
  return host.profile.states.has(name);
}

/// Values of a facet that a host has.
function valuesOf(host, facet) {
  switch (facet) {
    case 'model': return [host.model || 'not known'];
    case 'label': return Object.entries(host.labels).map(([key, value]) => `${key}=${value}`);
    case 'window': return [host.window ? host.window.name : 'none'];
    case 'wave': return [host.wave === null ? 'none' : waves[host.wave].name];
    default: return [];
  }
}

/// Within a facet one value is enough; facets and words of the search must all fit. `without`: a facet not looked at.
function isShown(host, words, without) {
  for (const word of words) if (!host.text.includes(word) && !host.profile.text.includes(word)) return false;
  for (const facet of FACETS) {
    const wanted = state[facet];
    if (wanted.size === 0 || facet === without) continue;
    const fits = facet === 'class' ? [...wanted].some((name) => hasClass(host, name))
      : valuesOf(host, facet).some((value) => wanted.has(value));
    if (!fits) return false;
  }
  return true;
}

function shownHosts(without) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  return hosts.filter((host) => isShown(host, words, without));
}
