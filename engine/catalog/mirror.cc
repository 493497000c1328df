// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/mirror.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "engine/base/text.h"
#include "engine/catalog/file_writing.h"
#include "engine/catalog/image_cache.h"
#include "engine/catalog/image_kind.h"
#include "engine/catalog/image_url.h"
#include "engine/catalog/package_archive.h"
#include "engine/catalog/sections.h"

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;
using http::Response;

constexpr std::uint64_t kLookBytes = 512;
constexpr std::uint64_t kChunkBytes = std::uint64_t{8} << 20U;
constexpr std::size_t kCompanionBytes = std::size_t{1} << 20U;
constexpr std::size_t kIndexBytes = std::size_t{16} << 20U;
/// A mirror that knows no ranges sends the whole file at once, through memory.
constexpr std::uint64_t kWholeBytes = std::uint64_t{512} << 20U;
constexpr int kAttempts = 3;

/// "text/html; charset=utf-8" is "text/html".
std::string_view type_of(const Response& response) {
  const std::string_view type = response.headers.find("Content-Type").value_or("");
  return trim(type.substr(0, type.find(';')));
}

bool is_html(const Response& response) {
  if (equals_ignoring_case(type_of(response), "text/html")) return true;
  const std::string start = to_lower(trim(std::string_view(response.body).substr(0, kLookBytes)));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

/// The first bytes: as text where they are text.
std::string start_of(std::string_view body) {
  constexpr std::size_t kText = 80;
  constexpr std::size_t kBytes = 16;
  const auto is_text = [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; };
  const std::string_view start = body.substr(0, kText);
  if (std::ranges::all_of(start, is_text)) return fmt::format("\"{}\"", printable(start));
  std::string bytes = "the bytes";
  for (const char c : body.substr(0, kBytes)) bytes += fmt::format(" {:02x}", static_cast<unsigned char>(c));
  return bytes;
}

/// The error for an answer that is not what was asked for, with enough of it to see what it is.
Error wrong_answer(const MirrorFile& file, const Response& response, std::string_view what) {
  Error error(Code::mirror_failed, fmt::format("{} of the mirror {}: {}", file.name, origin_of_url(file.url), what));
  error = error.with_note(fmt::format("asked for {}", file.url))
              .with_note(fmt::format("answer: HTTP {}, {}", response.status,
                                     type_of(response).empty() ? "no Content-Type" : printable(type_of(response))));
  if (const auto place = response.headers.find("Location")) {
    error = error.with_note(fmt::format("it points to {}", printable(*place)))
                .with_help("Give the place that it points to as `url:`; redirects are not followed.");
  }
  if (response.body.empty()) return error;
  return error.with_note("it begins with " + start_of(response.body));
}

Error no_answer(const MirrorFile& file, const Error& cause, std::size_t max_bytes) {
  const std::string mirror = fmt::format("the mirror {}", origin_of_url(file.url));
  if (cause.code() == Code::reply_too_large) {
    return Error(Code::mirror_failed,
                 fmt::format("{} sends more than {} MiB at once for {}", mirror, max_bytes >> 20U, file.name))
        .with_note(fmt::format("asked for {}", file.url))
        .with_note("It does that when it knows no byte ranges, or when the file changed while it was fetched.");
  }
  return Error(Code::mirror_failed, mirror + " does not answer")
      .with_note(fmt::format("asked for {}", file.url))
      .with_note(cause.one_line());
}

std::string status_in_words(int status) {
  if (status == 404 || status == 410) return "it has no such file";
  if (status == 401 || status == 403) return "it does not let us in";
  if (status >= 300 && status < 400) return "it redirects";
  return fmt::format("it answers HTTP {}", status);
}

struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t total = 0;
};

