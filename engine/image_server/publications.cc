// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/publications.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/base/digest.h"

namespace firmform::image_server {
namespace {

constexpr std::size_t kTokenBytes = 16;

std::string random_token() {
  std::array<unsigned char, kTokenBytes> bytes{};
  // Without random bits paths could be guessed; OpenSSL ends the process rather than hand out none.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) OPENSSL_die("no random bytes", __FILE__, __LINE__);
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Error unreadable(const std::string& path, std::string_view why) {
  return {Code::image_unreadable, fmt::format("cannot open {}: {}", path, why)};
}

bool same_token(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

Result<std::shared_ptr<const File>> File::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return fail(unreadable(path, std::strerror(errno)));
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(descriptor);
    return fail(unreadable(path, "it is not a regular file"));
  }
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  std::string identity =
      fmt::format("{:x}-{:x}-{:x}.{:x}", facts.st_dev, facts.st_ino, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
  return std::make_shared<const File>(descriptor, static_cast<std::uint64_t>(facts.st_size), std::move(identity));
}

File::File(int descriptor, std::uint64_t size, std::string identity)
    : descriptor_(descriptor), size_(size), identity_(std::move(identity)) {}

File::~File() {
  ::close(descriptor_);
}

std::size_t File::read(char* buffer, std::size_t count, std::uint64_t offset) const {
  for (;;) {
    const ssize_t got = ::pread(descriptor_, buffer, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
}

void File::expect(std::uint64_t offset, std::uint64_t count) const {
  ::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(count), POSIX_FADV_WILLNEED);
}

void Offer::sent_up_to(std::uint64_t end) {
  if (end <= fetched) return;
  fetched = end;
  if (on_fetch) on_fetch(fetched, length);
}

Result<Publications::Paths> Publications::add(const plan::Image& image, const std::string& host,
                                              apply::OnFetch on_fetch) {
  Paths paths;
  auto path = add_part({image.path, image.name, image.offset, image.length}, host, std::move(on_fetch));
  if (!path) return fail(path.error());
  paths.image = std::move(*path);
  if (image.signature_path.empty()) return paths;
  const std::string name = std::filesystem::path(image.signature_path).filename().string();
  auto signature = add_part({image.signature_path, name, 0, 0}, host, {});
  if (!signature) return fail(signature.error());
  paths.signature = std::move(*signature);
  return paths;
}

Result<std::string> Publications::add_part(const Part& part, const std::string& host, apply::OnFetch on_fetch) {
  const auto file = open_shared(part.path);
  if (!file) return fail(file.error());
  const std::uint64_t size = (*file)->size();
  const std::uint64_t length = part.length > 0 ? part.length : size - std::min(size, part.offset);
  if (part.offset > size || length > size - part.offset) {
    return fail(Code::image_unreadable, fmt::format("{} has {} bytes, fewer than planned", part.path, size));
  }
  const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}", host, part.path, part.name, part.offset, length);
  std::shared_ptr<Offer>& offer = offers_[key];
  if (!offer) {
    offer = std::make_shared<Offer>();
    offer->token = random_token();
    offer->name = part.name;
    offer->offset = part.offset;
    offer->length = length;
  }
  offer->file = *file;
  offer->etag = fmt::format("\"{}\"", sha256_hex((*file)->identity() + key).substr(0, 32));
  offer->on_fetch = std::move(on_fetch);
  offer->fetched = 0;
  return fmt::format("/{}/{}", offer->token, percent_encoded(part.name));
}

Result<std::shared_ptr<const File>> Publications::open_shared(const std::string& path) {
  auto file = File::open(path);
  if (!file) return file;
  std::weak_ptr<const File>& known = files_[path];
  if (auto open = known.lock(); open && open->identity() == (*file)->identity()) return open;
  known = *file;
  return file;
}

std::shared_ptr<Offer> Publications::find(std::string_view target) const {
  target = target.substr(0, target.find('?'));
  if (!target.starts_with('/')) return nullptr;
  const std::size_t slash = target.find('/', 1);
  if (slash == std::string_view::npos) return nullptr;
  const std::string_view token = target.substr(1, slash - 1);
  const std::string name = percent_decoded(target.substr(slash + 1));
  std::shared_ptr<Offer> found;
  for (const auto& [key, offer] : offers_) {
    if (same_token(offer->token, token)) found = offer;
  }
  return found && found->name == name ? found : nullptr;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return {};
    decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return decoded;
}

}  // namespace firmform::image_server
