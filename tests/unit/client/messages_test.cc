// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/messages.h"

#include <catch2/catch.hpp>

#include "providers/redfish/links.h"

namespace firmform::redfish {
namespace {

std::vector<Message> messages_in(const std::string& text) {
  return messages(*json::parse(text));
}

std::string words(const std::string& text) {
  return readable(messages_in(text));
}

}  // namespace

TEST_CASE("an error with everything in it becomes one readable line") {
  REQUIRE(words(R"({"error":{"code":"Base.1.8.GeneralError","message":"A general error has occurred.",
      "@Message.ExtendedInfo":[{"MessageId":"Base.1.8.ResourceInUse","Message":"It is in use.",
      "Resolution":"Remove the condition and resubmit.","MessageSeverity":"Warning"}]}})") ==
          "Base.1.8.ResourceInUse: It is in use. (Remove the condition and resubmit.)");
}

TEST_CASE("ExtendedInfo is found as a list, as an object, and without an error around it") {
  for (const std::string text : {
           R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"A.1.0.B"}]}})",
           R"({"error":{"@Message.ExtendedInfo":{"MessageId":"A.1.0.B"}}})",
           R"({"@Message.ExtendedInfo":[{"MessageId":"A.1.0.B"}]})",
           R"({"@Message.ExtendedInfo":{"MessageId":"A.1.0.B"}})",
           R"({"Messages":[{"MessageID":"A.1.0.B"}],"Type":"ExtendedError.1.0.0"})",
       }) {
    CAPTURE(text);
    const auto found = messages_in(text);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].id == "A.1.0.B");
  }
}

TEST_CASE("an error without details gives its code and message") {
  REQUIRE(words(R"({"error":{"code":"Base.1.0.GeneralError","message":"Not now"}})") ==
          "Base.1.0.GeneralError: Not now");
}

TEST_CASE("arguments are filled in, whether text came with the message or from our table") {
  REQUIRE(words(R"({"@Message.ExtendedInfo":[{"MessageId":"X.1.A","Message":"%1 and %2 and %3",
      "MessageArgs":["one",2]}]})") == "X.1.A: one and 2 and ?");
  REQUIRE(words(R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Base.1.18.ResourceMissingAtURI",
      "MessageArgs":["/redfish/v1/TaskService/Tasks/9"]}]}})") ==
          "Base.1.18.ResourceMissingAtURI: there is nothing at /redfish/v1/TaskService/Tasks/9");
}

TEST_CASE("an unknown bare id is shown with its arguments") {
  REQUIRE(words(R"({"@Message.ExtendedInfo":[{"MessageId":"New.1.0.Thing","MessageArgs":["x"]}]})") ==
          "New.1.0.Thing 'x'");
}

TEST_CASE("a resolution of None is not worth reading, and what is said twice is shown once") {
  REQUIRE(words(R"({"@Message.ExtendedInfo":[{"MessageId":"A.B","Message":"m","Resolution":"None."},
      {"MessageId":"A.B","Message":"m","Resolution":"None"}]})") == "A.B: m");
}

TEST_CASE("device text cannot drive the terminal") {
  const std::string text = words("{\"@Message.ExtendedInfo\":[{\"MessageId\":\"A\",\"Message\":\"\\u001b[2Jx\"}]}");
  REQUIRE(text.find('\x1b') == std::string::npos);
}

TEST_CASE("bodies of any shape are looked at without harm") {
  for (const std::string text : {"null", "[]", "7", R"({"error":"no"})", R"({"error":{"@Message.ExtendedInfo":"x"}})",
                                 R"({"@Message.ExtendedInfo":[1,null,[]]})"}) {
    CAPTURE(text);
    REQUIRE(words(text).empty());
  }
}

TEST_CASE("links to the same resource are equal whatever their case, slash and host") {
  REQUIRE(same_link("/redfish/v1/Systems/1/", "/redfish/v1/systems/1"));
  REQUIRE(same_link("https://x/redfish/v1/Systems/1", "/redfish/v1/Systems/1"));
  REQUIRE_FALSE(same_link("/redfish/v1/Systems/1", "/redfish/v1/Systems/11"));
}

TEST_CASE("the path of a link is safe for a request line") {
  REQUIRE(path_of("/a b\r\nX: y/ü") == "/a%20b%0D%0AX:%20y/%C3%BC");
  REQUIRE(path_of("//host/a?b=c#d") == "/a?b=c");
  REQUIRE(path_of("https://host") == "/");
  REQUIRE(path_of("") == "/");
  REQUIRE(path_of("redfish/v1") == "/redfish/v1");
  REQUIRE(path_of("/a?url=http://x/y") == "/a?url=http://x/y");
}

}  // namespace firmform::redfish
