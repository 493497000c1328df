// SPDX-License-Identifier: Apache-2.0
// Plan: everything that apply will do, as plain values: changes per resource, and one graph of actions.
// Nothing here knows a vendor, HTTP libraries, a clock or a terminal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/http/message.h"
#include "engine/json/value.h"
#include "engine/manifest/manifest.h"

namespace firmform::plan {

/// Index into Plan::actions.
using ActionId = std::uint32_t;

enum class ChangeKind {
  no_op,
  update,
  downgrade,
  create,
  delete_,
  invoke,   ///< an install set's steps go into the queue, or the BMC is asked to do something
  pending,  ///< the BMC has the work in its queue, and does it later; nothing is to be sent
  blocked,
};

[[nodiscard]] std::string_view to_string(ChangeKind kind);  ///< "no-op", "update", …

enum class ResourceType {
  firmware,
  stored_image,
  window,
  install_set,
  queue_entry,
  restart,    ///< of host or BMC, asked for by a person
  integrity,  ///< a check of the firmware by the BMC, asked for by a person
};

[[nodiscard]] std::string_view to_string(ResourceType type);  ///< "firmware", "stored-image", …

/// One sentence with a stable code: why a change is what it is.
struct Reason {
  Code code;
  std::string text;
  std::vector<std::string> help;
  bool operator==(const Reason&) const = default;
};

/// The one-shot window on the BMC that work is put into.
struct Appointment {
  std::string window;  ///< its name on the BMC
  std::string id;      ///< by which queue entries refer to it
  UtcTime start{};
  UtcTime end{};
  bool operator==(const Appointment&) const = default;
};

/// Whether a change can be undone.
struct WayBack {
  enum class Kind {
    image,     ///< the catalog has an image of the version that is installed now, and policy lets it be flashed
    denied,    ///< it has one, and going back needs a permission that is not given
    no_image,  ///< it has none
    one_way,   ///< the BMC or the device refuses to go back
    unknown,   ///< what is installed now is not known
  };
  Kind kind = Kind::unknown;
  std::string image;  ///< name in the catalog
  std::string text;   ///< why, for people
  bool operator==(const WayBack&) const = default;
};

[[nodiscard]] std::string_view to_string(WayBack::Kind kind);  ///< "image", "denied", "no-image", "one-way", "unknown"

/// What becomes of one resource. Sorted by host, then address.
struct Change {
  std::string host;
  ResourceType resource = ResourceType::firmware;
  std::string address;  ///< component's address, or the selector's text when nothing matched
  std::string name;     ///< Redfish Name, for people
  ChangeKind kind = ChangeKind::no_op;
  std::optional<std::string> from;  ///< version; of other resources their content, absent when there is none
  std::optional<std::string> staged;
  std::string to;                   ///< version or content; empty when there shall be none
  std::vector<std::string> path;    ///< of firmware: the versions on the way to `to`, in order; empty: one step
  std::optional<WayBack> way_back;  ///< of firmware that changes
  std::vector<Reason> reasons;
  std::string origin;                ///< "baselines.yaml:12:9" of the entry that asks for it
  std::vector<std::string> details;  ///< what differs, one line each: "step 2: U46_2.36.fwpkg, was U46_2.34.fwpkg"
  /// The BMC does it by itself in this window: apply ends as scheduled, and a later plan judges the result.
  std::optional<Appointment> scheduled;
  std::vector<ActionId> actions;
  bool operator==(const Change&) const = default;
};

enum class ActionType {
  flash,         ///< hand an image to the BMC and follow it until the BMC is done with it
  start_update,  ///< StartUpdate for BMCs that stage first
  store,         ///< put an image into the BMC's repository, without installing it
  create,        ///< make a window, install set or queue entry
  change,        ///< change one
  remove,        ///< remove a stored image, window, install set or queue entry
  invoke,        ///< put the steps of an install set into the queue; start a check of the BMC
  reset_host,    ///< restart the server
  reset_bmc,     ///< restart the BMC
  verify,        ///< wait until the installed version is the wanted one; sends no write
  hold,          ///< leave the host as it is for `expected`; sends no write
  /// Put back settings that a flash changed, of the categories in `components`; the values are those read before the
  /// host's first write. Sends nothing when none changed.
  restore,
};

[[nodiscard]] std::string_view to_string(ActionType type);

enum class Restarts { nothing, bmc, host };

[[nodiscard]] std::string_view to_string(Restarts restarts);

/// A fact about a host that must hold. Checked by check() against a fresh snapshot.
struct Condition {
  enum class Type {
    same_system,          ///< value: serial or UUID of the machine the plan was made for
    installed_version,    ///< component has version `value` (exactly as read)
    wanted_version,       ///< component's version satisfies `value`
    update_service_idle,  ///< no flash, upload or task runs
    power_state,          ///< System.PowerState equals `value`
    host_ready,           ///< POST is over and the inventory can be trusted
    resource_present,     ///< there is a resource at `component` (an address of staging.h) with content `value`
    resource_absent,      ///< there is none at `component`
    queue_unblocked,      ///< no entry of the queue blocks those behind it
    clock_agrees,         ///< the BMC's clock is at most `value` seconds off
    not_later,            ///< it is not yet after `value` (RFC 3339): later, the work would not end in its window
    not_before,           ///< it is `value` (RFC 3339) or later: the host's window is open
    fact_changed,         ///< the provider's fact `component` (HostSnapshot::vendor_facts) is another than `value`
  };
  Type type = Type::same_system;
  std::string component;  ///< address, where the type needs one
  std::string value;
  std::string scheme;  ///< version scheme for wanted_version
  bool operator==(const Condition&) const = default;
};

[[nodiscard]] std::string_view to_string(Condition::Type type);

/// An image as it was when planned; apply refuses one whose bytes changed.
struct Image {
  std::string name;    ///< under which the BMC gets it
  std::string path;    ///< local file; empty when the BMC pulls from `url`
  std::string url;     ///< that the BMC pulls from; empty when pushed or served
  std::string sha256;  ///< of the whole file; empty when unknown (pulled without a pin)
  std::uint64_t size = 0;
  bool served = false;  ///< the BMC pulls `path` from the run's own image server
  /// The part of the file that this action sends; length 0: all of it.
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string signature_path;  ///< detached signature that goes with it; empty: none
  std::string signature_sha256;
  bool operator==(const Image&) const = default;
};

/// Texts in a planned body that stand for the URLs under which the run's image server offers image and signature;
/// apply puts the URLs in. Their last segment is always the image's or the signature's file name.
inline constexpr std::string_view kServedImage = "firmform-image-server:/image";
inline constexpr std::string_view kServedSignature = "firmform-image-server:/signature";

/// The exact request that an action sends, without credentials.
struct PlannedRequest {
  enum class Upload { none, raw, multipart, ilo_form };
  http::Method method = http::Method::post;
  std::string target;  ///< URI on the BMC
  json::Value body;    ///< JSON body, or the JSON parameters part of an upload
  Upload upload = Upload::none;
  bool operator==(const PlannedRequest&) const = default;
};

[[nodiscard]] std::string_view to_string(PlannedRequest::Upload upload);

/// How to learn that the BMC is done with an accepted request (reference: Redfish task contract).
enum class Completion {
  immediate,     ///< the reply is the result
  task,          ///< Task or monitor of a 202; a 200 without a task counts as accepted
  update_state,  ///< the vendor's state of the update engine returns to rest (HPE Oem.Hpe.State)
  host_ready,    ///< the host went through a reset and its POST is over
  bmc_back,      ///< the BMC answers again after its own restart
};

[[nodiscard]] std::string_view to_string(Completion completion);

struct Action {
  ActionId id = 0;
  std::string host;
  ActionType type = ActionType::verify;
  std::vector<std::string> components;    ///< addresses concerned
  std::string summary;                    ///< "push ilo5_312.bin to the iLO", for people
  std::optional<PlannedRequest> request;  ///< absent for verify
  std::optional<Image> image;
  Completion completion = Completion::immediate;
  std::vector<Condition> preconditions;   ///< checked just before the request is sent
  std::vector<Condition> postconditions;  ///< what makes it done
  Duration expected{0};
  Duration deadline{0};                   ///< from the sending of the request
  Restarts restarts = Restarts::nothing;  ///< by the request; by a queue entry when the BMC comes to it
  std::vector<ActionId> needs;            ///< must have succeeded before; sorted
  std::vector<std::string> because;       ///< of a restart: why it is there and shared by no other, for people
  bool operator==(const Action&) const = default;
};

/// The window that `apply` keeps a host's work in.
struct HeldWindow {
  std::string name;
  UtcTime start{};
  UtcTime end{};
  UtcTime latest_start{};  ///< later, the host's whole work would not end in the window with reserve
  Duration expected{0};    ///< of the host's whole work, without reserve
  bool operator==(const HeldWindow&) const = default;
};

/// How to reach a host, so that apply and resume need nothing but the plan. No secrets.
struct PlannedHost {
  std::string name;
  std::string bmc;
  std::string provider;
  std::string username;
  manifest::PasswordSource password;
  http::TlsOptions tls;
  std::string model;
  std::string serial;
  std::string fingerprint;  ///< inventory::fingerprint when planned
  std::string status;       ///< "ok", "unreachable", …
  std::map<std::string, std::string> labels;
  std::optional<HeldWindow> window;  ///< absent: at any time, or the BMC keeps it
  std::vector<Reason> problems;      ///< why nothing is planned for it, when status is not ok
  bool operator==(const PlannedHost&) const = default;
};

struct Header {
  int format_version = 1;
  std::string tool_version;
  std::string id;  ///< digest over the whole plan without this field
  std::string manifest_digest;
  std::string directory;  ///< absolute path of the manifest directory
  std::string part_of;    ///< id of the whole plan that this one is a part of; empty: it is whole
  UtcTime created_at{};   ///< whole seconds
  bool operator==(const Header&) const = default;
};

/// How the run's own image server is set up, so that apply and resume ask nothing of the manifest.
struct ImageServerSettings {
  std::string address;  ///< that BMCs reach this machine by; empty: by the route to each BMC
  std::uint16_t first_port = 63000;
  std::uint16_t last_port = 63005;
  std::string certificate;  ///< absolute paths of PEM files; empty: made for the run
  std::string key;
  bool tls = true;
  std::uint64_t bytes_per_second = 0;  ///< over all connections; 0: no cap
  std::uint32_t max_connections = 64;
  bool operator==(const ImageServerSettings&) const = default;
};

/// Hosts that are changed before the next ones are begun.
struct Wave {
  std::string name;                 ///< "canary", "batch 2"
  std::vector<std::string> hosts;   ///< in the order in which they are begun
  Duration soak{0};                 ///< afterwards
  bool pause = false;               ///< a person must go on afterwards
  std::optional<int> max_failures;  ///< of its hosts; one more stops the run
  std::string arithmetic;           ///< "10% of 48 hosts = 4.8, rounded up to 5"
  bool operator==(const Wave&) const = default;
};

/// Most hosts of a set that are in work at the same time.
struct Budget {
  std::string label;  ///< "rack"
  std::string value;  ///< "a12"
  int limit = 1;
  std::vector<std::string> hosts;  ///< of this plan, sorted
  std::string arithmetic;
  bool operator==(const Budget&) const = default;
};

/// How the hosts with actions follow one another.
struct RolloutPlan {
  std::uint64_t seed = 1;
  std::vector<Wave> waves;  ///< every host with actions is in exactly one
  std::vector<Budget> budgets;
  std::optional<manifest::HealthGate> health;
  std::optional<int> max_unreachable;
  bool operator==(const RolloutPlan&) const = default;
};

/// What a rule of the manifest or an external program says of the plan. Kept with the plan, so that all reports tell
/// it.
struct PolicyResult {
  enum class Outcome {
    passed,
    warned,
    override_needed,
    overridden,  ///< by a person, with a reason
    denied,
  };
  std::string rule;  ///< "small-steps"; of a program its name and what it calls the rule: "conftest: main.deny"
  Outcome outcome = Outcome::passed;
  std::string message;                ///< for people; empty when passed
  std::vector<std::string> subjects;  ///< "web-01/SystemRomActive" or "web-01", sorted; empty: the plan as a whole
  std::string origin;                 ///< place in the manifest
  std::string reason;                 ///< of an override
  std::string by;                     ///< who overrode it
  bool operator==(const PolicyResult&) const = default;
};

[[nodiscard]] std::string_view to_string(PolicyResult::Outcome outcome);  ///< "passed", "warned", "override-needed", …

struct Plan {
  Header header;
  std::vector<PlannedHost> hosts;  ///< sorted by name
  std::vector<Change> changes;     ///< sorted by host and address; no-op and blocked included
  std::vector<Action> actions;     ///< in a topological order; id equals index
  int max_hosts_in_flight = 0;     ///< 0: the command line's default
  int max_uploads_in_flight = 0;
  std::optional<int> max_failures;                  ///< how many hosts may fail; one more, and no further host starts
  std::optional<ImageServerSettings> image_server;  ///< present when an action's image is served
  std::optional<RolloutPlan> rollout;               ///< absent: all hosts at once, within the limits above
  /// Settings that are compared before and after, by category.
  std::map<std::string, manifest::GuardAction> config_guard;
  manifest::ForeignWork foreign_work = manifest::ForeignWork::refuse;
  std::vector<PolicyResult> policies;  ///< in order of rules; those that passed included

  [[nodiscard]] std::size_t count(ChangeKind kind) const;
  [[nodiscard]] const PlannedHost* host(const std::string& name) const;
  bool operator==(const Plan&) const = default;
};

}  // namespace firmform::plan
