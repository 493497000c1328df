// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/otlp_json.h"

#include <charconv>

#include "engine/base/text.h"
#include "engine/json/value.h"

namespace firmform::telemetry {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::uint32_t kSampled = 0x001;
constexpr std::uint32_t kKnowsRemote = 0x100;
constexpr std::uint32_t kParentIsRemote = 0x200;

Value value_json(const Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute.value)) return Object{{"stringValue", printable(*text)}};
  if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
    return Object{{"intValue", std::to_string(*number)}};
  }
  return Object{{"boolValue", std::get<bool>(attribute.value)}};
}

Array attributes_json(const Attributes& attributes) {
  Array result;
  result.reserve(attributes.size());
  for (const Attribute& attribute : attributes) {
    result.push_back(Object{{"key", attribute.key}, {"value", value_json(attribute)}});
  }
  return result;
}

Array events_json(const std::vector<SpanEvent>& events) {
  Array result;
  for (const SpanEvent& event : events) {
    Object object{{"timeUnixNano", std::to_string(event.time)}, {"name", printable(event.name)}};
    if (!event.attributes.empty()) object.append("attributes", attributes_json(event.attributes));
    result.push_back(std::move(object));
  }
  return result;
}

Object status_json(const Span& span) {
  Object object;
  if (!span.status_message.empty()) object.append("message", printable(span.status_message));
  if (span.status != SpanStatus::unset) object.append("code", static_cast<int>(span.status));
  return object;
}

Value span_json(const Span& span, const std::string& trace_state) {
  Object object{{"traceId", to_hex(span.trace)}, {"spanId", to_hex(span.id)}};
  if (!trace_state.empty()) object.append("traceState", trace_state);
  if (span.parent) object.append("parentSpanId", to_hex(*span.parent));
  const std::uint32_t flags = kSampled | kKnowsRemote | (span.parent_is_remote ? kParentIsRemote : 0U);
  object.append("flags", std::int64_t{flags});
  object.append("name", printable(span.name));
  object.append("kind", static_cast<int>(span.kind));
  object.append("startTimeUnixNano", std::to_string(span.start));
  object.append("endTimeUnixNano", std::to_string(span.end));
  if (!span.attributes.empty()) object.append("attributes", attributes_json(span.attributes));
  if (!span.events.empty()) object.append("events", events_json(span.events));
  if (span.dropped_events > 0) object.append("droppedEventsCount", std::int64_t{span.dropped_events});
  object.append("status", status_json(span));
  return object;
}

}  // namespace

std::string to_otlp_json(std::span<const Span> spans, const Origin& origin) {
  Array list;
  list.reserve(spans.size());
  for (const Span& span : spans) list.push_back(span_json(span, origin.trace_state));
  Object scope_spans{{"scope", Object{{"name", "firmform"}, {"version", origin.version}}}, {"spans", std::move(list)}};
  Object resource_spans{{"resource", Object{{"attributes", attributes_json(origin.resource)}}},
                        {"scopeSpans", Array{std::move(scope_spans)}}};
  return json::dump(Object{{"resourceSpans", Array{std::move(resource_spans)}}});
}

std::uint64_t rejected_spans(std::string_view response) {
  const auto parsed = json::parse(response, {.max_bytes = 1U << 16U, .max_depth = 16, .max_values = 1000});
  if (!parsed) return 0;
  const Value& rejected = (*parsed)["partialSuccess"]["rejectedSpans"];
  if (const auto number = rejected.as_int()) return *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
  std::uint64_t count = 0;
  if (const std::string* digits = rejected.as_string()) {
    std::from_chars(digits->data(), digits->data() + digits->size(), count);
  }
  return count;
}

}  // namespace firmform::telemetry
