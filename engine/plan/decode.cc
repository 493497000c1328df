// SPDX-License-Identifier: Apache-2.0
// JSON → Plan. What apply obeys comes through here, so anything unexpected is refused.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/time_text.h"
#include "engine/plan/change_words.h"
#include "engine/plan/codec.h"
#include "engine/plan/words.h"

namespace firmform::plan {
namespace {

using json::Value;

/// Reads members and remembers the first that is missing or of the wrong type; after that it reads empty values.
class Decoder {
 public:
  [[nodiscard]] const std::string& problem() const { return problem_; }

  void refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  std::string text(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    if (value != nullptr && value->is_string()) return *value->as_string();
    refuse(fmt::format("text `{}` is missing", key));
    return {};
  }

  std::string optional_text(const Value& object, std::string_view key) {
    return object.find(key) == nullptr ? std::string() : text(object, key);
  }

  std::optional<std::string> text_or_null(const Value& object, std::string_view key) {
    const Value* value = object.find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return text(object, key);
  }

  std::int64_t number(const Value& value, std::string_view what, std::int64_t max) {
    const std::optional<std::int64_t> number = value.as_int();
    if (number && *number >= 0 && *number <= max) return *number;
    refuse(fmt::format("number `{}` is missing or out of range", what));
    return 0;
  }

  std::int64_t number_at(const Value& object, std::string_view key, std::int64_t max) {
    return number(object[key], key, max);
  }

  /// 0 when it is absent.
  std::uint64_t optional_number(const Value& object, std::string_view key) {
    if (object.find(key) == nullptr) return 0;
    return static_cast<std::uint64_t>(number_at(object, key, std::numeric_limits<std::int64_t>::max()));
  }

  UtcTime time(const Value& object, std::string_view key) {
    const std::optional<UtcTime> time = parse_rfc3339(text(object, key));
    if (!time) refuse(fmt::format("`{}` is not a time", key));
    return time.value_or(UtcTime{});
  }

  bool flag(const Value& object, std::string_view key) {
    const std::optional<bool> value = object[key].as_bool();
    if (!value) refuse(fmt::format("`{}` is not true or false", key));
    return value.value_or(false);
  }

  template <class T, class Make>
  std::vector<T> array(const Value& object, std::string_view key, Make make) {
    std::vector<T> items;
    const Value* value = object.find(key);
    if (value == nullptr) return items;
    if (!value->is_array()) refuse(fmt::format("`{}` is not an array", key));
    items.reserve(value->items().size());
    for (const Value& item : value->items()) items.push_back(make(item));
    return items;
  }

  std::vector<std::string> texts(const Value& object, std::string_view key) {
    return array<std::string>(object, key, [&](const Value& item) {
      if (!item.is_string()) refuse(fmt::format("`{}` holds something else than text", key));
      return item.is_string() ? *item.as_string() : std::string();
    });
  }

  std::vector<ActionId> ids(const Value& object, std::string_view key, std::size_t count) {
    return array<ActionId>(object, key, [&](const Value& item) {
      return static_cast<ActionId>(number(item, key, static_cast<std::int64_t>(count) - 1));
    });
  }

  /// The enumerator whose to_string is the text at `key`; the first of them when the key is absent.
  template <class E, std::size_t n>
  E word(const Value& object, std::string_view key, const std::array<E, n>& words) {
    if (object.find(key) == nullptr) return words.front();
    const std::string found = text(object, key);
    for (const E candidate : words) {
      if (to_string(candidate) == found) return candidate;
    }
    refuse(fmt::format("`{}` is \"{}\", which this version does not know", key, found));
    return words.front();
  }

  template <class E, std::size_t n>
  E choice(const std::string& found, const Words<E, n>& words) {
    for (const auto& [word, value] : words) {
      if (word == found) return value;
    }
    refuse(fmt::format("\"{}\" is not known to this version", found));
    return words.front().second;
  }

