// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/delivery.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/digest.h"
#include "providers/hpe/facts.h"
#include "providers/hpe/suitability.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using catalog::Section;
using plan::PlannedRequest;
using redfish::is_pulled;

enum class Path { form, multipart, simple_update, add_from_uri };
using Choice = std::variant<Path, Impossible>;

/// ComponentFileName of AddFromUri (ilo.md 5.1).
constexpr std::size_t kLongestLandedName = 64;

Impossible no_path(std::string text, std::vector<std::string> help = {}) {
  return impossible(Code::no_update_path, std::move(text), std::move(help));
}

bool pulls_into_repository(const Handover& handover) {
  return !fact(handover.host, kAddFromUri).empty();
}

bool may_use_simple_update(const Handover& handover) {
  return handover.purpose == Purpose::flash && handover.simple_update_flashes && handover.targets.empty() &&
         !handover.host.update.simple_update_target.empty();
}

/// SimpleUpdate's schema has no word for the TPM: where one is to be overridden, AddFromUri is the sure way.
bool prefers_add_from_uri(const Handover& handover) {
  return handover.tpm_override && pulls_into_repository(handover);
}

Choice choose_pull(const Handover& handover) {
  if (may_use_simple_update(handover) && !prefers_add_from_uri(handover)) return Path::simple_update;
  if (pulls_into_repository(handover)) return Path::add_from_uri;
  if (handover.purpose == Purpose::store) {
    return no_path(fmt::format("this iLO has no AddFromUri to pull {} into its repository with", handover.name));
  }
  if (handover.host.update.simple_update_target.empty()) {
    return no_path("this iLO has neither SimpleUpdate nor AddFromUri to pull an image with");
  }
  return impossible(Code::image_would_be_ignored,
                    fmt::format("SimpleUpdate flashes .bin files of the iLO and .signed.flash files of the System ROM; "
                                "{} it would answer with success and ignore",
                                handover.name));
}

Choice choose_push(const Handover& handover) {
  const inventory::UpdateFacts& update = handover.host.update;
  if (!update.http_push_uri.empty()) return Path::form;
  const bool plain = handover.purpose == Purpose::flash && handover.image.sections.empty();
  if (plain && !update.multipart_push_uri.empty()) return Path::multipart;
  return no_path("this iLO shows no HttpPushUri to push a file to",
                 {"Write `delivery: pull` to let it fetch the file from firmform's own image server."});
}

Choice choose_path(const Handover& handover) {
  const bool from_url = is_pulled(handover.image);
  if (from_url && handover.delivery == manifest::Delivery::push) {
    return no_path(fmt::format("{} is a URL, and `delivery: push` needs a file", handover.image.url),
                   {"Fetch it with `firmform catalog fetch`, or put the file into a directory of the catalog."});
  }
  const bool pull = from_url || handover.delivery == manifest::Delivery::pull;
  return pull ? choose_pull(handover) : choose_push(handover);
}

std::optional<Impossible> refuse_signature(const Handover& handover) {
  const catalog::CatalogImage& image = handover.image;
  const bool is_missing = image.signature == catalog::Signature::none ||
                          (image.signature == catalog::Signature::detached && image.sections.empty());
  if (is_missing && handover.policies.unsigned_image == manifest::Permission::deny) {
    return impossible(Code::image_unsigned, fmt::format("{} has no signature (.compsig) beside it", image.name));
  }
  const bool at_url = image.sections.size() == 1 && image.sections[0].signature_path.find("://") != std::string::npos;
  if (is_pulled(image) && !image.sections.empty() && !at_url) {
    return no_path(
        fmt::format("{} goes in sections with signatures of their own, which its URL does not offer", image.name),
        {"Put the file and its .compsig files into a directory of the catalog."});
  }
  return std::nullopt;
}

