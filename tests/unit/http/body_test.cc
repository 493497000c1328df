// SPDX-License-Identifier: Apache-2.0
#include "engine/http/body.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_directory.h"

namespace firmform::http {
namespace {

/// A file that lives as long as the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) { std::ofstream(path(), std::ios::binary) << content; }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "image"; }

 private:
  tests::TemporaryDirectory directory_;
};

std::string boundary_of(const EncodedBody& body) {
  return body.content_type.substr(body.content_type.find('=') + 1);
}

}  // namespace

TEST_CASE("a body without content has no bytes and no type") {
  const auto body = encode(Body());
  REQUIRE(body);
  REQUIRE(body->bytes.empty());
  REQUIRE(body->content_type.empty());
}

TEST_CASE("a form keeps the order of its parts and gives each exactly the headers it asks for") {
  const TemporaryFile image(std::string("\0\1\2", 3));
  Form form;
  form.push_back({"parameters", "", "application/json", std::string("{}")});
  form.push_back({"file", "image.xml", "", FileBody{image.path()}});
  const auto body = encode(Body(form));
  REQUIRE(body);
  const std::string mark = "--" + boundary_of(*body);
  const std::string expected = mark +
                               "\r\nContent-Disposition: form-data; name=\"parameters\"\r\nContent-Type: "
                               "application/json\r\n\r\n{}\r\n" +
                               mark +
                               "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"image.xml\"\r\n\r\n" +
                               std::string("\0\1\2", 3) + "\r\n" + mark + "--\r\n";
  REQUIRE(body->bytes == expected);
}

TEST_CASE("names in a form cannot break out of their quotes") {
  Form form;
  form.push_back({"a\"; x=\"y", "b\r\nEvil: 1", "", std::string("v")});
  const auto body = encode(Body(form));
  REQUIRE(body);
  REQUIRE(body->bytes.find("name=\"a%22; x=%22y\"; filename=\"b%0D%0AEvil: 1\"") != std::string::npos);
}

TEST_CASE("a reader gives the same bytes in pieces of any size, and as many as it announced") {
  const TemporaryFile image(std::string(1000, 'i'));
  Form form;
  form.push_back({"a", "", "", std::string("text")});
  form.push_back({"b", "b.bin", "application/octet-stream", FileBody{image.path()}});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{999}, std::size_t{65536}}) {
    auto reader = BodyReader::open(Body(form));
    REQUIRE(reader);
    std::string all;
    std::string buffer(piece, '\0');
    for (;;) {
      const auto count = reader->read(buffer.data(), piece);
      REQUIRE(count);
      if (*count == 0) break;
      all.append(buffer, 0, *count);
    }
    REQUIRE(all.size() == reader->size());
    REQUIRE(all.find(std::string(1000, 'i')) != std::string::npos);
  }
}

TEST_CASE("a file that is not there fails before anything is sent") {
  const auto reader = BodyReader::open(FileBody{"/nonexistent/image.bin"});
  REQUIRE_FALSE(reader);
  REQUIRE(reader.error().code() == Code::image_unreadable);
  REQUIRE_FALSE(BodyReader::open(FileBody{"/"}));
}

TEST_CASE("a file that shrinks while it is sent is an error, not a shorter body") {
  const TemporaryFile image(std::string(100000, 'x'));
  auto reader = BodyReader::open(FileBody{image.path()});
  REQUIRE(reader);
  std::filesystem::resize_file(image.path(), 10);
  std::string buffer(100000, '\0');
  REQUIRE_FALSE(reader->read(buffer.data(), buffer.size()));
}

}  // namespace firmform::http
