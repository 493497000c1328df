// SPDX-License-Identifier: Apache-2.0
// Numbers, times and states in words.

/// States of a cell, worst first: how rows are sorted, and which state stands for several components.
const STATES = [
  ['unreachable', 'unreachable'],
  ['unmatched', 'unmatched'],
  ['unknown', 'unknown'],
  ['foreign', 'foreign'],
  ['newer', 'newer'],
  ['older', 'older'],
  ['content', 'content'],
  ['staged', 'staged'],
  ['pending_restart', 'pending restart'],
  ['serves', 'serves another'],
  ['format_only', 'format only'],
  ['in_line', 'up to date'],
  ['undeclared', 'not declared'],
];
const RANK = new Map(STATES.map(([name], rank) => [name, rank]));
const LABEL = new Map(STATES);

const MEANINGS = {
  in_line: 'installed is what the manifest wants',
  undeclared: 'no line of the manifest names it',
  serves: 'there only to serve another change',
  blocked: 'a change is wanted, and something forbids it',
};

const KINDS = {
  'no-op': 'nothing to do',
  update: 'will be updated',
  downgrade: 'will be set back to an older version',
  create: 'will be created',
  delete: 'will be removed',
  invoke: 'will be carried out',
  pending: 'waits on the BMC',
  blocked: 'blocked',
};

const RESOURCES = {
  'stored-image': 'Stored images',
  window: 'Windows on the BMC',
  'install-set': 'Install sets',
  'queue-entry': 'Installation queue',
  restart: 'Restarts',
  integrity: 'Integrity check',
};

const BACK = {
  image: 'possible',
  denied: 'needs a permission',
  'no-image': 'no image in the catalog',
  'one-way': 'not possible',
  unknown: 'not known',
};

const SPANS = {
  upload: 'upload',
  flash: 'flash',
  resource: 'repository or queue',
  'restart-host': 'host restarts',
  'restart-bmc': 'BMC restarts',
  verify: 'verify',
  hold: 'hold',
  outage: 'BMC does not answer',
};

/// As what an action is drawn, of SPANS.
const SPAN_OF_ACTION = {
  flash: 'flash', start_update: 'flash', reset_host: 'restart-host', reset_bmc: 'restart-bmc', verify: 'verify',
  hold: 'hold', store: 'resource', create: 'resource', change: 'resource', remove: 'resource', invoke: 'resource',
  restore: 'resource',
};

const ACTIONS = {start_update: 'start update', reset_host: 'restart host', reset_bmc: 'restart BMC'};

const ICON_OF_SPAN = {
  upload: 'upload', flash: 'flash', resource: 'resource', 'restart-host': 'pending_restart',
  'restart-bmc': 'pending_restart', verify: 'in_line', hold: 'hold', outage: 'unreachable',
};

/// "3 hosts", "1 host", "5,000 hosts".
function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/// "1h 30m", "45s".
function duration(seconds) {
  const parts = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [size, unit] of [[86400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']]) {
    if (rest < size) continue;
    parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

const seconds = (text) => Date.parse(text) / 1000;
const iso = (at) => new Date(at * 1000).toISOString();
/// "2026-12-05 22:00 UTC"
const moment = (at) => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
const dayOf = (at) => iso(at).slice(0, 10);
const clockOf = (at, exact) => iso(at).slice(11, exact ? 19 : 16);

function bytes(size) {
  if (size < 1024) return `${size} B`;
  return size < 1048576 ? `${(size / 1024).toFixed(0)} KiB` : `${(size / 1048576).toFixed(1)} MiB`;
}

/// Without the date that vendors write behind a version: "U46 v2.34 (03/11/2025)", "3.11 Feb 25 2025".
function shortVersion(version) {
  return version.replace(/\s+\([^()]*\)$/, '').replace(/\s+[A-Z][a-z]{2} \d{1,2} \d{4}$/, '');
}

/// "U46 v2.34 (03/11/2025)" and "U46 v2.36 (07/10/2025)" as "v2.34 → v2.36": what differs, where there is little room.
function versionChange(from, to) {
  let [before, after] = [shortVersion(from), shortVersion(to)];
  if (before === after) return `${from} → ${to}`;
  while (before.includes(' ') && after.includes(' ') && before.split(' ')[0] === after.split(' ')[0]) {
    [before, after] = [before, after].map((text) => text.slice(text.indexOf(' ') + 1));
  }
  return `${before} → ${after}`;
}

/// A place in the manifest as it is called in the checkout.
const placeOf = (origin) => (data.report.directory ? `${data.report.directory}/${origin}` : origin);

/// "older: 2.10 installed, 2.34 wanted"
function describe(cell) {
  const versions = [];
  if (cell.from !== undefined) versions.push(`${cell.from} installed`);
  if (cell.staged) versions.push(`${cell.staged} staged`);
  if (cell.to && cell.state !== 'in_line') versions.push(`${cell.to} wanted`);
  const blocked = cell.kind === 'blocked' ? ', blocked' : '';
  return `${LABEL.get(cell.state)}${blocked}${versions.length ? `: ${versions.join(', ')}` : ''}`;
}
