// SPDX-License-Identifier: Apache-2.0
#include "engine/base/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace firmform {

Secret::Secret(std::string text) : text_(std::move(text)) {}

Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = other.text_;
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

}  // namespace firmform