std::optional<Impossible> refuse_others(const Handover& handover, Path path) {
  const bool tells = !handover.targets.empty() && (path == Path::add_from_uri || path == Path::multipart);
  if (handover.others.empty() || tells) return std::nullopt;
  const bool by_pull = !handover.targets.empty() && pulls_into_repository(handover);
  return reaches_others(handover.name, handover.others, by_pull);
}

/// A push needs a file: of an image behind a URL that is the copy that was fetched.
bool sends_copy(const Handover& handover) {
  return is_pulled(handover.image) && handover.delivery == manifest::Delivery::push &&
         !handover.image.fetched_path.empty();
}

/// The same with another image.
Handover with_image(const Handover& handover, const catalog::CatalogImage& image) {
  return {.host = handover.host,
          .policies = handover.policies,
          .image = image,
          .name = handover.name,
          .concern = handover.concern,
          .purpose = handover.purpose,
          .delivery = handover.delivery,
          .tpm_override = handover.tpm_override,
          .update_recovery_set = handover.update_recovery_set,
          .simple_update_flashes = handover.simple_update_flashes,
          .targets = handover.targets,
          .others = handover.others};
}

/// Tells this upload from all others in Oem.Hpe.UploadCurrentEtag; 41 of at most 64 characters.
std::string upload_tag(const Handover& handover, std::size_t section) {
  constexpr std::size_t kDigits = 32;
  const std::string what = handover.image.sha256.empty() ? handover.image.url : handover.image.sha256;
  const std::string text = fmt::format("{}\n{}\n{}\n{}\n{}", handover.purpose == Purpose::flash ? "flash" : "store",
                                       handover.concern, handover.name, what, section);
  return "firmform-" + sha256_hex(text).substr(0, kDigits);
}

bool is_in_pieces(const Handover& handover) {
  return handover.image.sections.size() > 1;
}

/// The form counts sections from 0 (ilo.md 6.1).
PlannedRequest form_request(const Handover& handover, std::size_t section) {
  const bool stores = handover.purpose == Purpose::store;
  json::Object parameters{
      {"UpdateRepository", stores}, {"UpdateTarget", !stores}, {"ETag", upload_tag(handover, section)}};
  if (is_in_pieces(handover)) parameters.set("Section", static_cast<std::int64_t>(section));
  if (handover.update_recovery_set) parameters.set("UpdateRecoverySet", true);
  if (handover.tpm_override) parameters.set("TPMOverride", true);
  return {.target = handover.host.update.http_push_uri,
          .body = std::move(parameters),
          .upload = PlannedRequest::Upload::ilo_form};
}

PlannedRequest multipart_request(const Handover& handover) {
  json::Array targets;
  for (const std::string& target : handover.targets) targets.emplace_back(target);
  json::Object parameters;
  if (!targets.empty()) parameters.set("Targets", std::move(targets));
  return {.target = handover.host.update.multipart_push_uri,
          .body = std::move(parameters),
          .upload = PlannedRequest::Upload::multipart};
}

std::string image_uri(const Handover& handover) {
  return is_pulled(handover.image) ? handover.image.url : std::string(plan::kServedImage);
}

PlannedRequest simple_update_request(const Handover& handover) {
  json::Object body{{"ImageURI", image_uri(handover)}};
  if (handover.tpm_override) body.set("TPMOverrideFlag", true);
  return {.target = handover.host.update.simple_update_target, .body = std::move(body)};
}

/// The iLO takes the last segment of the URL as the name where none is given.
bool must_name(const Handover& handover) {
  const bool renamed = is_pulled(handover.image) && redfish::file_name({.url = handover.image.url}) != handover.name;
  return is_in_pieces(handover) || renamed;
}

