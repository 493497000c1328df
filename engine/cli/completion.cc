// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/cli/reference.h"
#include "engine/cli/verb.h"

namespace firmform::cli {
namespace {

/// Words that an option or argument takes, where it takes no others.
struct Choices {
  std::string_view verb;   ///< empty: any
  std::string_view place;  ///< option, or name of the argument
  std::string_view words;  ///< separated by blanks
};

constexpr std::array kChoices = {
    Choices{"", "color", "auto always never"},
    Choices{"", "input", "true false"},
    Choices{"graph", "format", "dot mermaid svg"},
    Choices{"simulate", "format", "text json svg html"},
    Choices{"completion", "SHELL", "bash fish zsh"},
    Choices{"reset", "WHAT", "bmc host"},
    Choices{"queue add", "command", "ApplyUpdate ResetServer ResetBmc Wait"},
    Choices{"log", "severity", "ok warning critical"},
};

std::vector<Candidate> as_candidates(std::string_view words) {
  std::vector<Candidate> result;
  for (const std::string& word : split(words, ' ')) result.push_back({word, {}});
  return result;
}

/// What stands at one place: candidates, paths, or neither.
Completion offer(std::vector<Candidate> candidates) {
  return {std::move(candidates), Completion::Paths::none};
}

/// A host, and behind a slash a component of it.
std::vector<Candidate> parts_of_hosts(const std::string& typed, Names& names) {
  const std::size_t slash = typed.find('/');
  if (slash == std::string::npos) return names.hosts();
  const std::string host = typed.substr(0, slash);
  std::vector<Candidate> result = names.components(host);
  for (Candidate& candidate : result) candidate.text = fmt::format("{}/{}", host, candidate.text);
  return result;
}

std::vector<Candidate> topics() {
  std::vector<Candidate> result;
  for (const ReferenceTopic& topic : reference_topics()) {
    result.push_back({std::string(topic.name), std::string(topic.summary)});
  }
  return result;
}

std::vector<Candidate> codes() {
  std::vector<Candidate> result;
  for (const CodeInfo& code : code_table()) result.push_back({to_string(code.code), std::string(code.title)});
  return result;
}

std::vector<Candidate> joined(std::vector<Candidate> first, std::vector<Candidate> second) {
  std::ranges::move(second, std::back_inserter(first));
  return first;
}

/// By the word that help shows for a value: "HOST", "FILE". `place` is the option or the argument.
Completion at(const Verb& verb, std::string_view place, std::string_view value, const std::string& typed,
              Names& names) {
  for (const Choices& choices : kChoices) {
    if ((choices.verb.empty() || choices.verb == verb.name) && choices.place == place) {
      return offer(as_candidates(choices.words));
    }
  }
  if (value == "HOST") return offer(place == "target" ? parts_of_hosts(typed, names) : names.hosts());
  if (value == "WHAT" && verb.name == "explain") return offer(joined(parts_of_hosts(typed, names), codes()));
  if (value == "WINDOW" || place == "window" || (value == "NAME" && verb.name.starts_with("window "))) {
    return offer(names.windows());
  }
  if (value == "SET" || (value == "NAME" && verb.name.starts_with("install-set "))) return offer(names.install_sets());
  if (value == "IMAGE" || (value == "FILE" && (verb.name.starts_with("repository ") || verb.name == "queue add"))) {
    return offer(names.images());
  }
  if (value == "RULE") return offer(names.rules());
  if (value == "RUN") return offer(names.runs());
  if (value == "TOPIC") return offer(topics());
  if (value == "A" || value == "B") return {names.baselines(), Completion::Paths::directories};
  if (value == "DIR") return {{}, Completion::Paths::directories};
  if (value == "FILE" || value == "PATH" || value == "FORMAT=FILE") return {{}, Completion::Paths::files};
  return {};
}

std::vector<Candidate> words_of(std::span<const Verb> verbs) {
  std::vector<Candidate> result;
  for (const Verb& verb : verbs) result.push_back({std::string(verb.word()), std::string(verb.summary)});
  return result;
}

/// The options of a verb, the common ones included, without those that are given and may be given once.
std::vector<Candidate> options_of(const Verb& verb, std::span<const std::string> given, std::string_view dashes) {
  std::vector<Candidate> result;
  const auto add = [&](const OptionSpec& option) {
    const auto is_it = [&](const std::string& word) {
      const std::string_view bare = std::string_view(word).substr(std::min(word.find_first_not_of('-'), word.size()));
      return word.starts_with('-') && bare.substr(0, bare.find('=')) == option.name;
    };
    if (!option.repeatable && std::ranges::any_of(given, is_it)) return;
    result.push_back({fmt::format("{}{}", dashes, option.name), std::string(option.help)});
  };
  std::ranges::for_each(verb.options, add);
  std::ranges::for_each(common_options(), add);
  return result;
}

const OptionSpec* option_of(const Verb& verb, std::string_view word) {
  if (!word.starts_with('-')) return nullptr;
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  const auto is_it = [&](const OptionSpec& option) { return option.name == word; };
  if (const auto found = std::ranges::find_if(verb.options, is_it); found != verb.options.end()) return &*found;
  const auto common = std::ranges::find_if(common_options(), is_it);
  return common == common_options().end() ? nullptr : &*common;
}

bool takes_value(const Verb& verb, std::string_view word) {
  const OptionSpec* option = option_of(verb, word);
  return option != nullptr && !option->value_name.empty();
}

Completion filtered(Completion completion, std::string_view typed) {
  std::erase_if(completion.candidates, [&](const Candidate& candidate) { return !candidate.text.starts_with(typed); });
  return completion;
}

/// The verb's own part of the line: `before` are the words between the verb and the one that is typed.
class VerbLine {
 public:
  VerbLine(const Verb& verb, std::vector<std::string> before, std::string typed, Names& names)
      : verb_(verb), before_(std::move(before)), typed_(std::move(typed)), names_(names) {}

