// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/program.h"

#include <catch2/catch.hpp>

#include <cstdlib>

#include "tests/support/temporary_directory.h"

using namespace firmform;
using policy::Program;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

process::Input text(std::string_view given) {
  return [given](const auto& sink) { sink(given); };
}

Program shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .directory = "/", .timeout = seconds(30)};
}

std::string failure(const Program& program) {
  const auto end = policy::run(program, text("input"));
  REQUIRE_FALSE(end);
  CHECK(end.error().code() == Code::policy_undecided);
  return end.error().message();
}

}  // namespace

TEST_CASE("a program gets its input, and its two streams and status come back") {
  const auto end = policy::run(shell("cat; echo wrong >&2; exit 1"), text("the plan"));
  REQUIRE(end);
  CHECK(end->out == "the plan");
  CHECK(end->err == "wrong\n");
  CHECK(end->status == 1);
}

TEST_CASE("it runs in its directory, and finds itself from there") {
  const tests::TemporaryDirectory directory;
  const auto end = policy::run({.argv = {"pwd"}, .directory = directory.path(), .timeout = seconds(30)}, text(""));
  REQUIRE(end);
  CHECK(end->out == directory.path().string() + "\n");
}

TEST_CASE("its arguments go through no shell") {
  const auto end =
      policy::run({.argv = {"printf", "%s", "$(id) `id` ; id"}, .directory = "/", .timeout = seconds(30)}, text(""));
  REQUIRE(end);
  CHECK(end->out == "$(id) `id` ; id");
}

TEST_CASE("a program that does not read its input blocks nobody") {
  const std::string large(8U << 20U, 'x');
  CHECK(policy::run(shell("exit 0"), text(large)));
}

TEST_CASE("much output on both streams comes through in one piece or is cut where it is only for people") {
  const auto end = policy::run(shell("head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero"), text(""));
  REQUIRE(end);
  CHECK(end->out.size() == 3'000'000);
  CHECK(end->err.size() == 4096);
}

TEST_CASE("a program that is not there, hangs, crashes or floods gives no verdict") {
  CHECK(failure({.argv = {"no-such-program-of-anybody"}, .directory = "/", .timeout = seconds(30)}) ==
        "no-such-program-of-anybody cannot be run: No such file or directory");
  Program hangs = shell("sleep 600 & sleep 600");
  hangs.timeout = milliseconds(100);
  CHECK(failure(hangs) == "/bin/sh took longer than 100ms");
  CHECK(failure(shell("kill -SEGV $$")) == "/bin/sh was ended by signal 11");
  CHECK(failure(shell("cat /dev/zero")) == "/bin/sh wrote more than 16777216 bytes");
}

TEST_CASE("what a program leaves behind keeps nobody waiting") {
  const auto end = policy::run(shell("sleep 600 & echo done"), text(""));
  REQUIRE(end);
  CHECK(end->out == "done\n");
}

TEST_CASE("variables that hold secrets are withheld") {
  ::setenv("FIRMFORM_TEST_SECRET", "hunter2", 1);
  Program program = shell("echo [$FIRMFORM_TEST_SECRET]");
  CHECK(policy::run(program, text(""))->out == "[hunter2]\n");
  program.withheld = {"FIRMFORM_TEST_SECRET"};
  CHECK(policy::run(program, text(""))->out == "[]\n");
  ::unsetenv("FIRMFORM_TEST_SECRET");
}
