// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/providers/lab.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "engine/base/digest.h"
#include "tests/simulators/traits.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().one_line());
  return std::move(*result);
}

std::optional<std::string> first_broken(const std::vector<plan::Condition>& conditions,
                                        const inventory::HostSnapshot& host) {
  for (const plan::Condition& condition : conditions) {
    if (auto why = plan::check(condition, host)) return why;
  }
  return std::nullopt;
}

const simulators::ComponentTraits& traits_of(const std::string& model, const std::string& component) {
  const simulators::ModelTraits* traits = simulators::find_traits(model);
  return component == "bmc" ? traits->bmc : traits->bios;
}

}  // namespace

Lab::Lab(const std::string& model, json::Value faults)
    : model_(model), transport_(clock_, [model](const std::string& url) -> Result<std::string> {
        const bool is_bmc = url.find("bmc-image") != std::string::npos;
        const std::string component = is_bmc ? "bmc" : "bios";
        return simulators::make_image(model, component, std::string(traits_of(model, component).next), 1U << 20U);
      }) {
  policies.tpm_override = manifest::Permission::allow;
  simulators::BmcOptions options;
  options.model = model;
  options.password = "lab-password";
  options.faults = std::move(faults);
  transport_.add(kUrl, value_of(simulators::make_bmc(options, clock_.now())));
  client_ = std::make_unique<redfish::Client>(transport_, clock_,
                                              std::make_shared<http::Endpoint>(http::Endpoint{kUrl, {}, 2}),
                                              redfish::Login{"admin", Secret("lab-password")});
  const Status connected = run(io_, clock_, client_->connect());
  if (!connected) throw std::runtime_error(connected.error().one_line());
  provider_ = &providers_.choose(client_->facts());
  provider_ = providers_.find(read().provider);
}

Task<Result<inventory::HostSnapshot>> Lab::look() {
  auto host = co_await provider_->read(*client_);
  if (host) host->captured_at = clock_.now();
  co_return host;
}

inventory::HostSnapshot Lab::read() {
  return value_of(run(io_, clock_, look()));
}

std::string Lab::next_version(const std::string& component) const {
  return std::string(traits_of(model_, component).next);
}

catalog::CatalogImage Lab::image_file(const std::string& component) {
  const std::string version = next_version(component);
  const std::string bytes = simulators::make_image(model_, component, version, 1U << 20U);
  catalog::CatalogImage image;
  image.name = simulators::image_file_name(model_, component, version);
  image.path = (directory_.path() / image.name).string();
  std::ofstream(image.path, std::ios::binary) << bytes;
  image.size = bytes.size();
  image.sha256 = sha256_hex(bytes);
  return image;
}

catalog::CatalogImage Lab::image_url(const std::string& component) {
  catalog::CatalogImage image;
  image.name = simulators::image_file_name(model_, component, next_version(component));
  image.url = "https://images.example/" + component + "-image/" + image.name;
  image.size = 1U << 20U;
  return image;
}

std::variant<Recipe, Impossible> Lab::plan(const std::string& component, const catalog::CatalogImage& image) {
  planned_on_ = read();
  const inventory::HostSnapshot& host = planned_on_;
  const auto flag = component == "bmc" ? &inventory::Component::is_bmc : &inventory::Component::is_bios;
  const auto found = std::ranges::find_if(host.components, flag);
  manifest::FirmwareEntry entry;
  entry.version.value = next_version(component);
  return provider_->plan_change({host, *found, entry, image, policies, plan::ChangeKind::update});
}

std::variant<Recipe, Impossible> Lab::plan(const std::string& address, const std::string& version,
                                           const catalog::CatalogImage& image,
                                           std::optional<plan::Appointment> appointment) {
  planned_on_ = read();
  manifest::FirmwareEntry entry;
  entry.version.value = version;
  const inventory::Component* component = planned_on_.find(address);
  if (component == nullptr) throw std::runtime_error("no component " + address);
  return provider_->plan_change(
      {planned_on_, *component, entry, image, policies, plan::ChangeKind::update, delivery, std::move(appointment)});
}

std::vector<plan::Action> Lab::plan_write(const ResourceWrite& write) {
  const inventory::HostSnapshot host = read();
  auto answer = provider_->plan_resource({host, policies, write, delivery});
  if (const auto* refused = std::get_if<Impossible>(&answer)) throw std::runtime_error(refused->reason.text);
  return std::get<std::vector<plan::Action>>(std::move(answer));
}

Ending Lab::write(const ResourceWrite& write) {
  for (const plan::Action& action : plan_write(write)) {
    Ending ending = carry_out(action);
    if (!ending.done) return ending;
  }
  return {.done = true, .text = {}};
}

