// SPDX-License-Identifier: Apache-2.0
// Time from left to right. Long times in which nothing happens are cut out, and marked.

const CUT = 30;  // px
const STEPS_OF_TIME = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

/// Periods in which something happens, joined where they touch.
function joined(periods) {
  const result = [];
  for (const [start, end] of [...periods].sort((a, b) => a[0] - b[0])) {
    const last = result[result.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/// Gaps that are worth a cut: longer than half an hour, and than a good part of all that happens.
function pieces(periods, end) {
  const busy = joined(periods.length ? periods : [[0, end]]);
  const worked = busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const longest = Math.max(1800, worked * 0.25);
  const result = [];
  let start = busy[0][0] > longest ? busy[0][0] : 0;
  if (start > 0) result.push([0, Math.min(60, start / 10)]);
  let last = start;
  for (const [from, to] of busy) {
    if (from - last > longest) {
      result.push([start, last]);
      start = from;
    }
    last = Math.max(last, to);
  }
  result.push([start, Math.max(last, start + 1)]);
  return result;
}

/// `periods`: seconds from the beginning, in which something happens.
function makeAxis(periods, end, width) {
  const parts = pieces(periods, end);
  const shown = parts.reduce((sum, [from, to]) => sum + to - from, 0);
  const scale = Math.max(1, width - CUT * (parts.length - 1)) / Math.max(1, shown);
  let x = 0;
  const places = parts.map(([from, to]) => {
    const place = {from, to, x};
    x += (to - from) * scale + CUT;
    return place;
  });
  /// What was cut out has the place of the cut.
  const place = (at) => {
    for (const part of places) {
      if (at <= part.to) return part.x + Math.max(0, at - part.from) * scale - (at < part.from ? CUT / 2 : 0);
    }
    const last = places[places.length - 1];
    return last.x + (last.to - last.from) * scale;
  };
  const cuts = places.slice(1).map((part, i) => ({x: part.x - CUT, from: places[i].to, to: part.from}));
  return {place: (at) => Math.max(0, Math.min(width, place(at))), cuts, parts: places, scale};
}

/// Round times that are far enough apart; `origin`: seconds since 1970 of the axis' beginning.
function ticks(axis, origin) {
  const step = STEPS_OF_TIME.find((size) => size * axis.scale >= 74) ?? 86400;
  const result = [];
  for (const part of axis.parts) {
    for (let at = Math.ceil((origin + part.from) / step) * step; at <= origin + part.to; at += step) {
      result.push({at, x: axis.place(at - origin), exact: step < 60});
    }
  }
  return result;
}
