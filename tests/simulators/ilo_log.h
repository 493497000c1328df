// SPDX-License-Identifier: Apache-2.0
// IloLog: an event log of an iLO: its own (IEL) or that of the server (IML). Reference: ilo.md 12.1, 12.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"

namespace firmform::simulators {

struct IloLogKind {
  std::string_view uri;     ///< of the log service
  std::string_view name;    ///< "iLO Event Log"
  std::string_view format;  ///< OemRecordFormat
};
inline constexpr IloLogKind kIloEventLog{"/LogServices/IEL", "iLO Event Log", "Hpe-iLOEventLog"};
inline constexpr IloLogKind kManagementLog{"/LogServices/IML", "Integrated Management Log", "Hpe-IML"};

struct IloLogEvent {
  enum class Severity { ok, caution, critical };
  int event_class = 35;
  int code = 0;
  std::string message;
  Severity severity = Severity::ok;
  std::vector<std::string> categories{"Firmware", "Administration"};
};

class IloLog {
 public:
  /// `base` is the URI of the manager or system; `model` names the class of the iLO's own events ("iLO 7").
  /// Where `with_ids` is false entries have no MessageId: older firmware has class and code alone.
  IloLog(const IloLogKind& kind, std::string base, std::string model, bool with_ids);

  /// An event of `now`, by the iLO's clock. One that the log has already is counted again and updated.
  void add(const IloLogEvent& event, const std::string& now);
  void clear() { entries_.clear(); }

  [[nodiscard]] const std::string& uri() const { return uri_; }
  /// The log service, its entries, or one of them, by URI without a slash at the end; null for anything else.
  [[nodiscard]] json::Value document(std::string_view path, const std::string& now) const;
  [[nodiscard]] std::string clear_target() const { return uri_ + "/Actions/LogService.ClearLog"; }

 private:
  struct Entry {
    int id = 0;
    int number = 0;
    IloLogEvent event;
    int count = 1;
    std::string created;
    std::string updated;
  };
  [[nodiscard]] json::Value render(const Entry& entry) const;

  IloLogKind kind_;
  std::string uri_;
  std::string model_;
  bool with_ids_;
  int last_number_ = 1777;
  int last_id_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace firmform::simulators