  std::map<std::string, std::string> map(const Value& object, std::string_view key) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : object[key].members()) {
      if (!value.is_string()) refuse(fmt::format("`{}` holds something else than text", key));
      if (value.is_string()) texts[name] = *value.as_string();
    }
    return texts;
  }

 private:
  std::string problem_;
};

constexpr std::array kChangeKinds = {ChangeKind::no_op,   ChangeKind::update,  ChangeKind::downgrade,
                                     ChangeKind::create,  ChangeKind::delete_, ChangeKind::invoke,
                                     ChangeKind::pending, ChangeKind::blocked};
bool sends_nothing(ActionType type) {
  return type == ActionType::verify || type == ActionType::hold || type == ActionType::restore;
}

constexpr std::array kActionTypes = {ActionType::flash,  ActionType::start_update, ActionType::store,
                                     ActionType::create, ActionType::change,       ActionType::remove,
                                     ActionType::invoke, ActionType::reset_host,   ActionType::reset_bmc,
                                     ActionType::verify, ActionType::hold,         ActionType::restore};
constexpr std::array kWaysBack = {WayBack::Kind::image, WayBack::Kind::denied, WayBack::Kind::no_image,
                                  WayBack::Kind::one_way, WayBack::Kind::unknown};
constexpr std::array kRestarts = {Restarts::nothing, Restarts::bmc, Restarts::host};
constexpr std::array kConditions = {
    Condition::Type::same_system,         Condition::Type::installed_version, Condition::Type::wanted_version,
    Condition::Type::update_service_idle, Condition::Type::power_state,       Condition::Type::host_ready,
    Condition::Type::resource_present,    Condition::Type::resource_absent,   Condition::Type::queue_unblocked,
    Condition::Type::clock_agrees,        Condition::Type::not_later,         Condition::Type::fact_changed,
    Condition::Type::not_before};
constexpr std::array kUploads = {PlannedRequest::Upload::none, PlannedRequest::Upload::raw,
                                 PlannedRequest::Upload::multipart, PlannedRequest::Upload::ilo_form};
constexpr std::array kCompletions = {Completion::immediate, Completion::task, Completion::update_state,
                                     Completion::host_ready, Completion::bmc_back};
constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

Reason read_reason(Decoder& decoder, const Value& value) {
  const std::string text = decoder.text(value, "code");
  const std::optional<Code> code = parse_code(text);
  if (!code) decoder.refuse(fmt::format("code \"{}\" is unknown", text));
  return {code.value_or(Code::internal_error), decoder.text(value, "text"), decoder.texts(value, "help")};
}

std::vector<Reason> read_reasons(Decoder& decoder, const Value& object, std::string_view key) {
  return decoder.array<Reason>(object, key, [&](const Value& item) { return read_reason(decoder, item); });
}

std::vector<Condition> read_conditions(Decoder& decoder, const Value& object, std::string_view key) {
  return decoder.array<Condition>(object, key, [&](const Value& item) {
    return Condition{decoder.word(item, "type", kConditions), decoder.optional_text(item, "component"),
                     decoder.optional_text(item, "value"), decoder.optional_text(item, "scheme")};
  });
}

Image read_image(Decoder& decoder, const Value& value) {
  Image image{.name = decoder.text(value, "name"),
              .path = decoder.optional_text(value, "path"),
              .url = decoder.optional_text(value, "url"),
              .sha256 = decoder.optional_text(value, "sha256")};
  image.size = decoder.optional_number(value, "size");
  if (value.find("served") != nullptr) image.served = decoder.flag(value, "served");
  image.offset = decoder.optional_number(value, "offset");
  image.length = decoder.optional_number(value, "length");
  image.signature_path = decoder.optional_text(value, "signature_path");
  image.signature_sha256 = decoder.optional_text(value, "signature_sha256");
  return image;
}

PlannedRequest read_request(Decoder& decoder, const Value& value) {
  PlannedRequest request;
  const std::string name = decoder.text(value, "method");
  const std::optional<http::Method> method = http::parse_method(name);
  if (!method) decoder.refuse(fmt::format("method \"{}\" is unknown", name));
  request.method = method.value_or(http::Method::get);
  request.target = decoder.text(value, "target");
  request.body = value["body"];
  request.upload = decoder.word(value, "upload", kUploads);
  return request;
}

