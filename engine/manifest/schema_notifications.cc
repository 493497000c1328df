// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: who is told what happens.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;

constexpr Shape kReceiverUrl = text(Format::catalog_url);
constexpr std::array kEvents = {
    Choice{"drift", "`drift` ends with another code than 0: hosts are not as wanted, or cannot be read."},
    Choice{"changes", "`plan` found something to do."},
    Choice{"started", "A run was started or resumed."},
    Choice{"waits", "A run waits: for a window, a soak, the work of others, or a person."},
    Choice{"succeeded", "A run ended, and every host is done or scheduled."},
    Choice{"failed", "A run ended in another way."},
};
constexpr Shape kEvent = choice("a kind of event", kEvents);
constexpr Shape kEventKinds = list("a list of kinds of events", kEvent, false);
constexpr std::array kNotificationFields = {
    Field{"url", &kReceiverUrl,
          "Where events are posted as JSON (schemas/notification.v1.schema.json). Plain http needs `policies: "
          "{insecure_tls: allow}`.",
          true},
    Field{"hmac", &kPassword,
          "Where the key comes from that events are signed with: `X-Signature: sha256=…` is the HMAC-SHA256 of the "
          "body. Not signed if not given."},
    Field{"ca_file", &kText,
          "PEM file of the authorities that are trusted for the URL; relative to the directory of the manifest. The "
          "system's if not given."},
    Field{"on", &kEventKinds, "Which events. All if not given."},
};
constexpr Shape kNotification = map("a receiver of notifications", kNotificationFields);

}  // namespace

constexpr Shape kNotifications = named("a map of receivers of notifications by name", kNotification);

}  // namespace firmform::manifest
