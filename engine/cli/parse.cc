// SPDX-License-Identifier: Apache-2.0
// From argv to an Invocation, with CLI11.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "engine/base/text.h"
#include "engine/cli/verb.h"

namespace firmform::cli {
namespace {

/// Terraform's spelling: one dash before a long name. CLI11 wants two.
std::string with_two_dashes(const std::string& argument) {
  const bool long_name = argument.size() > 2 && argument[0] == '-' && argument[1] != '-' &&
                         argument.find_first_not_of("0123456789.", 1) != std::string::npos;
  return long_name ? "-" + argument : argument;
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known) {
  const auto near = nearest(wrong, known);
  return near ? fmt::format("did you mean `{}`?", *near) : std::string();
}

Error usage_error(std::string message, std::string help) {
  Error error(Code::usage, std::move(message));
  return help.empty() ? error : error.with_help(std::move(help));
}

std::vector<std::string> words_of(std::span<const Verb> verbs) {
  std::vector<std::string> words;
  for (const Verb& verb : verbs) words.emplace_back(verb.word());
  return words;
}

/// One verb as a CLI11 application, and where its values land.
class Parser {
 public:
  explicit Parser(const Verb& verb) : verb_(verb) {
    app_.set_help_flag();
    for (const OptionSpec& option : verb.options) add(option);
    for (const OptionSpec& option : common_options()) add(option);
    app_.add_option("positionals", positionals_);
  }

  Result<Invocation> parse(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      return fail(explain(error));
    }
    return collect();
  }

 private:
  void add(const OptionSpec& option) {
    const std::string flag = fmt::format("--{}", option.name);
    names_.push_back(flag);
    if (option.value_name.empty()) {
      app_.add_flag(option.name == "help" ? "-h," + flag : flag, switches_[std::string(option.name)]);
    } else {
      app_.add_option(flag, values_[std::string(option.name)])->allow_extra_args(false);
    }
  }

  [[nodiscard]] Error explain(const CLI::ParseError& error) const {
    const std::vector<std::string> extra = app_.remaining();
    if (!extra.empty()) {
      const std::string name = extra.front().substr(0, extra.front().find('='));
      return usage_error(fmt::format("`firmform {}` has no option {}", verb_.name, name), did_you_mean(name, names_));
    }
    return usage_error(error.what(), {});
  }

  Result<Invocation> collect() {
    Invocation invocation{&verb_, switches_["help"] > 0, {}};
    for (const auto& [name, count] : switches_) {
      if (count > 0) invocation.arguments.add(name, "true");
    }
    for (const auto& [name, given] : values_) {
      for (const std::string& value : given) invocation.arguments.add(name, value);
    }
    for (const std::string& value : positionals_) invocation.arguments.add_positional(value);
    if (invocation.help) return invocation;
    return check_positionals(std::move(invocation));
  }

  Result<Invocation> check_positionals(Invocation invocation) const {
    const bool open_ended = !verb_.positionals.empty() && verb_.positionals.back().repeatable;
    if (positionals_.size() > verb_.positionals.size() && !open_ended) {
      return fail(usage_error(
          fmt::format("`firmform {}` does not take `{}`", verb_.name, positionals_[verb_.positionals.size()]), {}));
    }
    for (std::size_t i = positionals_.size(); i < verb_.positionals.size(); ++i) {
      if (verb_.positionals[i].required) {
        return fail(usage_error(fmt::format("`firmform {}` needs {}", verb_.name, verb_.positionals[i].name), {}));
      }
    }
    return invocation;
  }

