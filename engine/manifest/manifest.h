// SPDX-License-Identifier: Apache-2.0
// The manifest as written: typed values, each with its place in the source. Made by load.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"

namespace firmform::manifest {

template <class T>
struct Spanned {
  T value{};
  SourceSpan span;
};

using Text = Spanned<std::string>;
/// Named entries in order of their names; the key's own place is the span.
template <class T>
using Named = std::map<std::string, Spanned<T>>;

/// Where a password comes from; never the password.
struct PasswordSource {
  enum class Kind {
    env,
    file,
    exec,
    systemd,        ///< a credential that systemd gave the service (systemd.exec(5), LoadCredential=)
    ansible_vault,  ///< a file of `ansible-vault`, read only
    sops,           ///< a file of SOPS, by its command
    vault,          ///< a secret of HashiCorp Vault, by its command
  };
  Kind kind = Kind::env;
  std::string name;               ///< variable, path (of files: relative to the manifest directory) or credential
  std::vector<std::string> argv;  ///< for exec
  std::string key;  ///< which value: "ilo.password" in a file of ansible_vault or sops, the field in vault
  std::vector<PasswordSource> unlock;  ///< of ansible_vault, exactly one: where its own password comes from
  bool operator==(const PasswordSource&) const = default;
};

struct Credentials {
  std::string username;
  PasswordSource password;
};

struct Tls {
  std::optional<std::string> ca_file;  ///< relative to the manifest directory
  std::optional<std::string> pin_sha256;
  bool verify = true;
  SourceSpan span;
};

/// A component by what identifies it on a host; all given parts must match. Texts may be globs.
struct Selector {
  std::string name;  ///< Redfish Name, Description, Id or address
  std::string device_class;
  std::string target;
  std::string location;
  std::string software_id;
  bool operator==(const Selector&) const = default;
  /// "iLO 5" or "device_class=… location=…", for messages.
  [[nodiscard]] std::string describe() const;
};

/// What must be installed for an image to go over it directly; both ends inclusive.
struct VersionRange {
  std::optional<Text> minimum;
  std::optional<Text> maximum;
};

/// A version on the way to the wanted one.
struct ViaStep {
  Text version;
  std::optional<Text> image;  ///< absent: the catalog's package of that version
  std::optional<Text> sha256;
  VersionRange from;
  std::vector<Text> requires_;
  SourceSpan span;
};

/// The state of the host's power that a flash needs, and how long it must stay afterwards.
struct PowerNeed {
  std::string state;  ///< "On", "Off"; empty: any
  Duration hold{0};
};

struct FirmwareEntry {
  Spanned<Selector> component;
  Text version;
  std::optional<Text> version_scheme;
  std::optional<Text> image;           ///< file name in the catalog, or an http(s) URL
  std::optional<Text> sha256;          ///< of the image, required to match when given
  std::vector<Text> after;             ///< component names of the same baseline
  std::vector<Text> requires_;         ///< "System ROM >= U46 v1.60": before it is flashed, and while it is installed
  std::vector<Text> conflicts;         ///< "System ROM < U46 v1.60": what it must never be installed beside
  std::vector<ViaStep> via;            ///< versions that the way to `version` leads through, oldest first
  VersionRange from;                   ///< what `image` goes over directly
  std::vector<Text> separate_restart;  ///< component names that must not become active in the same restart
  PowerNeed power;
  bool every = false;  ///< `every: true`: the selector may match several, all are meant
  bool allow_downgrade = false;
  SourceSpan span;
};

/// What must hold on a host whatever is being changed: while `when` holds, so do all of `requires_`, and none of
/// `conflicts`. Each is "component relation version".
struct Constraint {
  Text when;
  std::vector<Text> requires_;
  std::vector<Text> conflicts;
  SourceSpan span;
};

struct Baseline {
  std::optional<Text> applies_to_model;  ///< glob over the system's Model
  std::vector<FirmwareEntry> firmware;
  std::vector<Constraint> constraints;
  bool complete = true;  ///< false when a part of it is wrong, and reported
};

/// How images come to a BMC that offers both ways.
enum class Delivery { automatic, push, pull };

/// Settings that a host, a group or `defaults` may give.
struct Settings {
  std::optional<Text> baseline;
  std::optional<Text> credentials;
  std::optional<Spanned<Tls>> tls;
  std::optional<Text> maintenance_window;
  std::optional<Spanned<std::vector<Text>>> install_sets;  ///< an empty list is a choice too: none
  std::optional<Text> repository;
  std::optional<Spanned<Delivery>> delivery;
};

/// What a BMC's own repository shall hold.
struct Repository {
  std::vector<Text> present;  ///< image names of the catalog
  std::vector<Text> absent;   ///< file names or globs
  bool prune = false;         ///< remove what is not listed, not locked and not needed
  bool complete = true;
};

/// One step of an install set: an image of the catalog, or a command.
struct InstallSetStep {
  std::optional<Text> file;
  std::string command = "ApplyUpdate";
  std::vector<std::string> updatable_by;  ///< "Bmc", "Uefi", "RuntimeAgent"; empty: the image's own
  std::int64_t wait_seconds = 0;
  SourceSpan span;
};

struct InstallSet {
  std::string description;
  bool recovery = false;  ///< the system recovery set, whose name the BMC prescribes
  bool absent = false;    ///< the BMC shall not have it
  std::vector<InstallSetStep> steps;
  SourceSpan span;
  bool complete = true;
};

/// Who sees to it that work stays inside of a window.
enum class HeldBy {
  automatic,  ///< the BMC where it can, else this program
  bmc,        ///< work is put into the BMC's queue ahead, and the BMC does it by itself
  engine,     ///< `apply` runs inside of the window
};

/// When changes may run: again and again by a schedule or a recurrence, or once.
struct Window {
  std::string schedule;    ///< five cron fields; empty: another kind
  std::string recurrence;  ///< RFC 5545 RRULE without "RRULE:"; empty: another kind
  std::string first;       ///< of a recurrence, DTSTART: wall clock time "2026-11-14T22:00"
  Duration duration{0};    ///< of a window that comes again
  std::string time_zone;   ///< IANA name; empty: UTC
  HeldBy held_by = HeldBy::automatic;
  UtcTime start{};  ///< of a window that is open once
  UtcTime end{};
  bool absent = false;  ///< BMCs shall not have windows of that name
  SourceSpan span;
  bool complete = true;
};

/// The built-in server that BMCs pull images from.
struct ImageServer {
  std::optional<Text> address;  ///< that BMCs reach this machine by; absent: by the route to each BMC
  std::uint16_t first_port = 63000;
  std::uint16_t last_port = 63005;
  std::optional<Text> certificate;  ///< PEM files, relative to the manifest directory; absent: made for each run
  std::optional<Text> key;
  bool tls = true;
  std::optional<std::int64_t> bytes_per_second;  ///< over all connections; absent: no cap
  std::int64_t max_connections = 64;
  SourceSpan span;  ///< of `tls`, if given
};

/// When nothing may be started, whatever windows say.
struct FreezePeriod {
  Window when;
  std::string reason;
  std::map<std::string, Text> labels;  ///< that a host must have for it to count; none and no name: all hosts
  std::optional<Text> name;            ///< glob over host names
  SourceSpan span;
};

struct Host {
  Text bmc;
  Settings settings;
  std::map<std::string, Text> labels;
  std::vector<Text> after;  ///< hosts that must be done before this one starts
  bool complete = true;     ///< false when a part of it is wrong, and reported
};

struct Match {
  std::map<std::string, Text> labels;
  std::optional<Text> name;   ///< glob over host names
  std::optional<Text> model;  ///< glob over the observed model
};

struct Group {
  Spanned<Match> match;
  Settings settings;
  std::int64_t priority = 0;  ///< higher wins over lower; equal priorities must not disagree
  bool complete = true;       ///< false when a part of it is wrong, and reported
};

struct CatalogSource {
  std::optional<Text> directory;  ///< relative to the manifest directory
  std::optional<Text> url;        ///< base URL that BMCs pull from
  std::optional<Text> ca_file;
};

/// A number of hosts, or a percentage of those that it is about.
struct Share {
  std::int64_t value = 0;
  bool percent = false;
  bool operator==(const Share&) const = default;
};

enum class Permission { deny, allow };
enum class RebootPolicy { allow, in_window, deny };

/// What is done about work of others on a BMC.
enum class ForeignWork {
  refuse,  ///< the host is left alone
  wait,    ///< apply waits until it is done
  adopt,   ///< wait, and count its result where it is what the manifest asks for
};
/// What a class of drift means for the result of `firmform drift`.
enum class DriftPolicy { ignore, report, fail };

/// What a policy rule does with a plan that it speaks against.
enum class Enforcement {
  warn,       ///< show it
  override_,  ///< refuse to apply, unless it is overridden by name, with a reason
  deny,       ///< refuse to apply
};

/// A rule about plans. It looks at the changes for which all given selections hold, and speaks against a plan that has
/// such changes: any, or with `more_than` more hosts with such changes than that, or with `together` hosts on which
/// each of these components has such a change.
struct PolicyRule {
  Enforcement enforcement = Enforcement::deny;
  std::string message;            ///< for people; empty: made from the rule
  std::optional<Text> host;       ///< glob over host names
  std::optional<Text> model;      ///< glob over the observed model
  std::optional<Text> component;  ///< glob over names and addresses of components
  std::map<std::string, Text> labels;
  std::vector<Text>
      changes;           ///< words of plan::ChangeKind: "update", "downgrade", "create", …; none: all that do something
  std::string restarts;  ///< "host", "bmc": what changes restart; empty: whatever
  std::optional<bool> one_way;              ///< changes that cannot be taken back, or those that can
  std::optional<bool> in_window;            ///< changes of hosts whose work is kept in a window, or of those without
  std::optional<Spanned<Share>> more_than;  ///< hosts; a percentage is of the hosts of the plan
  std::vector<Text> together;               ///< globs over components
  SourceSpan span;
};

/// A program that judges plans: it gets the plan as JSON (`show -json`) on its standard input and answers as conftest
/// or as SARIF on its standard output.
struct PolicyCommand {
  std::vector<std::string> argv;
  Enforcement enforcement = Enforcement::deny;  ///< of what it calls a failure or an error; its warnings are warnings
  Duration timeout = std::chrono::minutes(1);
  SourceSpan span;
};

struct Policies {
  Permission downgrade = Permission::deny;
  Permission unsigned_image = Permission::deny;
  Permission insecure_tls = Permission::deny;
  Permission tpm_override = Permission::deny;      ///< flash although a TPM is active (BitLocker may ask for its key)
  Permission plain_http_image = Permission::deny;  ///< let a BMC pull an image over plain http
  /// Change or remove the system recovery set and what it locks.
  Permission recovery_set = Permission::deny;
  /// Remove entries of others that block the installation queue.
  Permission clear_foreign_queue = Permission::deny;
  RebootPolicy reboot = RebootPolicy::allow;
  /// Tasks and queue entries that others put on a BMC, when they stand in the way.
  ForeignWork foreign_work = ForeignWork::refuse;
  std::map<std::string, DriftPolicy> drift;           ///< by class name: "older", "newer", …
  Duration max_clock_skew = std::chrono::minutes(2);  ///< between BMC and this machine, for work in windows
  Named<PolicyRule> rules;
  Named<PolicyCommand> commands;
  std::map<std::string, SourceSpan> spans;  ///< by policy name, where given
};

/// Where to tell that something happened.
struct Notification {
  Text url;                            ///< that events are posted to as JSON
  std::optional<PasswordSource> hmac;  ///< key of the signature in `X-Signature: sha256=…`
  std::optional<Text> ca_file;         ///< relative to the manifest directory
  /// "drift", "changes", "started", "waits", "succeeded", "failed"; none: all.
  std::vector<std::string> on;
  SourceSpan span;
};

/// How `firmform watch` reconciles.
struct Watch {
  Duration interval = std::chrono::minutes(15);
  Duration jitter = std::chrono::minutes(1);  ///< up to so much is added to each interval
  bool apply = false;                         ///< carry out what is found, not only tell
  std::int64_t flap_changes = 3;              ///< so many changes of one component within `flap_within` stop it
  Duration flap_within = std::chrono::hours(24 * 7);
  SourceSpan span;
};

/// The hosts that go first.
struct Canary {
  std::int64_t hosts = 1;   ///< at least; more when `cover` needs more
  std::vector<Text> cover;  ///< "model", "lineage" or component names: every combination of their values is met
  SourceSpan span;
};

/// What is compared before a host is changed and after.
struct HealthGate {
  bool bmc = true;      ///< health of BMC and system
  bool sensors = true;  ///< no sensor is worse than before
  bool post = true;     ///< POST ends as before
  /// How many new warnings and worse the event logs may have per host; absent: any number.
  std::optional<std::int64_t> max_log_entries;
  bool operator==(const HealthGate&) const = default;
};

struct Rollout {
  std::optional<std::int64_t> seed;  ///< of the choice and order of hosts; absent: 1
  std::optional<Canary> canary;
  std::vector<Spanned<Share>> batches;  ///< of the hosts with changes; the last one repeats
  Duration soak{0};                     ///< after each wave
  std::optional<HealthGate> health;
  /// Names of waves after which a person must go on: "canary", "batch 1", "every".
  std::vector<Text> pause_after;
  std::optional<Spanned<Share>> max_failures;     ///< of the run; a percentage counts in each wave as well
  std::optional<Spanned<Share>> max_unreachable;  ///< hosts that cannot be reached, counted apart; absent: any number
  std::optional<std::int64_t> max_hosts_in_flight;
  std::optional<std::int64_t> max_uploads_in_flight;
  /// Most hosts in work at the same time that share a value of a label; "model" is one that every host has. A
  /// percentage is of the hosts of the manifest with that value.
  std::vector<std::pair<Text, Share>> per_label;
};

/// What becomes of a setting that a flash changed.
enum class GuardAction { ignore, report, fail, restore };

/// Settings that are read before a flash and compared after, by category: "bios", "boot", "bmc", "network".
struct ConfigGuard {
  std::map<std::string, GuardAction> categories;
  SourceSpan span;
};

/// Who must have signed a saved plan before it may be applied.
struct PlanSigning {
  std::vector<Text> keys;  ///< PEM files of Ed25519 public keys, relative to the manifest directory
  bool required = false;   ///< one of them, for every plan
  /// What needs signatures by two of them: "downgrade", "one_way", "recovery_set".
  std::vector<Text> two_keys_for;
  SourceSpan span;
};

/// A part of the manifest that is valid, yet not acted on by this version of the program. A plan refuses
/// to touch the hosts that depend on it.
struct Reserved {
  std::string feature;  ///< "draining of hypervisors"
  SourceSpan span;
};

/// A name that the manifest uses, and the section that must define it.
struct Reference {
  std::string section;  ///< "baselines"
  Text name;
};

struct Manifest {
  Named<Credentials> credentials;
  Named<Host> hosts;
  Named<Group> groups;
  Settings defaults;
  std::vector<CatalogSource> catalog;
  Named<Baseline> baselines;
  Named<InstallSet> install_sets;
  Named<Window> maintenance_windows;
  Named<FreezePeriod> freeze_periods;
  Named<Repository> repositories;
  std::optional<ImageServer> image_server;
  std::map<std::string, SourceSpan> hypervisors;          ///< name to place
  std::map<std::string, std::string> hypervisor_of_host;  ///< host to hypervisor name
  Rollout rollout;
  std::optional<ConfigGuard> config_guard;
  std::optional<PlanSigning> plan_signing;
  Policies policies;
  Named<Notification> notifications;
  std::optional<Watch> watch;
  std::vector<Reference> references;
  std::string digest;                ///< SHA-256 over names and bytes of all files; what saved plans are bound to
  std::set<std::string> incomplete;  ///< sections that may lack entries, for a file or the section itself is malformed
};

}  // namespace firmform::manifest
