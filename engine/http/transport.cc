// SPDX-License-Identifier: Apache-2.0
#include "engine/http/transport.h"

#include <algorithm>
#include <array>

namespace firmform::http {

bool was_not_sent(Code code) {
  constexpr std::array kBeforeTheFirstByte{
      Code::name_not_resolved,   Code::connection_refused, Code::connect_timeout,  Code::tls_untrusted,
      Code::tls_wrong_name,      Code::tls_wrong_pin,      Code::tls_failed,       Code::ca_file_unreadable,
      Code::bad_request_address, Code::tls_bad_pin,        Code::image_unreadable,
  };
  return std::ranges::find(kBeforeTheFirstByte, code) != kBeforeTheFirstByte.end();
}

}  // namespace firmform::http
