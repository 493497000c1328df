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
  enum class Kind { env, file, exec };
  Kind kind = Kind::env;
  std::string name;               ///< variable or path (relative to the manifest directory)
  std::vector<std::string> argv;  ///< for exec
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

struct FirmwareEntry {
  Spanned<Selector> component;
  Text version;
  std::optional<Text> version_scheme;
  std::optional<Text> image;    ///< file name in the catalog, or an http(s) URL
  std::optional<Text> sha256;   ///< of the image, required to match when given
  std::vector<Text> after;      ///< component names of the same baseline
  std::vector<Text> requires_;  ///< "System ROM >= U46 v1.60"
  std::vector<Text> via;        ///< intermediate versions
  bool every = false;           ///< `every: true`: the selector may match several, all are meant
  bool allow_downgrade = false;
  SourceSpan span;
};

struct Baseline {
  std::optional<Text> applies_to_model;  ///< glob over the system's Model
  std::vector<FirmwareEntry> firmware;
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

/// When changes may run: again and again by a schedule, or once.
struct Window {
  std::string schedule;   ///< five cron fields; empty: open once
  Duration duration{0};   ///< of a scheduled window
  std::string time_zone;  ///< IANA name; empty: UTC
  UtcTime start{};        ///< of a window that is open once
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

enum class Permission { deny, allow };
enum class RebootPolicy { allow, in_window, deny };

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
  Duration max_clock_skew = std::chrono::minutes(2);  ///< between BMC and this machine, for work in windows
  std::map<std::string, SourceSpan> spans;            ///< by policy name, where given
};

struct Rollout {
  std::optional<std::int64_t> max_failures;
  std::optional<std::int64_t> max_hosts_in_flight;
  std::optional<std::int64_t> max_uploads_in_flight;
};

/// A part of the manifest that is valid, yet not acted on by this version of the program. A plan refuses
/// to touch the hosts that depend on it.
struct Reserved {
  std::string feature;  ///< "maintenance windows"
  SourceSpan span;
  std::optional<std::string> model;  ///< it concerns a host only if its observed model matches this glob
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
  Named<Repository> repositories;
  std::optional<ImageServer> image_server;
  std::map<std::string, SourceSpan> hypervisors;          ///< name to place
  std::map<std::string, std::string> hypervisor_of_host;  ///< host to hypervisor name
  Rollout rollout;
  std::vector<Reserved> reserved;  ///< fleet-wide ones (canary, batches, …)
  Policies policies;
  std::vector<Reference> references;
  std::string digest;                ///< SHA-256 over names and bytes of all files; what saved plans are bound to
  std::set<std::string> incomplete;  ///< sections that may lack entries, for a file or the section itself is malformed
};

}  // namespace firmform::manifest
