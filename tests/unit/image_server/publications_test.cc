// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/publications.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

#include "engine/image_server/route.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;
using image_server::Publications;

namespace {

class Directory {
 public:
  plan::Image image(const std::string& name, const std::string& content) {
    std::ofstream(directory_.path() / name, std::ios::binary) << content;
    return {.name = name, .path = (directory_.path() / name).string(), .size = content.size(), .served = true};
  }

 private:
  tests::TemporaryDirectory directory_;
};

std::string bytes_of(const image_server::Offer& offer) {
  std::string bytes(offer.length, '\0');
  bytes.resize(offer.file->read(bytes.data(), bytes.size(), offer.offset));
  return bytes;
}

}  // namespace

TEST_CASE("each host gets a path of its own, and the same one when it asks again") {
  Directory directory;
  Publications offers;
  const plan::Image image = directory.image("ilo5_312.bin", "firmware");
  std::set<std::string> paths;
  for (const char* host : {"web-01", "web-02", "web-01"}) {
    const auto added = offers.add(image, host, {});
    REQUIRE(added);
    CHECK(added->signature.empty());
    CHECK(added->image.size() == 1 + 32 + std::string("/ilo5_312.bin").size());
    const auto offer = offers.find(added->image);
    REQUIRE(offer);
    CHECK(bytes_of(*offer) == "firmware");
    paths.insert(added->image);
  }
  CHECK(paths.size() == 2);
}

TEST_CASE("only the exact path of an offer leads to it") {
  Directory directory;
  Publications offers;
  const std::string path = offers.add(directory.image("a.bin", "x"), "web-01", {})->image;
  const std::string token = path.substr(1, 32);
  CHECK(offers.find(path + "?time=1"));
  const std::string nowhere = "/" + std::string(32, '0') + "/a.bin";
  for (const std::string& target :
       {std::string(), std::string("/"), "/" + token, "/" + token + "/", path + "/", path + "x", "/" + path, nowhere,
        "/" + token + "/../a.bin", "/" + token + "/%2e%2e/a.bin", "/" + token.substr(1) + "/a.bin",
        "/" + token + "/a.bin%00", std::string("/etc/passwd"), std::string("/../../etc/passwd"), std::string("//a.bin"),
        "/x/" + token + "/a.bin"}) {
    CAPTURE(target);
    CHECK_FALSE(offers.find(target));
  }
}

TEST_CASE("a section of a file is offered as a whole of its own") {
  Directory directory;
  Publications offers;
  plan::Image image = directory.image("big.bin", "0123456789");
  image.offset = 4;
  image.length = 3;
  const auto offer = offers.find(offers.add(image, "web-01", {})->image);
  REQUIRE(offer);
  CHECK(offer->length == 3);
  CHECK(bytes_of(*offer) == "456");
  image.length = 7;
  CHECK(offers.add(image, "web-01", {}).error().code() == Code::image_unreadable);
}

TEST_CASE("a detached signature goes with its image, under its own name") {
  Directory directory;
  Publications offers;
  plan::Image image = directory.image("cp1.exe", "component");
  image.signature_path = directory.image("cp1_part1.compsig", "signature").path;
  const auto added = offers.add(image, "web-01", {});
  REQUIRE(added);
  CHECK(added->signature.ends_with("/cp1_part1.compsig"));
  CHECK(bytes_of(*offers.find(added->signature)) == "signature");
}

TEST_CASE("names with characters that URLs do not take come back as they were") {
  Directory directory;
  Publications offers;
  const auto added = offers.add(directory.image("U46 2.36 (1)+ü%.bin", "rom"), "web-01", {});
  REQUIRE(added);
  CHECK(added->image.find(' ') == std::string::npos);
  CHECK(offers.find(added->image));
  CHECK(image_server::percent_decoded(image_server::percent_encoded("a/b%c d\n")) == "a/b%c d\n");
  CHECK(image_server::percent_decoded("%zz").empty());
  CHECK(image_server::percent_decoded("%4").empty());
}

TEST_CASE("what is no regular file is not offered") {
  Publications offers;
  plan::Image image{.name = "x", .path = "/nonexistent/x"};
  CHECK(offers.add(image, "web-01", {}).error().code() == Code::image_unreadable);
  image.path = "/dev/zero";
  CHECK(offers.add(image, "web-01", {}).error().code() == Code::image_unreadable);
  image.path = "/";
  CHECK(offers.add(image, "web-01", {}).error().code() == Code::image_unreadable);
}

TEST_CASE("an offered file stays the one that it was when its name is given to another") {
  tests::TemporaryDirectory directory;
  const auto path = directory.path() / "a.bin";
  std::ofstream(path) << "old";
  Publications offers;
  const plan::Image image{.name = "a.bin", .path = path.string()};
  const auto offer = offers.find(offers.add(image, "web-01", {})->image);
  std::ofstream(directory.path() / "b.bin") << "evil";
  std::filesystem::rename(directory.path() / "b.bin", path);
  CHECK(bytes_of(*offer) == "old");
}

TEST_CASE("progress counts how far the BMC has come, not what it fetched twice") {
  Directory directory;
  Publications offers;
  std::vector<std::uint64_t> seen;
  const auto note = [&](std::uint64_t fetched, std::uint64_t) { seen.push_back(fetched); };
  const auto offer = offers.find(offers.add(directory.image("a.bin", "0123456789"), "web-01", note)->image);
  for (const std::uint64_t end : {4U, 8U, 2U, 6U, 10U}) offer->sent_up_to(end);
  CHECK(seen == std::vector<std::uint64_t>{4, 8, 10});
}

TEST_CASE("the host of a URL is found with and without port and brackets") {
  CHECK(image_server::host_of("https://10.0.0.1") == "10.0.0.1");
  CHECK(image_server::host_of("https://ilo.example:8443") == "ilo.example");
  CHECK(image_server::host_of("https://[fe80::1]:443/redfish") == "fe80::1");
  CHECK(image_server::host_of("ilo.example/") == "ilo.example");
}