/// Both booleans always: without them the iLO flashes at once and stores nothing. Sections count from 1 (ilo.md 5.1).
PlannedRequest add_from_uri_request(const Handover& handover, std::size_t section, const plan::Image& image) {
  const bool stores = handover.purpose == Purpose::store;
  json::Object body{{"ImageURI", image_uri(handover)}};
  if (!image.signature_path.empty()) {
    body.set("CompSigURI", image.served ? std::string(plan::kServedSignature) : image.signature_path);
  }
  body.set("UpdateRepository", stores);
  body.set("UpdateTarget", !stores);
  if (handover.update_recovery_set) body.set("UpdateRecoverySet", true);
  if (handover.tpm_override) body.set("TPMOverrideFlag", true);
  if (must_name(handover)) body.set("ComponentFileName", handover.name);
  if (is_in_pieces(handover)) body.set("Section", static_cast<std::int64_t>(section + 1));
  body.set("UploadCurrentEtag", upload_tag(handover, section));
  json::Array targets;
  for (const std::string& target : handover.targets) targets.emplace_back(target);
  if (!targets.empty()) body.set("Targets", std::move(targets));
  return {.target = std::string(fact(handover.host, kAddFromUri)), .body = std::move(body)};
}

plan::Image planned_image(const Handover& handover, Path path, const Section* section) {
  const catalog::CatalogImage& image = handover.image;
  const bool from_url = is_pulled(image);
  const bool pulls = path == Path::simple_update || path == Path::add_from_uri;
  plan::Image planned{.name = handover.name,
                      .path = from_url ? std::string() : image.path,
                      .url = from_url ? image.url : std::string(),
                      .sha256 = image.sha256,
                      .size = image.size,
                      .served = pulls && !from_url};
  if (section != nullptr) {
    // One section is the whole file: then there is nothing to cut.
    planned.offset = section->offset;
    planned.length = is_in_pieces(handover) ? section->length : 0;
    planned.signature_path = section->signature_path;
    planned.signature_sha256 = section->signature_sha256;
  }
  return planned;
}

Delivery delivery_of(const Handover& handover, Path path, std::size_t index, const Section* section) {
  Delivery delivery{.request = {}, .image = planned_image(handover, path, section)};
  switch (path) {
    case Path::form:
      delivery.request = form_request(handover, index);
      break;
    case Path::multipart:
      delivery.request = multipart_request(handover);
      break;
    case Path::simple_update:
      delivery.request = simple_update_request(handover);
      break;
    case Path::add_from_uri:
      delivery.request = add_from_uri_request(handover, index, delivery.image);
      break;
  }
  return delivery;
}

}  // namespace

std::variant<std::vector<Delivery>, Impossible> deliver(const Handover& handover) {
  if (sends_copy(handover)) {
    catalog::CatalogImage copy = handover.image;
    copy.path = copy.fetched_path;
    return deliver(with_image(handover, copy));
  }
  if (auto refused = refuse_signature(handover)) return std::move(*refused);
  Choice choice = choose_path(handover);
  if (auto* refused = std::get_if<Impossible>(&choice)) return std::move(*refused);
  const Path path = std::get<Path>(choice);
  if (auto refused = refuse_others(handover, path)) return std::move(*refused);
  if (path == Path::add_from_uri && must_name(handover) && handover.name.size() > kLongestLandedName) {
    return impossible(Code::name_too_long, fmt::format("{} has {} characters, and AddFromUri takes at most {}",
                                                       handover.name, handover.name.size(), kLongestLandedName));
  }
  std::vector<Delivery> deliveries;
  const std::vector<Section>& sections = handover.image.sections;
  if (sections.empty()) deliveries.push_back(delivery_of(handover, path, 0, nullptr));
  for (std::size_t i = 0; i < sections.size(); ++i) {
    deliveries.push_back(delivery_of(handover, path, i, &sections[i]));
  }
  return deliveries;
}

std::string_view verb_of(const Delivery& delivery) {
  return delivery.request.upload == PlannedRequest::Upload::none ? "let the iLO pull" : "push";
}

Impossible impossible(Code code, std::string text, std::vector<std::string> help) {
  return {{.code = code, .text = std::move(text), .help = std::move(help)}};
}

}  // namespace firmform::hpe
