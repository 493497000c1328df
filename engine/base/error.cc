// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace firmform {

struct Error::Payload {
  Code code;
  std::string message;
  std::vector<std::string> notes;
  std::vector<std::string> help;
};

Error::Error(Code code, std::string message)
    : payload_(std::make_shared<const Payload>(Payload{code, std::move(message), {}, {}})) {}

Error::Error(std::shared_ptr<const Payload> payload) : payload_(std::move(payload)) {}

Code Error::code() const { return payload_->code; }

const std::string& Error::message() const { return payload_->message; }

const std::vector<std::string>& Error::notes() const { return payload_->notes; }

const std::vector<std::string>& Error::help() const { return payload_->help; }

Error Error::with_note(std::string note) const {
  Payload payload = *payload_;
  payload.notes.push_back(std::move(note));
  return Error(std::make_shared<const Payload>(std::move(payload)));
}

Error Error::with_help(std::string help) const {
  Payload payload = *payload_;
  payload.help.push_back(std::move(help));
  return Error(std::make_shared<const Payload>(std::move(payload)));
}

Error Error::with_context(std::string_view context) const {
  Payload payload = *payload_;
  payload.message = fmt::format("{}: {}", context, payload.message);
  return Error(std::make_shared<const Payload>(std::move(payload)));
}

std::string Error::one_line() const {
  std::string text = fmt::format("{}: {}", to_string(code()), message());
  if (!notes().empty()) text += fmt::format(" ({})", fmt::join(notes(), "; "));
  return text;
}

}  // namespace firmform
