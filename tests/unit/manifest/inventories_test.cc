// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"
#include "tests/unit/manifest/manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;

namespace {

const std::string kSource = "ansible hosts";

/// A manifest that takes hosts from the file `hosts`.
tests::Reading read_with(const std::string& keys, const std::string& hosts, const std::string& more = {}) {
  const std::string body =
      "firmform: v1\n" + tests::kBasics + more + "inventories:\n  dc: {ansible: hosts" + keys + "}\n";
  return tests::read_files({{"m.yaml", body}, {"hosts", hosts, TextRole::hosts, kSource}});
}

class Directory {
 public:
  void write(const std::string& name, const std::string& text, bool program = false) const {
    const std::filesystem::path file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    if (program) std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path(); }
  [[nodiscard]] tests::Reading read() const {
    auto files = read_configuration(path());
    REQUIRE(files);
    return tests::read_files(std::move(*files));
  }

 private:
  tests::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("hosts of an inventory are hosts of the manifest") {
  const auto reading =
      read_with(", bmc_variable: ilo, baseline: c, tls: {ca_file: ca.pem}, labels: {rack: rack_id, none: nothing}",
                "[web]\nweb-01 ilo=10.0.0.1 rack_id=a12\nweb-02 ilo=https://ilo-2.example.com:8443\n");
  INFO(reading.text());
  REQUIRE(reading.result.value);
  const DesiredHost& first = reading.host("web-01");
  CHECK(first.bmc == "https://10.0.0.1");
  CHECK(first.labels == std::map<std::string, std::string>{{"rack", "a12"}});
  CHECK(first.credentials.username == "admin");
  CHECK(first.tls.ca_file == "ca.pem");
  REQUIRE(first.baselines.size() == 1);
  CHECK(first.baselines.front().name == "c");
  CHECK(reading.sources.describe(first.span) == "hosts:2:1");
  CHECK(reading.host("web-02").bmc == "https://ilo-2.example.com:8443");
}

TEST_CASE("addresses get a scheme and IPv6 addresses brackets") {
  const auto reading = read_with("", "a bmc=2001:db8::7\nb bmc=[2001:db8::8]:8443\nc bmc=ilo:8443\n");
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(reading.host("a").bmc == "https://[2001:db8::7]");
  CHECK(reading.host("b").bmc == "https://[2001:db8::8]:8443");
  CHECK(reading.host("c").bmc == "https://ilo:8443");
}

TEST_CASE("groups become labels that groups of the manifest select by") {
  const std::string hosts = "[web]\nw bmc=10.0.0.1\n[db]\nd bmc=10.0.0.2\n[prod:children]\nweb\ndb\n";
  const auto all =
      read_with(", label_groups: true", hosts, "groups: {g: {match: {labels: {web: yes}}, baseline: c}}\n");
  INFO(all.text());
  REQUIRE(all.result.value);
  CHECK(all.host("w").labels == std::map<std::string, std::string>{{"prod", "yes"}, {"web", "yes"}});
  CHECK(all.host("w").baselines.front().name == "c");
  CHECK(all.host("d").baselines.front().name == "b");
  const auto chosen = read_with(", label_groups: {tier: [web, db], env: [prod]}", hosts);
  REQUIRE(chosen.result.value);
  CHECK(chosen.host("d").labels == std::map<std::string, std::string>{{"env", "prod"}, {"tier", "db"}});
  const auto none = read_with(", label_groups: false", hosts);
  CHECK(none.host("d").labels.empty());
}

TEST_CASE("hosts without an address matter only when they are taken") {
  const std::string hosts = "[web]\nw bmc=10.0.0.1\n[db]\nd\n";
  CHECK(read_with("", hosts).codes() == std::vector{Code::inventory_host_unusable});
  CHECK(read_with(", hosts: web", hosts).result.value);
  CHECK(read_with(", hosts: \"all:!db\"", hosts).result.value);
}

TEST_CASE("a conflict matters only for variables that are used") {
  const std::string hosts = "[a]\nh bmc=10.0.0.1\n[b]\nh\n[a:vars]\nrack=1\n[b:vars]\nrack=2\n";
  CHECK(read_with("", hosts).result.value);
  CHECK(read_with(", labels: {rack: rack}", hosts).codes() == std::vector{Code::inventory_conflict});
}

TEST_CASE("a broken inventory causes no other problems") {
  const std::string more = "groups: {g: {match: {labels: {x: y}}}}\nhosts: {h: {bmc: https://x, after: [unknown]}}\n";
  CHECK(read_with("", "[web\n", more).codes() == std::vector{Code::inventory_malformed});
  CHECK(read_with(", hosts: wbe", "[web]\n", more).codes() == std::vector{Code::unknown_reference});
}

TEST_CASE("without the texts of an inventory the manifest is not valid") {
  const auto reading = tests::read_manifest(tests::kBasics + "inventories: {dc: {ansible: hosts}}\n");
  CHECK(reading.codes() == std::vector{Code::inventory_malformed});
}

TEST_CASE("two entries can use one inventory for different hosts") {
  const auto reading = tests::read_files(
      {{"m.yaml",
        "firmform: v1\n" + tests::kBasics +
            "inventories:\n  a: {ansible: hosts, hosts: web}\n  b: {ansible: hosts, hosts: db, baseline: c}\n"},
       {"hosts", "[web]\nw bmc=10.0.0.1\n[db]\nd bmc=10.0.0.2\n", TextRole::hosts, kSource}});
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(reading.host("d").baselines.front().name == "c");
}

TEST_CASE("files, directories and programs are read from disk and are part of the digest") {
  const Directory directory;
  const std::string head = "firmform: v1\n" + tests::kBasics;
  directory.write("m.yaml", head + "inventories:\n  a: {ansible: inv}\n  b: {script: [./list.sh, x], hosts: all}\n");
  directory.write("inv/hosts", "[web]\nw1\nw2 bmc=10.0.0.2\n");
  directory.write("inv/group_vars/web/a.yml", "bmc: 10.0.0.1\n");
  directory.write("inv/host_vars/w2.yml", "rack: b\n");
  directory.write(
      "list.sh",
      "#!/bin/sh\n[ \"$1 $2\" = \"x --list\" ] || exit 1\necho '{\"g\": [\"s1\"], \"_meta\": {\"hostvars\": {\"s1\": "
      "{\"bmc\": \"10.0.0.9\"}}}}'\n",
      true);
  const auto before = directory.read();
  INFO(before.text());
  REQUIRE(before.result.value);
  CHECK(before.result.value->hosts.size() == 3);
  CHECK(before.host("w1").bmc == "https://10.0.0.1");
  CHECK(before.host("s1").bmc == "https://10.0.0.9");
  CHECK(directory.read().result.value->digest == before.result.value->digest);

  directory.write("inv/group_vars/web/a.yml", "bmc: 10.0.0.3\n");
  const auto after = directory.read();
  CHECK(after.host("w1").bmc == "https://10.0.0.3");
  CHECK(after.result.value->digest != before.result.value->digest);
  directory.write("list.sh",
                  "#!/bin/sh\necho '{\"g\": [\"s1\"], \"_meta\": {\"hostvars\": {\"s1\": {\"bmc\": \"10.0.0.7\"}}}}'\n",
                  true);
  CHECK(directory.read().result.value->digest != after.result.value->digest);
  // The manifests alone, for `fmt` and whoever must not run programs.
  CHECK(read_directory(directory.path())->size() == 1);
}

TEST_CASE("programs that hang, fail or talk without end are stopped") {
  const Directory directory;
  const auto problem = [&](const std::string& script) {
    directory.write("m.yaml",
                    "firmform: v1\n" + tests::kBasics + "inventories: {a: {script: " + script + ", timeout: 300ms}}\n");
    const auto begun = std::chrono::steady_clock::now();
    const auto reading = directory.read();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
    CHECK(reading.codes() == std::vector{Code::inventory_malformed});
    return reading.text();
  };
  CHECK(problem("[sh, -c, \"sleep 60 & wait\"]").find("took longer than 300ms") != std::string::npos);
  CHECK(problem("[sh, -c, \"exec >&-; sleep 60\"]").find("took longer than 300ms") != std::string::npos);
  CHECK(problem("[./absent]").find("cannot be run") != std::string::npos);
  CHECK(problem("[sh, -c, \"echo canary >&2; exit 3\"]").find("exit code 3") != std::string::npos);
  CHECK(problem("[echo, nonsense]").find("no JSON") != std::string::npos);
}

TEST_CASE("twenty thousand hosts are read in well under two seconds") {
  std::string hosts;
  for (int rack = 0; rack < 200; ++rack) hosts += fmt::format("[rack{}]\nh{}-[000:099] rack=r{}\n", rack, rack, rack);
  hosts += "[fleet:children]\n";
  for (int rack = 0; rack < 200; ++rack) hosts += fmt::format("rack{}\n", rack);
  hosts += "[fleet:vars]\nbmc={{ inventory_hostname }}.ilo.example.com\nsite=paris\n";
  const auto begun = std::chrono::steady_clock::now();
  const auto reading =
      read_with(", hosts: \"fleet:!rack7\", labels: {rack: rack, site: site}, label_groups: true", hosts);
  const auto took = std::chrono::steady_clock::now() - begun;
  INFO(reading.text());
  REQUIRE(reading.result.value);
  CHECK(reading.result.value->hosts.size() == 19'900);
  CHECK(reading.host("h3-042").bmc == "https://h3-042.ilo.example.com");
  WARN(std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms for 20,000 hosts");
  CHECK(took < std::chrono::seconds(10));  // generous: sanitizers and busy machines
}
