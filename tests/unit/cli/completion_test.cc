// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/completion.h"

#include <catch2/catch.hpp>

using namespace firmform::cli;

namespace {

class FewNames final : public Names {
 public:
  std::vector<Candidate> hosts() override { return {{"web-01", "rack=a1"}, {"web-02", ""}, {"db-01", ""}}; }
  std::vector<Candidate> components(const std::string& host) override {
    if (host != "web-01") return {};
    return {{"iLO 5", "3.12"}, {"System ROM", "U46 v2.36"}};
  }
  std::vector<Candidate> windows() override { return {{"saturday-night", ""}}; }
  std::vector<Candidate> install_sets() override { return {{"golden", ""}}; }
  std::vector<Candidate> images() override { return {{"ilo5_312.bin", ""}}; }
  std::vector<Candidate> rules() override { return {{"small-steps", ""}}; }
  std::vector<Candidate> baselines() override { return {{"gen10", ""}}; }
  std::vector<Candidate> runs() override { return {{"0a1b", "2026-11-21T10:00:00Z ok"}}; }
};

std::vector<std::string> texts(std::vector<std::string> words) {
  FewNames names;
  std::vector<std::string> result;
  for (const Candidate& candidate : complete(std::move(words), names).candidates) result.push_back(candidate.text);
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Verbs and subcommands complete by their beginning") {
  CHECK(texts({"pl"}) == Texts{"plan"});
  CHECK(texts({"-chdir", "lab", "pl"}) == Texts{"plan"});
  CHECK(texts({"window", "l"}) == Texts{"list"});
  CHECK(texts({"help", "drif"}) == Texts{"drift"});
  CHECK(texts({"nonsense", ""}).empty());
}

TEST_CASE("Options complete with the dashes that were typed, and those that are given once are not offered again") {
  CHECK(texts({"plan", "-verb"}) == Texts{"-verbose"});
  CHECK(texts({"plan", "--verb"}) == Texts{"--verbose"});
  CHECK(texts({"plan", "-verbose", "-verb"}).empty());
  CHECK(texts({"plan", "-target", "web-01", "-targ"}) == Texts{"-target"});
}

TEST_CASE("Hosts, and behind a slash their components, complete where they are asked for") {
  CHECK(texts({"inventory", "web"}) == Texts{"web-01", "web-02"});
  CHECK(texts({"plan", "-target", "d"}) == Texts{"db-01"});
  CHECK(texts({"apply", "-target", "web-01/"}) == Texts{"web-01/iLO 5", "web-01/System ROM"});
  CHECK(texts({"explain", "web-01/S"}) == Texts{"web-01/System ROM"});
  CHECK(texts({"explain", "FF037"}).size() >= 5);
}

TEST_CASE("A value may follow an equal sign, in one word or in the pieces that bash makes of it") {
  CHECK(texts({"plan", "-target=db"}) == Texts{"-target=db-01"});
  CHECK(texts({"plan", "-target", "=", "db"}) == Texts{"db-01"});
  CHECK(texts({"plan", "-target", "="}) == Texts{"web-01", "web-02", "db-01"});
}

TEST_CASE("Windows, install sets, images, runs and fixed words complete") {
  CHECK(texts({"window", "show", "web-01", ""}) == Texts{"saturday-night"});
  CHECK(texts({"queue", "add", "web-01", "-window", "s"}) == Texts{"saturday-night"});
  CHECK(texts({"install-set", "invoke", "web-01", ""}) == Texts{"golden"});
  CHECK(texts({"repository", "add", "web-01", ""}) == Texts{"ilo5_312.bin"});
  CHECK(texts({"rollback", ""}) == Texts{"0a1b"});
  CHECK(texts({"reset", "web-01", "h"}) == Texts{"host"});
  CHECK(texts({"plan", "-color", ""}) == Texts{"auto", "always", "never"});
}

TEST_CASE("Where files or directories fit the shell is told so") {
  FewNames names;
  CHECK(complete({"apply", ""}, names).paths == Completion::Paths::files);
  CHECK(complete({"plan", "-from-snapshot", ""}, names).paths == Completion::Paths::directories);
  CHECK(complete({"-chdir", ""}, names).paths == Completion::Paths::directories);
  CHECK(complete({"plan", ""}, names).paths == Completion::Paths::none);
}

TEST_CASE("The directory of the manifest is found in every spelling") {
  const auto directory = [](std::vector<std::string> words) { return directory_of(words); };
  CHECK(directory({"plan", "-target", ""}) == ".");
  CHECK(directory({"-chdir", "lab", "plan", ""}) == "lab");
  CHECK(directory({"-chdir=lab", "plan", ""}) == "lab");
  CHECK(directory({"plan", "--chdir", "=", "lab", ""}) == "lab");
}

TEST_CASE("What the shell reads has one line per candidate, whatever is in a help text") {
  CHECK(to_lines({{{"web-01", "two\nlines"}}, Completion::Paths::files}) == "web-01\ttwo\n:files\n");
}
