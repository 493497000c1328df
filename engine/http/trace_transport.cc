// SPDX-License-Identifier: Apache-2.0
#include "engine/http/trace_transport.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "engine/base/time_text.h"
#include "engine/http/trace_line.h"

namespace firmform::http {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStopped = "{\"stopped\":\"this host's trace is as large as it may become\"}\n";

Error unwritable(const fs::path& path, int problem) {
  return {Code::trace_unwritable, fmt::format("{}: {}", path.string(), std::strerror(problem))};
}

Status make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return fail(unwritable(path, errno));
  return {};
}

/// Names of runs sort by time.
void keep_newest(const fs::path& directory, std::size_t count) {
  std::error_code problem;
  std::vector<fs::path> runs;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, problem)) {
    if (entry.is_directory(problem) && !entry.is_symlink(problem)) runs.push_back(entry.path());
  }
  std::ranges::sort(runs, std::greater());
  for (std::size_t i = count; i < runs.size(); ++i) fs::remove_all(runs[i], problem);
}

/// What could leave the directory is escaped.
std::string as_file_name(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || (c == '.' && !name.empty());
    name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return name;
}

}  // namespace

TraceTransport::TraceTransport(std::unique_ptr<Transport> inner, Clock& clock, Redact redact, TraceOptions options)
    : inner_(std::move(inner)), clock_(clock), redact_(std::move(redact)), options_(options) {}

void TraceTransport::begin(const fs::path& directory, const std::string& run_id,
                           std::map<std::string, std::string> names, Warn warn) {
  names_ = std::move(names);
  warn_ = std::move(warn);
  Status made = make_directory(directory);
  if (made) made = make_directory(directory / as_file_name(run_id));
  if (!made) return give_up(made.error());
  keep_newest(directory, options_.kept_runs);
  directory_ = directory / as_file_name(run_id);
}

Task<Result<Response>> TraceTransport::send(Request request) {
  if (directory_.empty()) return inner_->send(std::move(request));
  return traced(std::move(request));
}

Task<Result<Response>> TraceTransport::traced(Request request) {
  const std::string url = request.endpoint->url;
  json::Object line{{"time", to_rfc3339(clock_.now())}};
  for (json::Member& member : trace_of(request, redact_, options_.max_body_bytes)) {
    line.append(std::move(member.key), std::move(member.value));
  }
  const SteadyTime begin = clock_.steady_now();
  Result<Response> response = co_await inner_->send(std::move(request));
  line.append("duration_ms", std::int64_t{(clock_.steady_now() - begin).count()});
  for (json::Member& member : trace_of(response, redact_, options_.max_body_bytes)) {
    line.append(std::move(member.key), std::move(member.value));
  }
  write(url, line);
  co_return response;
}

void TraceTransport::write(const std::string& url, const json::Value& line) {
  if (directory_.empty()) return;
  const Status written = append(directory_ / (file_name(url) + ".jsonl"), json::dump(line) + "\n");
  if (!written) give_up(written.error());
}

Status TraceTransport::append(const fs::path& path, const std::string& text) {
  if (full_.contains(path)) return {};
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const int file = ::open(path.c_str(), kFlags, S_IRUSR | S_IWUSR);
  if (file < 0) return fail(unwritable(path, errno));
  struct stat facts{};
  ::fstat(file, &facts);
  std::string_view rest = text;
  if (static_cast<std::uint64_t>(facts.st_size) + text.size() > options_.max_bytes_per_host) {
    rest = kStopped;
    full_.insert(path);
  }
  int problem = 0;
  while (!rest.empty() && problem == 0) {
    const ssize_t count = ::write(file, rest.data(), rest.size());
    if (count >= 0) rest.remove_prefix(static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) problem = errno;
  }
  ::close(file);
  if (problem != 0) return fail(unwritable(path, problem));
  return {};
}

std::string TraceTransport::file_name(const std::string& url) const {
  const auto name = names_.find(url);
  return as_file_name(name == names_.end() ? url : name->second);
}

void TraceTransport::give_up(const Error& error) {
  directory_.clear();
  if (warn_) warn_(error);
}

}  // namespace firmform::http
