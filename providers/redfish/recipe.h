// SPDX-License-Identifier: Apache-2.0
// Building blocks of recipes, shared by all dialects. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

[[nodiscard]] plan::Condition idle();
[[nodiscard]] plan::Condition host_ready();
[[nodiscard]] plan::Condition powered_on();
/// The component still has exactly the version that was planned for.
[[nodiscard]] plan::Condition unchanged(const inventory::Component& component);
[[nodiscard]] plan::Condition wanted(const ChangeRequest& request);

/// True when the BMC is done with a flash before the new version runs: a restart activates it.
[[nodiscard]] bool is_staged_only(const plan::Action& action);

/// A flash of the request's image; request, completion and restarts are the caller's to fill in.
[[nodiscard]] plan::Action flash(const ChangeRequest& request, Timing timing, bool staged_only);
/// Waits until the wanted version is installed.
[[nodiscard]] plan::Action verify(const ChangeRequest& request, Timing timing);
/// Restart of the BMC that activates its new firmware; or why that cannot be.
[[nodiscard]] std::variant<plan::Action, Impossible> bmc_reset(const ChangeRequest& request, Timing timing);
/// Restart of the host that activates what is staged; or why that cannot be.
[[nodiscard]] std::variant<plan::Action, Impossible> host_reset(const inventory::HostSnapshot& host,
                                                                const std::vector<std::string>& components,
                                                                Timing timing);

/// Why a change that a restart of the host activates cannot be made now.
[[nodiscard]] std::optional<Impossible> refuse_host_reset(const inventory::HostSnapshot& host);
/// Why the image can go to this BMC by no path: too large, or pulled over plain http.
[[nodiscard]] std::optional<Impossible> refuse_image(const ChangeRequest& request);
/// What a person should know of an image that is pulled.
[[nodiscard]] std::vector<plan::Reason> warnings_about(const catalog::CatalogImage& image);

[[nodiscard]] bool is_pulled(const catalog::CatalogImage& image);
/// "https" of "https://…", lower case.
[[nodiscard]] std::string scheme_of(std::string_view url);
/// File name with its extension, without path and query: BMCs key on it.
[[nodiscard]] std::string file_name(const plan::Image& image);

}  // namespace firmform::redfish
