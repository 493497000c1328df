// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/manifest/ansible_inventory.h"
#include "engine/manifest/ansible_range.h"
#include "engine/manifest/ansible_template.h"

using namespace firmform;
using namespace firmform::manifest;

namespace {

using Names = std::vector<std::string>;

struct Read {
  SourceMap sources;
  Parsed<AnsibleInventory> result;

  explicit Read(std::vector<SourceText> texts) { result = read_ansible(std::move(texts), sources); }
  [[nodiscard]] std::string problems() const { return render(result.diagnostics, sources, {}); }
  [[nodiscard]] const AnsibleInventory& inventory() const {
    INFO(problems());
    REQUIRE(result.value);
    return *result.value;
  }
  [[nodiscard]] std::string value(const std::string& host, std::string_view variable) const {
    AnsibleLookup lookup(inventory());
    const auto found = lookup.find(host, variable);
    return found.value == nullptr ? "(none)" : found.value->text;
  }
  [[nodiscard]] std::string place(const std::string& host, std::string_view variable) const {
    AnsibleLookup lookup(inventory());
    return sources.describe(lookup.find(host, variable).value->span);
  }
};

Read ini(const std::string& text) {
  return Read({{"hosts", text, TextRole::hosts}});
}

SourceText group_variables(const std::string& group, const std::string& text) {
  return {"group_vars/" + group + ".yml", text, TextRole::group_variables, {}, group};
}

Names names(std::string_view pattern) {
  const auto result = expand_host_names(pattern);
  return result ? result->names : Names{result.error().message()};
}

}  // namespace

TEST_CASE("ranges of host names expand as Ansible's do") {
  CHECK(names("web") == Names{"web"});
  CHECK(names("www[01:07:3].x") == Names{"www01.x", "www04.x", "www07.x"});
  CHECK(names("db-[a:c]") == Names{"db-a", "db-b", "db-c"});
  CHECK(names("r[1:2]n[9:10]") == Names{"r1n9", "r1n10", "r2n9", "r2n10"});
  CHECK(names("n[:2]") == Names{"n0", "n1", "n2"});
  CHECK(expand_host_names("web[1:2]:2222")->port == "2222");
  CHECK(names("2001:db8::7") == Names{"2001:db8::7"});
  CHECK(names("[2001:db8::7]:22") == Names{"2001:db8::7"});
}

TEST_CASE("ranges that make no sense are refused") {
  for (const char* wrong : {"n[1]", "n[1:2:3:4]", "n[c:a]", "n[01:100]", "n[1:", "n[1:9:0]", "n[x:5]",
                            "web:", "n[0:999999][0:9]", "n[0:9999999]"}) {
    CAPTURE(wrong);
    CHECK_FALSE(expand_host_names(wrong));
  }
}

TEST_CASE("a slip in a range does not fill the memory") {
  const std::string line = "[0:89999]";
  const Read read = ini("a" + line + "\nb" + line + "\nc" + line + "\n");
  CHECK_FALSE(read.result.value);
  CHECK(read.problems().find("more than 250000 hosts") != std::string::npos);
}

TEST_CASE("no type is guessed in an inventory") {
  const Read read = ini("h a=010 b=yes c=3.10 d=0x10 e=None f=1e3\n[all:vars]\ng=True\nh=007\n");
  CHECK(read.value("h", "a") == "010");
  CHECK(read.value("h", "b") == "yes");
  CHECK(read.value("h", "c") == "3.10");
  CHECK(read.value("h", "d") == "0x10");
  CHECK(read.value("h", "e") == "None");
  CHECK(read.value("h", "f") == "1e3");
  CHECK(read.value("h", "g") == "True");
  CHECK(read.value("h", "h") == "007");
  const Read yaml(std::vector<SourceText>{{"h.yml", "all: {hosts: {h: {a: 010, b: no, c: 3.10}}}", TextRole::hosts}});
  CHECK(yaml.value("h", "a") == "010");
  CHECK(yaml.value("h", "b") == "no");
  CHECK(yaml.value("h", "c") == "3.10");
}