bool take_number(std::string_view& text, std::uint64_t& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// "bytes 0-511/33554432"
std::optional<ContentRange> content_range(const Response& response) {
  std::string_view text = trim(response.headers.find("Content-Range").value_or(""));
  ContentRange range;
  const bool good = take(text, "bytes ") && take_number(text, range.first) && take(text, "-") &&
                    take_number(text, range.last) && take(text, "/") && take_number(text, range.total) && text.empty();
  return good && range.first <= range.last && range.last < range.total ? std::optional(range) : std::nullopt;
}

/// What proves that later ranges are of the same file. Weak ETags do not.
std::string validator_of(const Response& response) {
  const std::string_view tag = response.headers.find("ETag").value_or("");
  if (!tag.empty() && !tag.starts_with("W/")) return std::string(tag);
  return std::string(response.headers.find("Last-Modified").value_or(""));
}

http::Headers range_header(std::uint64_t first, std::uint64_t last, const std::string& validator) {
  http::Headers headers;
  headers.add("Range", fmt::format("bytes={}-{}", first, last));
  if (!validator.empty()) headers.add("If-Range", validator);
  return headers;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code problem;
  const std::uintmax_t size = fs::file_size(path, problem);
  return problem ? 0 : size;
}

void discard(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

Status check_size(const MirrorFile& file, const Response& response, std::uint64_t size) {
  if (size == 0) return fail(wrong_answer(file, response, "the file is empty"));
  if (!file.pin || file.pin->size == size) return {};
  return fail(wrong_answer(file, response,
                           fmt::format("it has {} bytes there, and {} in firmform.lock", size, file.pin->size)));
}

/// The answer to a look: a part of the file with its size, or the file itself.
Result<std::uint64_t> size_from(const MirrorFile& file, const Response& response) {
  if (response.status != 200 && response.status != 206) {
    return fail(wrong_answer(file, response, status_in_words(response.status)));
  }
  if (is_html(response)) return fail(wrong_answer(file, response, "it answers with a web page"));
  std::uint64_t size = response.body.size();
  if (response.status == 206) {
    const auto range = content_range(response);
    if (!range || range->first != 0) return fail(wrong_answer(file, response, "it sends another range than asked for"));
    size = range->total;
  }
  if (const Status good = check_size(file, response, size); !good) return fail(good.error());
  return size;
}

Status check_chunk(const MirrorFile& file, const Response& response, const ContentRange& asked) {
  if (response.status == 200) return fail(wrong_answer(file, response, "the file changed while it was fetched"));
  if (response.status != 206) return fail(wrong_answer(file, response, status_in_words(response.status)));
  const auto range = content_range(response);
  const bool same = range && range->first == asked.first && range->last == asked.last && range->total == asked.total;
  if (!same) return fail(wrong_answer(file, response, "it sends another range than asked for"));
  if (response.body.size() == asked.last - asked.first + 1) return {};
  return fail(wrong_answer(file, response, "it sends fewer bytes than it says"));
}

Error differs_from_pin(const MirrorFile& file, const FileDigest& digest) {
  return Error(Code::image_lock_differs, fmt::format("{} of the mirror is not the one in {}", file.name, kLockFile))
      .with_note(fmt::format("locked: {}, {} bytes", file.pin->sha256, file.pin->size))
      .with_note(fmt::format("fetched: {}, {} bytes", digest.sha256, digest.size))
      .with_help("Find out why it changed; if the new file is meant, run `firmform catalog lock -update`.");
}

/// Judges what was fetched, and gives it its place in the cache.
Result<FetchedFile> take_in(const MirrorFile& file, const fs::path& partial, const fs::path& cache) {
  const Result<FileDigest> digest = digest_file(partial);
  if (!digest) return fail(digest.error());
  if (file.pin && file.pin->sha256 != digest->sha256) {
    discard(partial);
    return fail(differs_from_pin(file, *digest));
  }
  const Result<fs::path> place = keep(cache, partial, digest->sha256, file.name);
  if (!place) return fail(place.error());
  return FetchedFile{*place, *digest};
}

/// The name of the metadata file of a package that holds none itself; empty when it needs none.
std::string metadata_name(const FetchedFile& fetched) {
  const Result<std::optional<std::string>> payload = read_payload(fetched.path);
  const bool inside = !payload || payload->has_value();
  return inside ? std::string() : fetched.path.filename().replace_extension(".json").string();
}

std::vector<std::string> companion_names(const FetchedFile& fetched) {
  const std::string name = fetched.path.filename().string();
  switch (kind_of(name).format) {
    case ImageFormat::raw:
      return {};
    case ImageFormat::fwpkg: {
      const std::string metadata = metadata_name(fetched);
      return metadata.empty() ? std::vector<std::string>{} : std::vector{metadata};
    }
    case ImageFormat::smart_component:
      return signature_names(name, fetched.digest.size);
  }
  return {};
}

/// The URL of a file beside another.
std::string beside(const std::string& url, const std::string& name) {
  const std::string base = url.substr(0, url.find_first_of("?#"));
  return join_url(base.substr(0, base.rfind('/') + 1), name);
}

}  // namespace

std::shared_ptr<const http::Endpoint> Mirror::endpoint(const MirrorFile& file) {
  const std::string origin(origin_of_url(file.url));
  const std::string key = origin + "\n" + (file.tls.ca_file ? file.tls.ca_file->string() : std::string());
  auto& known = endpoints_[key];
  if (!known) known = std::make_shared<const http::Endpoint>(http::Endpoint{.url = origin, .tls = file.tls});
  return known;
}

Task<Result<Response>> Mirror::get(MirrorFile file, http::Headers headers, std::size_t max_bytes) {
  http::Request request{.endpoint = endpoint(file),
                        .target = target_of_url(file.url),
                        .headers = std::move(headers),
                        .max_response_bytes = max_bytes};
  request.deadlines.total = std::chrono::minutes(30);
  std::optional<Error> cause;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<Response> response = co_await transport_.send(request);
    if (response) co_return std::move(*response);
    cause = response.error();
    if (cause->code() == Code::reply_too_large || http::was_not_sent(cause->code())) break;
  }
  co_return fail(no_answer(file, *cause, max_bytes));
}