manifest::PasswordSource read_password(Decoder& decoder, const Value& value) {
  using Source = manifest::PasswordSource;
  if (value.find("env") != nullptr) return {.kind = Source::Kind::env, .name = decoder.text(value, "env")};
  if (value.find("file") != nullptr) return {.kind = Source::Kind::file, .name = decoder.text(value, "file")};
  if (value.find("systemd_credential") != nullptr) {
    return {.kind = Source::Kind::systemd, .name = decoder.text(value, "systemd_credential")};
  }
  if (const Value* vault = value.find("ansible_vault")) {
    Source source{
        .kind = Source::Kind::ansible_vault, .name = decoder.text(*vault, "file"), .key = decoder.text(*vault, "key")};
    source.unlock.push_back(read_password(decoder, (*vault)["unlock"]));
    return source;
  }
  if (const Value* sops = value.find("sops")) {
    return {.kind = Source::Kind::sops, .name = decoder.text(*sops, "file"), .key = decoder.text(*sops, "key")};
  }
  if (const Value* vault = value.find("vault")) {
    return {.kind = Source::Kind::vault, .name = decoder.text(*vault, "path"), .key = decoder.text(*vault, "field")};
  }
  return {.kind = Source::Kind::exec, .name = {}, .argv = decoder.texts(value, "exec")};
}

http::TlsOptions read_tls(Decoder& decoder, const Value& value) {
  http::TlsOptions tls{
      .verify = decoder.flag(value, "verify"), .ca_file = {}, .pin_sha256 = decoder.text_or_null(value, "pin_sha256")};
  if (auto path = decoder.text_or_null(value, "ca_file")) tls.ca_file = *path;
  return tls;
}

std::optional<HeldWindow> read_held_window(Decoder& decoder, const Value& host) {
  const Value* value = host.find("window");
  if (value == nullptr) return std::nullopt;
  return HeldWindow{.name = decoder.text(*value, "name"),
                    .start = decoder.time(*value, "start"),
                    .end = decoder.time(*value, "end"),
                    .latest_start = decoder.time(*value, "latest_start"),
                    .expected = Duration(decoder.number_at(*value, "expected_ms", kMaxNumber))};
}

PlannedHost read_host(Decoder& decoder, const Value& value) {
  return {.name = decoder.text(value, "name"),
          .bmc = decoder.text(value, "bmc"),
          .provider = decoder.text(value, "provider"),
          .username = decoder.text(value, "username"),
          .password = read_password(decoder, value["password_source"]),
          .tls = read_tls(decoder, value["tls"]),
          .model = decoder.text(value, "model"),
          .serial = decoder.text(value, "serial"),
          .fingerprint = decoder.text(value, "fingerprint"),
          .status = decoder.text(value, "status"),
          .labels = decoder.map(value, "labels"),
          .window = read_held_window(decoder, value),
          .problems = read_reasons(decoder, value, "problems")};
}

/// What policy tools read must be what apply does.
ChangeKind read_kind(Decoder& decoder, const Value& value) {
  if (value.find("kind") == nullptr) decoder.refuse("text `kind` is missing");
  const ChangeKind kind = decoder.word(value, "kind", kChangeKinds);
  const std::vector<std::string> actions = decoder.texts(value["change"], "actions");
  if (actions.size() != 1 || actions.front() != terraform_action(kind)) {
    decoder.refuse(fmt::format("the `actions` of a change of kind \"{}\" are not [\"{}\"]", to_string(kind),
                               terraform_action(kind)));
  }
  return kind;
}