TEST_CASE("each variable has its place") {
  const Read read({{"hosts", "[web]\nh bmc=10.0.0.1  rack=a\n[web:vars]\n  site = x\n", TextRole::hosts},
                   group_variables("web", "# a\ntier:   front\n")});
  CHECK(read.place("h", "bmc") == "hosts:2:3");
  CHECK(read.place("h", "rack") == "hosts:2:17");
  CHECK(read.place("h", "site") == "hosts:4:3");
  CHECK(read.place("h", "tier") == "group_vars/web.yml:2:9");
}

TEST_CASE("answers of a program have places, too") {
  const Read read({{"netbox.py --list",
                    "{\n \"g\": {\"hosts\": [\"h\"]},\n \"_meta\": {\"hostvars\": {\"h\": {\"bmc\": \"10.0.0.1\"}}}\n}",
                    TextRole::script_hosts}});
  CHECK(read.value("h", "bmc") == "10.0.0.1");
  CHECK(read.place("h", "bmc") == "netbox.py --list:3:38");
  CHECK(read.sources.describe(read.inventory().hosts.at("h").span) == "netbox.py --list:2:18");
}

TEST_CASE("variables come from all, then parents, then children, then the host") {
  const std::string text =
      "[child]\nh1\nh2 "
      "v=host\n[parent:children]\nchild\n[parent:vars]\nv=parent\nw=parent\n[all:vars]\nv=all\nw=all\nx=all\n";
  const Read without_child = ini(text);
  CHECK(without_child.value("h1", "v") == "parent");
  CHECK(without_child.value("h1", "x") == "all");
  CHECK(without_child.value("h2", "v") == "host");
  const Read read = ini(text + "[child:vars]\nv=child\n");
  CHECK(read.value("h1", "v") == "child");
  CHECK(read.value("h1", "w") == "parent");
  CHECK(read.value("h2", "v") == "host");
}

TEST_CASE("groups of equal depth that disagree are a conflict unless a priority decides") {
  const std::string text = "[a]\nh\n[b]\nh\n[a:vars]\nv=1\nsame=x\n[b:vars]\nv=2\nsame=x\n";
  const Read read = ini(text);
  AnsibleLookup lookup(read.inventory());
  const auto found = lookup.find("h", "v");
  REQUIRE(found.conflict);
  CHECK(std::pair(found.conflict->group, found.conflict->other_group) == std::pair<std::string, std::string>("b", "a"));
  CHECK_FALSE(lookup.find("h", "same").conflict);

  const Read decided = ini(text + "[a:vars]\nansible_group_priority=5\n");
  AnsibleLookup with_priority(decided.inventory());
  CHECK_FALSE(with_priority.find("h", "v").conflict);
  CHECK(decided.value("h", "v") == "1");

  const Read overridden = ini(text + "[c]\nh v=3\n");
  AnsibleLookup by_host(overridden.inventory());
  CHECK_FALSE(by_host.find("h", "v").conflict);
}

TEST_CASE("a group is as deep as its longest way from all") {
  const Read read = ini("[x]\nh\n[y:children]\nx\n[z:children]\ny\nx\n[w:children]\nz\n");
  const auto depth = [&](const char* name) { return read.inventory().groups.at(name).depth; };
  CHECK(depth("all") == 0);
  CHECK(depth("w") == 1);
  CHECK(depth("z") == 2);
  CHECK(depth("y") == 3);
  CHECK(depth("x") == 4);
  AnsibleLookup lookup(read.inventory());
  CHECK(lookup.groups_of("h") == Names{"w", "z", "y", "x"});
}

TEST_CASE("groups that contain each other are refused") {
  const Read read = ini("[a:children]\nb\n[b:children]\na\n[c]\nh\n");
  CHECK_FALSE(read.result.value);
  CHECK(read.problems().find("`a` > `b` > `a`") + read.problems().find("`b` > `a` > `b`") != 2 * std::string::npos);
  CHECK_FALSE(ini("[a:children]\na\n").result.value);
  CHECK_FALSE(ini("[all:children]\na\n[a:children]\nall\n").result.value);
}