catalog::CatalogImage Lab::file(const std::string& name, const std::string& bytes) {
  catalog::CatalogImage image;
  image.name = name;
  image.path = (directory_.path() / name).string();
  std::ofstream(image.path, std::ios::binary) << bytes;
  image.size = bytes.size();
  image.sha256 = sha256_hex(bytes);
  if (!name.ends_with(".fwpkg")) return image;
  image.format = catalog::ImageFormat::fwpkg;
  image.package = value_of(catalog::read_fwpkg(image.path));
  return image;
}

std::vector<LogEntry> Lab::log(std::optional<UtcTime> since) {
  return value_of(run(io_, clock_, provider_->read_log(*client_, since)));
}

Result<inventory::Health> Lab::health(std::optional<UtcTime> since) {
  return run(io_, clock_, provider_->read_health(*client_, since));
}

inventory::Settings Lab::settings(std::vector<std::string> categories) {
  return value_of(run(io_, clock_, provider_->read_settings(*client_, std::move(categories))));
}

Result<Accepted> Lab::perform(const plan::Action& action) {
  return run(io_, clock_, provider_->perform(*client_, action));
}

Result<Probe> Lab::probe(const plan::Action& action) {
  return run(io_, clock_, provider_->probe(*client_, action));
}

void Lab::wait(Duration duration) {
  run(io_, clock_, clock_.sleep(duration));
  transport_.settle();
}

void Lab::set_busy() {
  http::Headers headers;
  headers.set("Content-Type", "application/json");
  const auto reply = run(io_, clock_,
                         client_->write(http::Method::patch, "/redfish/v1/UpdateService", std::move(headers),
                                        std::string(R"({"HttpPushUriTargetsBusy":true})"), {}));
  if (!reply) throw std::runtime_error(reply.error().one_line());
}

int Lab::writes_to(const std::string& part) {
  const auto is_one = [&](const simulators::WriteRecord& write) {
    return write.target.find(part) != std::string::npos;
  };
  return static_cast<int>(std::ranges::count_if(bmc().writes(), is_one));
}

Ending Lab::carry_out(const plan::Action& action) {
  return run(io_, clock_, follow(action));
}

Task<Ending> Lab::await_postconditions(plan::Action action, SteadyTime deadline, std::string text) {
  for (;;) {
    const Status connected = co_await client_->connect();
    if (connected) {
      const auto host = co_await look();
      const auto why = host ? first_broken(action.postconditions, *host) : std::optional(host.error().one_line());
      if (!why) co_return Ending{true, text};
      text = *why;
    }
    if (clock_.steady_now() >= deadline) co_return Ending{false, "did not take: " + text};
    client_->forget_session();
    co_await clock_.sleep(10s);
  }
}

Task<Ending> Lab::follow(plan::Action action) {
  const SteadyTime deadline = clock_.steady_now() + action.deadline;
  if (!action.request) co_return co_await await_postconditions(action, deadline, {});
  const auto before = co_await look();
  if (!before) co_return Ending{false, before.error().one_line()};
  if (const auto why = first_broken(action.preconditions, *before)) co_return Ending{false, "precondition: " + *why};
  const auto accepted = co_await provider_->perform(*client_, action);
  if (!accepted) co_return Ending{false, accepted.error().one_line()};
  std::string text = accepted->message;
  while (clock_.steady_now() < deadline) {
    const Status connected = co_await client_->connect();
    Result<Progress> progress = fail(Code::no_reply, "not connected");
    if (connected) progress = co_await provider_->poll(*client_, action, *accepted);
    if (!progress) client_->forget_session();
    if (progress) text = progress->text;
    if (progress && progress->state == ProgressState::failed) co_return Ending{false, "failed: " + text};
    const bool over = progress && progress->state != ProgressState::running;
    if (over) co_return co_await await_postconditions(action, deadline, text);
    co_await clock_.sleep(5s);
  }
  co_return Ending{false, "timed out: " + text};
}

Ending Lab::carry_out(const Recipe& recipe) {
  for (const plan::Action& action : recipe.actions) {
    Ending ending = carry_out(action);
    if (!ending.done) return ending;
  }
  if (recipe.scheduled) return {.done = true, .text = "scheduled"};
  if (recipe.needs_host_reset) {
    auto reset = provider_->plan_host_reset(planned_on_, recipe.verify.components);
    if (const auto* refused = std::get_if<Impossible>(&reset)) return {false, refused->reason.text};
    Ending ending = carry_out(std::get<plan::Action>(reset));
    if (!ending.done) return ending;
  }
  Ending verified = carry_out(recipe.verify);
  if (!verified.done) return verified;
  for (const plan::Action& action : recipe.cleanup) {
    Ending ending = carry_out(action);
    if (!ending.done) return ending;
  }
  return verified;
}

}  // namespace firmform::tests
