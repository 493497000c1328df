// SPDX-License-Identifier: Apache-2.0
// What a BMC says in words: @Message.ExtendedInfo in all the forms that BMCs send it. Reference: redfish.md
// A.11 and A.15, ilo.md 1.7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.h"

namespace firmform::redfish {

/// One entry of @Message.ExtendedInfo.
struct Message {
  std::string id;
  std::vector<std::string> args;
  std::string text;  ///< Message, or the text of our table for iLO's bare ids
  std::string resolution;
  std::string severity;
};

/// Messages of an error or success body; tolerates every form of redfish.md A.15.
[[nodiscard]] std::vector<Message> messages(const json::Value& body);
/// "Base.1.18.ResourceInUse: The change … (retry later)", for people. Empty when there is none.
[[nodiscard]] std::string readable(const std::vector<Message>& messages);

/// Our words for a message that came without any, by the last segment of its id; `%1` … are the arguments.
/// Empty when the table does not have it.
[[nodiscard]] std::string_view known_text(std::string_view key);

/// True when one of the messages has this last segment.
[[nodiscard]] bool has_key(const std::vector<Message>& messages, std::string_view key);
[[nodiscard]] std::vector<std::string> ids_of(const std::vector<Message>& messages);

}  // namespace firmform::redfish
