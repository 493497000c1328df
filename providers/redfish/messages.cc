// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/messages.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/http/retry.h"

namespace firmform::redfish {
namespace {

using json::Value;

constexpr std::string_view kExtendedInfo = "@Message.ExtendedInfo";

std::string first_text(const Value& entry, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const std::string_view text = entry.text(key); !text.empty()) return std::string(text);
  }
  return {};
}

std::vector<std::string> arguments(const Value& entry) {
  std::vector<std::string> args;
  for (const Value& arg : entry["MessageArgs"].items()) {
    args.push_back(arg.as_string() != nullptr ? *arg.as_string() : json::dump(arg));
  }
  return args;
}

std::string with_arguments(std::string_view text, const std::vector<std::string>& args) {
  std::string filled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool placeholder = text[i] == '%' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
    if (!placeholder) {
      filled += text[i];
      continue;
    }
    const auto index = static_cast<std::size_t>(text[++i] - '1');
    filled += index < args.size() ? args[index] : std::string("?");
  }
  return filled;
}

Message to_message(const Value& entry) {
  Message message;
  message.id = first_text(entry, {"MessageId", "MessageID"});
  message.args = arguments(entry);
  message.text = first_text(entry, {"Message"});
  if (message.text.empty()) message.text = known_text(http::message_key(message.id));
  message.text = with_arguments(message.text, message.args);
  message.resolution = first_text(entry, {"Resolution"});
  message.severity = first_text(entry, {"MessageSeverity", "Severity"});
  return message;
}

/// The list as it ought to be, or a single object in its place.
void append(const Value& info, std::vector<Message>& messages) {
  if (info.is_object()) messages.push_back(to_message(info));
  for (const Value& entry : info.items()) {
    if (entry.is_object()) messages.push_back(to_message(entry));
  }
}

/// `code` and `message` of an error without details.
void append_bare_error(const Value& error, std::vector<Message>& messages) {
  Message message;
  message.id = error.text("code");
  message.text = error.text("message");
  if (!message.id.empty() || !message.text.empty()) messages.push_back(std::move(message));
}

std::string readable(const Message& message) {
  std::string text = message.id;
  if (!message.text.empty()) text += (text.empty() ? "" : ": ") + message.text;
  if (message.text.empty() && !message.args.empty()) {
    for (const std::string& arg : message.args) text += " '" + arg + "'";
  }
  const bool helps = !message.resolution.empty() && !equals_ignoring_case(message.resolution, "None") &&
                     !equals_ignoring_case(message.resolution, "None.");
  if (helps) text += " (" + message.resolution + ")";
  return printable(text);
}

}  // namespace

std::vector<Message> messages(const Value& body) {
  std::vector<Message> found;
  const Value& error = body["error"];
  append(error[kExtendedInfo], found);
  append(body[kExtendedInfo], found);
  append(body["Messages"], found);  // iLO 4 without OData-Version
  if (found.empty() && error.is_object()) append_bare_error(error, found);
  return found;
}

std::string readable(const std::vector<Message>& messages) {
  std::vector<std::string> lines;
  for (const Message& message : messages) {
    std::string line = readable(message);
    if (!line.empty() && std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "; ") + line;
  return text;
}

bool has_key(const std::vector<Message>& messages, std::string_view key) {
  return std::ranges::any_of(messages, [&](const Message& message) { return http::message_key(message.id) == key; });
}

std::vector<std::string> ids_of(const std::vector<Message>& messages) {
  std::vector<std::string> ids;
  for (const Message& message : messages) ids.push_back(message.id);
  return ids;
}

}  // namespace firmform::redfish