  Completion complete() {
    if (!before_.empty() && takes_value(verb_, before_.back()))
      return value_of(*option_of(verb_, before_.back()), typed_);
    if (typed_.starts_with('-')) return typed_.find('=') == std::string::npos ? options() : value_in_word();
    return argument();
  }

 private:
  Completion options() {
    const std::string_view dashes = typed_.starts_with("--") ? "--" : "-";
    return filtered(offer(options_of(verb_, before_, dashes)), typed_);
  }

  Completion value_of(const OptionSpec& option, const std::string& typed) {
    return filtered(at(verb_, option.name, option.value_name, typed, names_), typed);
  }

  /// "-target=web": the candidates stand for the whole word.
  Completion value_in_word() {
    const std::size_t end = typed_.find('=');
    const OptionSpec* option = option_of(verb_, std::string_view(typed_).substr(0, end));
    if (option == nullptr) return {};
    Completion completion = value_of(*option, typed_.substr(end + 1));
    for (Candidate& candidate : completion.candidates) candidate.text = typed_.substr(0, end + 1) + candidate.text;
    return completion;
  }

  Completion argument() {
    std::size_t place = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const bool is_value = i > 0 && takes_value(verb_, before_[i - 1]);
      if (!is_value && !before_[i].starts_with('-')) ++place;
    }
    if (verb_.positionals.empty()) return {};
    const bool more = verb_.positionals.back().repeatable;
    if (place >= verb_.positionals.size() && !more) return {};
    const PositionalSpec& positional = verb_.positionals[std::min(place, verb_.positionals.size() - 1)];
    return filtered(at(verb_, positional.name, positional.name, typed_, names_), typed_);
  }

  const Verb& verb_;
  std::vector<std::string> before_;
  std::string typed_;
  Names& names_;
};

/// "-target", "=", "web" as bash has them becomes "-target", "web".
void drop_equal_signs(std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "=" || !words[i - 1].starts_with('-')) continue;
    if (i + 1 < words.size()) {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      words[i].clear();  // the value is about to be typed
    }
  }
}

std::string one_line(std::string_view text) {
  return printable(text.substr(0, text.find('\n')));
}

}  // namespace

Completion complete(std::vector<std::string> words, Names& names) {
  if (words.empty()) words.emplace_back();
  drop_equal_signs(words);
  const std::string typed = words.back();
  words.pop_back();
  std::size_t place = 0;  // of the verb
  while (place < words.size() && words[place].starts_with('-')) place += words[place].ends_with("-chdir") ? 2 : 1;
  if (place >= words.size()) {
    const bool directory = !words.empty() && words.back().ends_with("-chdir");
    if (directory) return {{}, Completion::Paths::directories};
    return filtered(offer(words_of(verbs())), typed);
  }
  if (words[place] == "help") return filtered(offer(words_of(verbs())), typed);
  const Verb* verb = find_verb(words[place]);
  if (verb == nullptr) return {};
  std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(place) + 1, words.end());
  if (!verb->subcommands.empty()) {
    const auto word = std::ranges::find_if(rest, [](const std::string& one) { return !one.starts_with('-'); });
    if (word == rest.end()) return filtered(offer(words_of(verb->subcommands)), typed);
    verb = verb->find(*word);
    if (verb == nullptr) return {};
    rest.erase(word);
  }
  return VerbLine(*verb, std::move(rest), typed, names).complete();
}

std::string directory_of(std::span<const std::string> words) {
  std::string directory = ".";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if ((word == "-chdir" || word == "--chdir") && i + 1 < words.size()) {
      directory = words[words[i + 1] == "=" && i + 2 < words.size() ? i + 2 : i + 1];
    }
    const std::size_t end = word.find("chdir=");
    if (word.starts_with('-') && end != std::string_view::npos) directory = word.substr(end + 6);
  }
  return directory;
}

std::string to_lines(const Completion& completion) {
  std::string text;
  for (const Candidate& candidate : completion.candidates) {
    text += fmt::format("{}\t{}\n", one_line(candidate.text), one_line(candidate.help));
  }
  switch (completion.paths) {
    case Completion::Paths::none:
      return text + ":none\n";
    case Completion::Paths::files:
      return text + ":files\n";
    case Completion::Paths::directories:
      return text + ":directories\n";
  }
  return text;
}

}  // namespace firmform::cli
