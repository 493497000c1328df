// SPDX-License-Identifier: Apache-2.0
// A mirror inside of the test: files by path, with byte ranges, and faults.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/http/transport.h"

namespace firmform::catalog {

class MirrorSite final : public http::Transport {
 public:
  std::map<std::string, std::string> files;  ///< by path
  std::string etag = "\"1\"";
  std::string content_type = "application/octet-stream";
  bool knows_ranges = true;
  int broken_requests = 0;                                        ///< so many more end without an answer
  std::optional<std::size_t> fails_after;                         ///< requests from this one on end without an answer
  std::optional<http::Response> answers_with;                     ///< whatever is asked for
  std::optional<std::pair<std::size_t, std::string>> changes_at;  ///< from this request on, all files are this
  std::vector<http::Request> requests;

  Task<Result<http::Response>> send(http::Request request) override {
    requests.push_back(request);
    if (broken_requests > 0 || (fails_after && requests.size() > *fails_after)) {
      --broken_requests;
      co_return fail(Code::connection_lost, "the connection broke");
    }
    http::Response made = answer(request);
    if (made.body.size() > request.max_response_bytes) co_return fail(Code::reply_too_large, "the reply is too large");
    co_return made;
  }

  [[nodiscard]] std::size_t bytes_sent() const { return bytes_sent_; }

 private:
  http::Response answer(const http::Request& request) {
    if (answers_with) return *answers_with;
    const auto file = files.find(request.target);
    if (file == files.end()) return response(404, "no such file");
    std::string content = file->second;
    std::string tag = etag;
    if (changes_at && requests.size() >= changes_at->first) {
      content = changes_at->second;
      tag = "\"2\"";
    }
    const auto range = request.headers.find("Range");
    const auto condition = request.headers.find("If-Range");
    if (!range || !knows_ranges || (condition && *condition != tag)) return response(200, content);
    return part(content, std::string(*range));
  }

  http::Response part(const std::string& content, const std::string& range) {
    std::size_t first = 0;
    std::size_t last = 0;
    if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) != 2 || first >= content.size()) {
      return response(416, "");
    }
    last = std::min(last, content.size() - 1);
    http::Response made = response(206, content.substr(first, last - first + 1));
    made.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", first, last, content.size()));
    return made;
  }

  http::Response response(int status, std::string body) {
    bytes_sent_ += body.size();
    http::Response made;
    made.status = status;
    made.headers.add("Content-Type", content_type);
    if (!etag.empty()) made.headers.add("ETag", etag);
    made.body = std::move(body);
    return made;
  }

  std::size_t bytes_sent_ = 0;
};

/// Runs a coroutine to its end.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context loop;
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr problem, T value) {
    if (problem) std::rethrow_exception(problem);
    result.emplace(std::move(value));
  });
  loop.run();
  return std::move(*result);
}

}  // namespace firmform::catalog
