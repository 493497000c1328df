// SPDX-License-Identifier: Apache-2.0
// What a shell may offer at a place of the command line. The scripts of all shells ask the program (`firmform
// __complete`), so they know hosts, components and windows of the manifest, and cannot fall behind.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace firmform::cli {

struct Candidate {
  std::string text;  ///< that stands for the whole word
  std::string help;  ///< one line; may be empty
  bool operator==(const Candidate&) const = default;
};

/// Names that the manifest in the directory of the command line gives. None where it cannot be read: completion is
/// silent.
class Names {
 public:
  virtual ~Names() = default;
  virtual std::vector<Candidate> hosts() = 0;
  /// Of what the host's baseline wants.
  virtual std::vector<Candidate> components(const std::string& host) = 0;
  virtual std::vector<Candidate> windows() = 0;
  virtual std::vector<Candidate> install_sets() = 0;
  virtual std::vector<Candidate> images() = 0;
  virtual std::vector<Candidate> rules() = 0;
  virtual std::vector<Candidate> baselines() = 0;
  virtual std::vector<Candidate> runs() = 0;  ///< of the journal, newest first
};

struct Completion {
  enum class Paths { none, files, directories };
  std::vector<Candidate> candidates;  ///< those that begin with what is typed, sorted as they are told
  Paths paths = Paths::none;          ///< whether file names fit as well
  bool operator==(const Completion&) const = default;
};

/// `words` are those after the program's name; the last one is being typed, and may be empty. A word of `=` between
/// option and value, as bash cuts words, is understood.
[[nodiscard]] Completion complete(std::vector<std::string> words, Names& names);

/// -chdir of such words; "." without.
[[nodiscard]] std::string directory_of(std::span<const std::string> words);

/// A line per candidate, "TEXT<tab>HELP", then one of ":none", ":files", ":directories"; what the scripts read.
[[nodiscard]] std::string to_lines(const Completion& completion);

/// For "bash", "zsh" or "fish"; empty for another shell.
[[nodiscard]] std::optional<std::string> completion_script(std::string_view shell);

}  // namespace firmform::cli