ResourceType read_type(Decoder& decoder, const Value& value) {
  constexpr std::pair<std::string_view, ResourceType> kTypes[] = {
      {"firmware_component", ResourceType::firmware}, {"stored_image", ResourceType::stored_image},
      {"maintenance_window", ResourceType::window},   {"install_set", ResourceType::install_set},
      {"queue_entry", ResourceType::queue_entry},     {"restart", ResourceType::restart},
      {"integrity", ResourceType::integrity}};
  const std::string word = decoder.text(value, "type");
  for (const auto& [name, type] : kTypes) {
    if (name == word) return type;
  }
  decoder.refuse(fmt::format("`type` is \"{}\", which this version does not know", word));
  return ResourceType::firmware;
}

std::optional<Appointment> read_appointment(Decoder& decoder, const Value& change) {
  const Value* value = change.find("scheduled");
  if (value == nullptr) return std::nullopt;
  return Appointment{.window = decoder.text(*value, "window"),
                     .id = decoder.text(*value, "id"),
                     .start = decoder.time(*value, "start"),
                     .end = decoder.time(*value, "end")};
}

std::optional<WayBack> read_way_back(Decoder& decoder, const Value& change) {
  const Value* value = change.find("way_back");
  if (value == nullptr) return std::nullopt;
  return WayBack{.kind = decoder.word(*value, "kind", kWaysBack),
                 .image = decoder.optional_text(*value, "image"),
                 .text = decoder.optional_text(*value, "text")};
}

/// What stands before and after: versions of firmware, the content of anything else.
void read_states(Decoder& decoder, const Value& value, Change& change) {
  const Value& before = value["before"];
  const Value& after = value["after"];
  if (change.resource == ResourceType::firmware) {
    change.from = decoder.text_or_null(before, "version");
    change.staged = decoder.text_or_null(before, "staged_version");
    change.to = decoder.text(after, "version");
    return;
  }
  if (!before.is_null()) change.from = decoder.text(before, "content");
  if (!after.is_null()) change.to = decoder.text(after, "content");
}

Change read_change(Decoder& decoder, const Value& value, std::size_t action_count) {
  Change change{.host = decoder.text(value, "host"),
                .resource = read_type(decoder, value),
                .address = decoder.text(value, "component"),
                .name = decoder.text(value, "name"),
                .kind = read_kind(decoder, value),
                .path = decoder.texts(value, "path"),
                .way_back = read_way_back(decoder, value),
                .reasons = read_reasons(decoder, value, "reasons"),
                .origin = decoder.optional_text(value, "origin"),
                .details = decoder.texts(value, "details"),
                .scheduled = read_appointment(decoder, value),
                .actions = decoder.ids(value, "action_ids", action_count)};
  read_states(decoder, value["change"], change);
  return change;
}

Action read_action(Decoder& decoder, const Value& value, std::size_t index) {
  Action action;
  action.id = static_cast<ActionId>(decoder.number_at(value, "id", kMaxInt));
  if (action.id != index) decoder.refuse(fmt::format("action {} stands at place {}", action.id, index));
  action.host = decoder.text(value, "host");
  action.type = decoder.word(value, "type", kActionTypes);
  action.components = decoder.texts(value, "components");
  action.summary = decoder.text(value, "summary");
  if (const Value* request = value.find("request")) action.request = read_request(decoder, *request);
  if (const Value* image = value.find("image")) action.image = read_image(decoder, *image);
  action.completion = decoder.word(value, "completion", kCompletions);
  action.preconditions = read_conditions(decoder, value, "preconditions");
  action.postconditions = read_conditions(decoder, value, "postconditions");
  action.expected = Duration(decoder.number_at(value, "expected_ms", kMaxNumber));
  action.deadline = Duration(decoder.number_at(value, "deadline_ms", kMaxNumber));
  action.restarts = decoder.word(value, "restarts", kRestarts);
  action.needs = decoder.ids(value, "needs", index);
  action.because = decoder.texts(value, "because");
  if (!action.request && !sends_nothing(action.type)) decoder.refuse("a write has no `request`");
  return action;
}

