// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/notify/event_parts.h"
#include "engine/plan/summary.h"

namespace firmform::notify {
namespace {

json::Value entry_json(const plan::DriftEntry& entry) {
  json::Object object{{"class", to_string(entry.drift)}, {"host", shortened(entry.host)}};
  if (!entry.component.empty()) object.append("component", shortened(entry.component));
  if (!entry.name.empty()) object.append("name", shortened(entry.name));
  if (entry.from) object.append("installed", shortened(*entry.from));
  if (entry.staged) object.append("staged", shortened(*entry.staged));
  if (!entry.to.empty()) object.append("wanted", shortened(entry.to));
  return object;
}

/// Over all entries, also those that the body has no room for.
std::string digest_of(const plan::Drift& drift) {
  Sha256 hash;
  for (const plan::DriftEntry& entry : drift.entries) hash.update(json::dump_canonical(entry_json(entry)) + "\n");
  return hash.hex();
}

/// Of what is reported: classes that policy ignores do not count.
std::map<plan::DriftClass, std::size_t> classes_of(const plan::Drift& drift) {
  std::map<plan::DriftClass, std::size_t> classes;
  for (const plan::DriftEntry& entry : drift.entries) ++classes[entry.drift];
  return classes;
}

std::string drift_summary(const plan::Drift& drift) {
  std::vector<std::string> parts;
  for (const auto& [drift_class, number] : classes_of(drift)) {
    parts.push_back(fmt::format("{} {}", number, to_string(drift_class)));
  }
  return fmt::format("{} of {} not as wanted: {}", drift.hosts - drift.hosts_in_line, counted(drift.hosts, "host"),
                     fmt::join(parts, ", "));
}

json::Value change_json(const plan::Change& change) {
  json::Object object{{"action", to_string(change.kind)},
                      {"host", shortened(change.host)},
                      {"component", shortened(change.address)},
                      {"name", shortened(change.name)}};
  if (change.from) object.append("installed", shortened(*change.from));
  if (!change.to.empty()) object.append("wanted", shortened(change.to));
  return object;
}

std::string changes_summary(const plan::Summary& summary) {
  return fmt::format("{} on {} of {}: {} to update, {} to downgrade, {} to create, {} to delete, {} to invoke",
                     counted(summary.changes(), "change"), summary.hosts_to_change, counted(summary.hosts, "host"),
                     summary.update, summary.downgrade, summary.create, summary.delete_, summary.invoke);
}

json::Object counts_json(const plan::Summary& summary) {
  return {{"update", count(summary.update)},
          {"downgrade", count(summary.downgrade)},
          {"create", count(summary.create)},
          {"delete", count(summary.delete_)},
          {"invoke", count(summary.invoke)},
          {"pending", count(summary.pending)},
          {"blocked", count(summary.blocked)},
          {"host_restarts", count(summary.host_restarts)},
          {"bmc_restarts", count(summary.bmc_restarts)}};
}

}  // namespace

Event drift_event(const report::FleetReport& report, const Stamp& stamp) {
  const plan::Drift& drift = report.drift;
  const Opening opening{.kind = EventKind::drift,
                        .at = report.at,
                        .verb = report.verb,
                        .manifest_digest = report.plan.header.manifest_digest,
                        .gravity = Gravity::warning,
                        .summary = drift_summary(drift)};
  json::Object body = open_body(opening, stamp);
  body.append("digest", digest_of(drift));
  body.append("exit", exit_json(report.exit));
  body.append("hosts", json::Object{{"total", count(drift.hosts)}, {"in_line", count(drift.hosts_in_line)}});
  json::Object classes;
  for (const auto& [drift_class, number] : classes_of(drift)) {
    classes.append(std::string(to_string(drift_class)), count(number));
  }
  body.append("classes", std::move(classes));
  json::Array entries;
  for (const plan::DriftEntry& entry : drift.entries) {
    if (entries.size() == kMostEntries) break;
    entries.push_back(entry_json(entry));
  }
  body.append("omitted", count(drift.entries.size() - entries.size()));
  body.append("drift", std::move(entries));
  return close_body(opening, stamp, std::move(body));
}

Event changes_event(const report::FleetReport& report, const Stamp& stamp) {
  const plan::Summary summary = plan::summarize(report.plan);
  const Opening opening{.kind = EventKind::changes,
                        .at = report.at,
                        .verb = report.verb,
                        .manifest_digest = report.plan.header.manifest_digest,
                        .gravity = Gravity::info,
                        .summary = changes_summary(summary)};
  json::Array changes;
  std::size_t omitted = 0;
  Sha256 hash;
  for (const plan::Change& change : report.plan.changes) {
    if (change.actions.empty()) continue;
    json::Value entry = change_json(change);
    hash.update(json::dump_canonical(entry) + "\n");
    if (changes.size() < kMostEntries) {
      changes.push_back(std::move(entry));
    } else {
      ++omitted;
    }
  }
  json::Object body = open_body(opening, stamp);
  body.append("digest", hash.hex());
  body.append("exit", exit_json(report.exit));
  body.append("plan", json::Object{{"id", report.plan.header.id}, {"actions", count(report.plan.actions.size())}});
  body.append("hosts", json::Object{{"total", count(summary.hosts)}, {"to_change", count(summary.hosts_to_change)}});
  body.append("counts", counts_json(summary));
  body.append("omitted", count(omitted));
  body.append("changes", std::move(changes));
  return close_body(opening, stamp, std::move(body));
}

}  // namespace firmform::notify