  const Verb& verb_;
  CLI::App app_;
  std::map<std::string, int> switches_;
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> positionals_;
  std::vector<std::string> names_;
};

/// Replaces `verb` by the subcommand that `arguments` begin with, which is taken out of them. With none, help may be
/// asked for.
Result<const Verb*> take_subcommand(const Verb& verb, std::vector<std::string>& arguments) {
  const auto place = std::ranges::find_if(arguments, [](const std::string& word) { return !word.starts_with('-'); });
  const std::vector<std::string> words = words_of(verb.subcommands);
  if (place == arguments.end()) {
    const bool help = std::ranges::count(arguments, "--help") > 0 || std::ranges::count(arguments, "-h") > 0;
    if (help) return &verb;
    return fail(usage_error(fmt::format("`firmform {}` needs a subcommand", verb.name),
                            fmt::format("it has: {}", fmt::join(words, ", "))));
  }
  const Verb* found = verb.find(*place);
  if (found == nullptr) {
    const std::string near = did_you_mean(*place, words);
    return fail(usage_error(fmt::format("`firmform {}` has no subcommand `{}`", verb.name, *place),
                            near.empty() ? fmt::format("it has: {}", fmt::join(words, ", ")) : near));
  }
  arguments.erase(place);
  return found;
}

/// `firmform help VERB [SUBCOMMAND]`; the general help where there is no such verb.
Invocation help_about(std::span<const std::string> words) {
  const Verb* topic = words.empty() ? nullptr : find_verb(words.front());
  if (topic != nullptr && words.size() > 1) {
    if (const Verb* subcommand = topic->find(words[1])) topic = subcommand;
  }
  return {topic, true, {}};
}

}  // namespace

std::string_view Verb::word() const {
  return name.substr(name.rfind(' ') + 1);
}

const Verb* Verb::find(std::string_view subcommand) const {
  const auto found = std::ranges::find(subcommands, subcommand, &Verb::word);
  return found == subcommands.end() ? nullptr : &*found;
}

bool Arguments::has(std::string_view option) const {
  return options_.contains(option);
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::nullopt : std::optional(found->second.back());
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>() : found->second;
}

Result<int> Arguments::integer(std::string_view option, int fallback, int least, int most) const {
  const auto text = value(option);
  if (!text) return fallback;
  int number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  const bool whole = error == std::errc{} && end == text->data() + text->size();
  if (whole && number >= least && number <= most) return number;
  return fail(
      usage_error(fmt::format("--{} is `{}`, not a whole number from {} to {}", option, *text, least, most), {}));
}

void Arguments::add(std::string_view option, std::string value) {
  options_[std::string(option)].push_back(std::move(value));
}

Result<Invocation> parse_command_line(std::vector<std::string> arguments) {
  std::ranges::transform(arguments, arguments.begin(), with_two_dashes);
  std::vector<std::string> before;  // options before the verb, such as -chdir=DIR
  auto verb_place = arguments.begin();
  while (verb_place != arguments.end() && verb_place->starts_with('-')) {
    const bool takes_value = *verb_place == "--chdir" && verb_place + 1 != arguments.end();
    verb_place += takes_value ? 2 : 1;
  }
  before.assign(arguments.begin(), verb_place);
  const auto asked = [&](std::string_view flag) { return std::ranges::count(before, flag) > 0; };
  if (verb_place == arguments.end()) {
    if (asked("--version") || asked("-v")) return Invocation{find_verb("version"), false, {}};
    if (asked("--help") || asked("-h") || arguments.empty()) return Invocation{nullptr, true, {}};
    return fail(usage_error("no verb given", "`firmform --help` lists them"));
  }
  if (*verb_place == "help") return help_about({verb_place + 1, arguments.end()});
  const Verb* verb = find_verb(*verb_place);
  if (verb == nullptr) {
    return fail(
        usage_error(fmt::format("there is no verb `{}`", *verb_place), did_you_mean(*verb_place, words_of(verbs()))));
  }
  std::vector<std::string> after(verb_place + 1, arguments.end());
  if (!verb->subcommands.empty()) {
    const auto subcommand = take_subcommand(*verb, after);
    if (!subcommand) return fail(subcommand.error());
    verb = *subcommand;
    if (!verb->subcommands.empty()) return Invocation{verb, true, {}};
  }
  before.insert(before.end(), after.begin(), after.end());
  return Parser(*verb).parse(std::move(before));
}

}  // namespace firmform::cli