Header read_header(Decoder& decoder, const Value& value) {
  Header header{.format_version = kPlanFormat,
                .tool_version = decoder.text(value, "firmform_version"),
                .id = decoder.text(value, "id"),
                .manifest_digest = decoder.text(value, "manifest_digest"),
                .directory = decoder.text(value, "directory"),
                .part_of = decoder.optional_text(value, "part_of")};
  header.created_at = decoder.time(value, "timestamp");
  return header;
}

ImageServerSettings read_image_server(Decoder& decoder, const Value& value) {
  constexpr std::int64_t kMaxPort = std::numeric_limits<std::uint16_t>::max();
  ImageServerSettings server{.address = decoder.optional_text(value, "address"),
                             .first_port = static_cast<std::uint16_t>(decoder.number_at(value, "first_port", kMaxPort)),
                             .last_port = static_cast<std::uint16_t>(decoder.number_at(value, "last_port", kMaxPort)),
                             .certificate = decoder.optional_text(value, "certificate"),
                             .key = decoder.optional_text(value, "key"),
                             .tls = decoder.flag(value, "tls")};
  server.max_connections = static_cast<std::uint32_t>(decoder.number_at(value, "max_connections", kMaxInt));
  if (value.find("bytes_per_second") != nullptr) {
    server.bytes_per_second = static_cast<std::uint64_t>(decoder.number_at(value, "bytes_per_second", kMaxNumber));
  }
  return server;
}

Wave read_wave(Decoder& decoder, const Value& value) {
  Wave wave{.name = decoder.text(value, "name"), .hosts = decoder.texts(value, "hosts")};
  if (value.find("soak_ms") != nullptr) wave.soak = Duration(decoder.number_at(value, "soak_ms", kMaxNumber));
  if (value.find("pause") != nullptr) wave.pause = decoder.flag(value, "pause");
  if (value.find("max_failures") != nullptr) {
    wave.max_failures = static_cast<int>(decoder.number_at(value, "max_failures", kMaxInt));
  }
  wave.arithmetic = decoder.optional_text(value, "arithmetic");
  return wave;
}

Budget read_budget(Decoder& decoder, const Value& value) {
  return {.label = decoder.text(value, "label"),
          .value = decoder.text(value, "value"),
          .limit = static_cast<int>(decoder.number_at(value, "limit", kMaxInt)),
          .hosts = decoder.texts(value, "hosts"),
          .arithmetic = decoder.optional_text(value, "arithmetic")};
}

manifest::HealthGate read_health(Decoder& decoder, const Value& value) {
  manifest::HealthGate gate{.bmc = decoder.flag(value, "bmc"),
                            .sensors = decoder.flag(value, "sensors"),
                            .post = decoder.flag(value, "post"),
                            .max_log_entries = std::nullopt};
  if (value.find("max_log_entries") != nullptr) {
    gate.max_log_entries = decoder.number_at(value, "max_log_entries", kMaxNumber);
  }
  return gate;
}

RolloutPlan read_rollout(Decoder& decoder, const Value& value) {
  RolloutPlan rollout;
  rollout.seed = decoder.optional_number(value, "seed");
  rollout.waves = decoder.array<Wave>(value, "waves", [&](const Value& v) { return read_wave(decoder, v); });
  rollout.budgets = decoder.array<Budget>(value, "budgets", [&](const Value& v) { return read_budget(decoder, v); });
  if (const Value* health = value.find("health")) rollout.health = read_health(decoder, *health);
  if (value.find("max_unreachable") != nullptr) {
    rollout.max_unreachable = static_cast<int>(decoder.number_at(value, "max_unreachable", kMaxInt));
  }
  return rollout;
}

/// Every host with actions is in exactly one wave, or apply would leave it out or change it twice.
void check_waves(Decoder& decoder, const Plan& plan) {
  if (!plan.rollout) return;
  std::map<std::string, int> waves;
  for (const Wave& wave : plan.rollout->waves) {
    for (const std::string& host : wave.hosts) ++waves[host];
  }
  for (const Action& action : plan.actions) {
    const auto found = waves.find(action.host);
    const int count = found == waves.end() ? 0 : found->second;
    if (count != 1) decoder.refuse(fmt::format("host {} is in {} waves", action.host, count));
  }
}