Task<Result<Mirror::Source>> Mirror::look_at(MirrorFile file) {
  Result<Response> response = co_await get(file, range_header(0, kLookBytes - 1, {}), kWholeBytes);
  if (!response) co_return fail(response.error());
  const Result<std::uint64_t> size = size_from(file, *response);
  if (!size) co_return fail(size.error());
  Source source{.size = *size, .validator = validator_of(*response)};
  source.partial = partial_path(cache_, fmt::format("{}\n{}\n{}", file.url, source.validator, source.size));
  const bool resumable = response->status == 206 && !source.validator.empty();
  if (!resumable || size_of(source.partial) > source.size) discard(source.partial);
  if (response->status == 200) {
    const Status written = append_bytes(source.partial, response->body);
    if (!written) co_return fail(written.error());
  }
  co_return source;
}

Task<Status> Mirror::complete(MirrorFile file, Source source) {
  std::uint64_t have = size_of(source.partial);
  while (have < source.size) {
    const ContentRange wanted{have, std::min(have + kChunkBytes, source.size) - 1, source.size};
    Result<Response> response =
        co_await get(file, range_header(wanted.first, wanted.last, source.validator), kChunkBytes);
    if (!response) co_return fail(response.error());
    const Status good = check_chunk(file, *response, wanted);
    if (!good) co_return good;
    const Status written = append_bytes(source.partial, response->body);
    if (!written) co_return written;
    have += response->body.size();
  }
  co_return Status();
}

Task<Result<bool>> Mirror::fetch_companion(MirrorFile companion, fs::path path) {
  Result<Response> response = co_await get(companion, {}, kCompanionBytes);
  if (!response) co_return fail(response.error());
  if (response->status == 404) co_return false;
  if (response->status != 200) {
    co_return fail(wrong_answer(companion, *response, status_in_words(response->status)));
  }
  if (is_html(*response)) co_return fail(wrong_answer(companion, *response, "it answers with a web page"));
  const Status written = replace_file(path, response->body);
  if (!written) co_return fail(written.error());
  co_return true;
}

Task<Status> Mirror::fetch_companions(MirrorFile file, FetchedFile fetched) {
  for (const std::string& name : companion_names(fetched)) {
    const MirrorFile companion{.url = beside(file.url, name), .name = name, .tls = file.tls};
    const Result<bool> there = co_await fetch_companion(companion, fetched.path.parent_path() / name);
    if (!there) co_return fail(there.error());
    // Without one, the others are of no use; what is missing is told when the image is read.
    if (!*there) break;
  }
  co_return Status();
}

Task<Result<FetchedFile>> Mirror::fetch(MirrorFile file) {
  const Result<Source> source = co_await look_at(file);
  if (!source) co_return fail(source.error());
  const Status whole = co_await complete(file, *source);
  if (!whole) co_return fail(whole.error());
  const Result<FetchedFile> fetched = take_in(file, source->partial, cache_);
  if (!fetched) co_return fail(fetched.error());
  const Status accompanied = co_await fetch_companions(file, *fetched);
  if (!accompanied) co_return fail(accompanied.error());
  co_return *fetched;
}

Task<Result<std::optional<std::vector<IndexedImage>>>> Mirror::read_index(std::string base, http::TlsOptions tls) {
  if (!base.ends_with('/')) base += '/';
  const MirrorFile index{
      .url = base + std::string(kRepositoryIndex), .name = std::string(kRepositoryIndex), .tls = tls};
  Result<Response> response = co_await get(index, {}, kIndexBytes);
  if (!response) co_return fail(response.error());
  if (response->status == 404) co_return std::nullopt;
  if (response->status != 200) co_return fail(wrong_answer(index, *response, status_in_words(response->status)));
  if (is_html(*response)) co_return fail(wrong_answer(index, *response, "it answers with a web page"));
  Result<std::vector<IndexedImage>> images = parse_repository_index(response->body);
  if (!images) co_return fail(images.error());
  co_return std::optional(std::move(*images));
}

}  // namespace firmform::catalog
