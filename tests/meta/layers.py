# SPDX-License-Identifier: Apache-2.0
"""Which part may include which: the one table that engine/README.md draws.

A part is a folder. Its entry names the parts and single headers whose includes it may write; what is not named is
refused. LIBRARIES names, for each third-party library that is confined, the only places that may include it.
"""

BASE = {"engine/base"}
JSON = BASE | {"engine/json"}

# What the parts below apply may see of HTTP: value types, and for recorded trees the interface that stands for a network.
HTTP_VALUES = {"engine/http/message.h"}
TRANSPORT_INTERFACE = HTTP_VALUES | {"engine/http/transport.h"}
PROVIDER_INTERFACE = {"providers/provider.h"}

PARTS = {
    "engine/base": BASE,
    "engine/json": JSON,
    "engine/version": BASE | {"engine/version"},
    "engine/http": JSON | {"engine/http"},
    "engine/manifest": JSON | HTTP_VALUES | {"engine/manifest", "engine/version"},
    "engine/inventory": JSON | TRANSPORT_INTERFACE | {"engine/inventory"},
    "engine/catalog": JSON | TRANSPORT_INTERFACE
    | {"engine/catalog", "engine/inventory", "engine/manifest", "engine/version"},
    "engine/schedule": BASE | HTTP_VALUES | {"engine/schedule", "engine/manifest"},
    "engine/solve": {"engine/solve"},
    "engine/rollout": BASE | HTTP_VALUES | {"engine/rollout", "engine/manifest"},
    "engine/plan": JSON | HTTP_VALUES | PROVIDER_INTERFACE
    | {"engine/plan", "engine/solve", "engine/rollout", "engine/catalog", "engine/inventory", "engine/manifest", "engine/schedule", "engine/version"},
    "engine/policy": JSON | HTTP_VALUES
    | {"engine/policy", "engine/manifest", "engine/plan/plan.h"},
    "engine/sign": JSON | HTTP_VALUES | {"engine/sign", "engine/manifest", "engine/plan/plan.h"},
    "engine/journal": JSON | {"engine/journal", "engine/plan", "engine/inventory"},
    "engine/apply": JSON | PROVIDER_INTERFACE
    | {"engine/apply", "engine/http", "engine/inventory", "engine/journal", "engine/manifest", "engine/plan",
       "engine/rollout", "engine/version", "providers/redfish/client.h"},
    "engine/simulate": JSON | PROVIDER_INTERFACE
    | {"engine/simulate", "engine/apply", "engine/catalog", "engine/http", "engine/inventory", "engine/journal",
       "engine/manifest", "engine/plan", "engine/rollout", "engine/schedule", "engine/version",
       "providers/redfish/client.h"},
    "engine/telemetry": JSON
    | {"engine/telemetry", "engine/http", "engine/apply/view.h", "engine/plan/plan.h"},
    "engine/image_server": BASE | {"engine/image_server", "engine/apply/image_publisher.h", "engine/plan/plan.h"},
    "engine/report": JSON | {"engine/report", "engine/apply", "engine/journal", "engine/simulate", "engine/inventory", "engine/manifest", "engine/plan",
                             "engine/version"},
    "engine/watch": JSON
    | {"engine/watch", "engine/apply/view.h", "engine/journal", "engine/manifest", "engine/plan", "engine/report"},
    "engine/notify": JSON
    | {"engine/notify", "engine/apply", "engine/http", "engine/manifest", "engine/plan", "engine/report/fleet_report.h"},
    "engine/cli": {"engine", "providers/provider.h", "providers/redfish/client.h", "tests/simulators"},
    # The interface and the table of providers stand beside the vendors' folders.
    "providers": {"engine", "providers"},
    "providers/redfish": {"engine", "providers/provider.h", "providers/redfish"},
    # A vendor builds on the standard, never on another vendor (providers/VENDOR is added for each).
    "providers/*": {"engine", "providers/provider.h", "providers/redfish"},
    "tests/simulators": JSON | {"engine/http", "tests/simulators"},
}

# Taken out of what the wider "engine" above allows.
NOT_FOR_PROVIDERS = {"engine/apply", "engine/cli", "engine/journal", "engine/report"}

LIBRARIES = {
    "CLI/": {"engine/cli"},
    "archive": {"engine/catalog", "engine/cli", "tests/simulators"},
    "boost/asio": {"engine/base", "engine/http", "engine/image_server", "engine/journal", "engine/apply", "engine/notify",
                   "engine/simulate", "engine/telemetry", "engine/watch",
                   "engine/cli", "providers",
                   "tests/simulators"},
    "boost/beast": {"engine/cli", "engine/image_server", "engine/watch", "tests/simulators"},
    "boost/graph": {"engine/plan"},
    "curl/": {"engine/http"},
    "date/": {"engine/base"},
    "openssl/": {"engine/apply", "engine/base", "engine/http", "engine/image_server", "engine/notify", "engine/sign", "tests/simulators"},
    "rapidjson/": {"engine/json"},
    "spdlog/": {"engine/cli"},
    "sqlite3": {"engine/journal"},
    "systemd/": {"engine/watch"},
    "yaml-cpp/": {"engine/manifest"},
}