PolicyResult read_policy(Decoder& decoder, const Value& value) {
  const auto text_or_empty = [&](std::string_view key) {
    return value.find(key) == nullptr ? std::string() : decoder.text(value, key);
  };
  return {.rule = decoder.text(value, "rule"),
          .outcome = decoder.choice(decoder.text(value, "outcome"), kOutcomeWords),
          .message = text_or_empty("message"),
          .subjects = decoder.texts(value, "subjects"),
          .origin = text_or_empty("origin"),
          .reason = text_or_empty("reason"),
          .by = text_or_empty("by")};
}

Plan read_plan(Decoder& decoder, const Value& value) {
  const std::size_t action_count = value["actions"].items().size();
  const Value& limits = value["limits"];
  Plan plan;
  plan.header = read_header(decoder, value);
  plan.hosts = decoder.array<PlannedHost>(value, "hosts", [&](const Value& v) { return read_host(decoder, v); });
  plan.changes = decoder.array<Change>(value, "resource_changes",
                                       [&](const Value& v) { return read_change(decoder, v, action_count); });
  plan.actions = decoder.array<Action>(value, "actions", [&, index = std::size_t{0}](const Value& v) mutable {
    return read_action(decoder, v, index++);
  });
  plan.max_hosts_in_flight = static_cast<int>(decoder.number_at(limits, "max_hosts_in_flight", kMaxInt));
  plan.max_uploads_in_flight = static_cast<int>(decoder.number_at(limits, "max_uploads_in_flight", kMaxInt));
  if (!limits["max_failures"].is_null()) {
    plan.max_failures = static_cast<int>(decoder.number_at(limits, "max_failures", kMaxInt));
  }
  if (const Value* server = value.find("image_server")) plan.image_server = read_image_server(decoder, *server);
  if (const Value* rollout = value.find("rollout")) plan.rollout = read_rollout(decoder, *rollout);
  if (value.find("policies") != nullptr) {
    plan.policies =
        decoder.array<PolicyResult>(value, "policies", [&](const Value& v) { return read_policy(decoder, v); });
  }
  for (const auto& [category, word] : decoder.map(value, "config_guard")) {
    plan.config_guard[category] = decoder.choice(word, kGuardWords);
  }
  if (value.find("foreign_work") != nullptr) {
    plan.foreign_work = decoder.choice(decoder.text(value, "foreign_work"), kForeignWords);
  }
  check_waves(decoder, plan);
  for (const Action& action : plan.actions) {
    if (plan.host(action.host) == nullptr) decoder.refuse(fmt::format("action {} is for no host", action.id));
  }
  return plan;
}

Status check_version(const Value& value) {
  const std::string_view version = value.text("format_version");
  if (version.empty() || value.find("resource_changes") == nullptr) {
    return fail(Code::plan_malformed, "this is not a plan of firmform");
  }
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major == kPlanFormat) return {};
  return fail(Error(Code::plan_other_version,
                    fmt::format("the plan has format {}, this version reads {}.x", version, kPlanFormat))
                  .with_note(fmt::format("it was written by firmform {}", value.text("firmform_version"))));
}

/// Over what was received, so that a change of any member is seen, also of those that nothing reads.
Status check_digest(const Value& value) {
  json::Object without_id = value.members();
  without_id.erase("id");
  if (sha256_hex(json::dump_canonical(without_id)) == value.text("id")) return {};
  return fail(Code::plan_edited, "the plan was changed after it was made: its content does not fit its id");
}

}  // namespace

Result<Plan> from_json(const Value& value) {
  if (const Status status = check_version(value); !status) return fail(status.error());
  if (const Status status = check_digest(value); !status) return fail(status.error());
  Decoder decoder;
  Plan plan = read_plan(decoder, value);
  if (decoder.problem().empty()) return plan;
  return fail(Code::plan_malformed, fmt::format("the plan cannot be read: {}", decoder.problem()));
}

}  // namespace firmform::plan