TEST_CASE("what ansible-vault encrypted is noted and not read") {
  const Read read({{"hosts", "[g]\nh\n[k]\ni\n", TextRole::hosts},
                   group_variables("g", "a: 1\nb: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n"),
                   {"group_vars/k", "$ANSIBLE_VAULT;1.1;AES256\n6162\n", TextRole::group_variables, {}, "k"}});
  AnsibleLookup lookup(read.inventory());
  CHECK(lookup.find("h", "b").value->form == AnsibleValue::Form::encrypted);
  CHECK(lookup.find("h", "a").value->form == AnsibleValue::Form::text);
  CHECK_FALSE(lookup.encrypted_for("h"));
  REQUIRE(lookup.encrypted_for("i"));
  CHECK(read.sources.describe(*lookup.encrypted_for("i")) == "group_vars/k:1:1");
}

TEST_CASE("secrets in inventories are not shown") {
  const Read read = ini("h ansible_password=canary x\ni token canary2=1 y=\"\n[web\n");
  CHECK_FALSE(read.result.value);
  CHECK(read.problems().find("canary ") == std::string::npos);
}

TEST_CASE("patterns select as Ansible's do") {
  const Read read =
      ini("[web]\nweb[1:4]\n[db]\ndb1\ndb2\n[paris]\nweb1\ndb1\n[lab]\nweb4\n[prod:children]\nweb\ndb\n[none]\n");
  const auto select = [&](const std::string& pattern) {
    const auto selected = select_hosts(read.inventory(), Text{pattern, {}});
    CAPTURE(pattern);
    CHECK(selected.diagnostics.empty());
    return *selected.value;
  };
  CHECK(select("all").size() == 6);
  CHECK(select("*").size() == 6);
  CHECK(select("web:!lab") == Names{"web1", "web2", "web3"});
  CHECK(select("!lab:web") == Names{"web1", "web2", "web3"});
  CHECK(select("!lab:!db") == Names{"web1", "web2", "web3"});
  CHECK(select("web,db1") == Names{"db1", "web1", "web2", "web3", "web4"});
  CHECK(select("prod:&paris") == Names{"db1", "web1"});
  CHECK(select("&paris:prod:!db") == Names{"web1"});
  CHECK(select("web[0]") == Names{"web1"});
  CHECK(select("web[-1]") == Names{"web4"});
  CHECK(select("web[1:2]") == Names{"web2", "web3"});
  CHECK(select("web[2:]") == Names{"web3", "web4"});
  CHECK(select("~(web|db)[12]") == Names{"db1", "db2", "web1", "web2"});
  CHECK(select("w*3, db?") == Names{"db1", "db2", "web3"});
  CHECK(select("[cd]b*") == Names{"db1", "db2"});
  CHECK(select("web[0-1]") == Names{"web1", "web2"});
  CHECK(select("none").empty());
}

TEST_CASE("a term of a pattern that matches nothing is an error, in exclusions most of all") {
  const Read read = ini("[production]\nweb1\n[lab]\nweb2\n");
  for (const char* pattern : {"production:!lba", "prodution", "all:&labb", "web[13]", "lab[5]", "~x.*", "~("}) {
    CAPTURE(pattern);
    CHECK(select_hosts(read.inventory(), Text{pattern, {}}).diagnostics.has_errors());
  }
  SourceMap none;
  none.add("m.yaml", "");
  const auto typo = select_hosts(read.inventory(), Text{"all:!poduction", {0, 1, 1, 1}});
  CHECK(render(typo.diagnostics, none, {}).find("did you mean `production`?") != std::string::npos);
}

TEST_CASE("plain templates are worked out and no others") {
  const Read read = ini("web1.example.com a={{b}}-x b=y c={{c}} site='{{ d | lower }}'\n");
  AnsibleLookup lookup(read.inventory());
  const AnsibleTemplates templates(lookup);
  const std::string host = "web1.example.com";
  CHECK(templates.render(host, "{{ inventory_hostname_short }}-ilo.{{a}}") == "web1-ilo.y-x");
  CHECK(templates.render(host, "{{inventory_hostname}}") == host);
  CHECK(templates.render(host, "plain {") == "plain {");
  for (const char* wrong : {"{{ c }}", "{{ absent }}", "{{ site }}", "{% if x %}", "{{ a", "{{ a | upper }}"}) {
    CAPTURE(wrong);
    CHECK_FALSE(templates.render(host, wrong));
  }
}
