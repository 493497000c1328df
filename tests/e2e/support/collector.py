# SPDX-License-Identifier: Apache-2.0
"""A collector of OpenTelemetry traces, and a checker that was written from the protocol's definition alone.

Sources: opentelemetry-proto (trace/v1/trace.proto, common/v1/common.proto, collector/trace/v1) and the section "JSON
Protobuf Encoding" of the OTLP specification. A receiver would ignore unknown fields; here they are errors, for they
would be misspelt.
"""

import http.server
import json
import re
import ssl
import subprocess
import threading
import time


class Collector:
    """Takes POSTs on 127.0.0.1. `status` and `delay` may be changed at any time."""

    def __init__(self, certificate=None, status=200, delay=0, answer=b"{}"):
        self.requests = []  # (path, headers, body as bytes)
        self.status = status
        self.delay = delay
        self.answer = answer
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                time.sleep(outer.delay)
                try:
                    self.send_response(outer.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(outer.answer)))
                    self.end_headers()
                    self.wfile.write(outer.answer)
                except OSError:
                    pass  # the client did not wait

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if certificate is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def spans(self):
        """All spans received, checked."""
        return [span for _, headers, body in self.requests for span in check_request(headers, body)]


def make_certificate(directory):
    """(certificate, key) for 127.0.0.1, signed by itself."""
    certificate, key = directory / "server.pem", directory / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


class Malformed(AssertionError):
    pass


def need(condition, what):
    if not condition:
        raise Malformed(what)


def fields(value, what, required, optional=()):
    need(isinstance(value, dict), f"{what} is no object: {value!r}")
    for key in required:
        need(key in value, f"{what} has no {key}")
    for key in value:
        need(key in required or key in optional, f"{what} has an unknown field {key}")


def text(value, what):
    need(isinstance(value, str), f"{what} is no text: {value!r}")
    return value


def unsigned(value, what, bits):
    """fixed64 and the like are decimal texts, smaller numbers are numbers."""
    if bits == 64:
        need(isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]*", value), f"{what} is no decimal text: {value!r}")
    else:
        need(isinstance(value, int) and not isinstance(value, bool), f"{what} is no number: {value!r}")
    need(0 <= int(value) < 2**bits, f"{what} is out of range")
    return int(value)


def any_value(value, what):
    fields(value, what, (), ("stringValue", "boolValue", "intValue", "doubleValue"))
    need(len(value) == 1, f"{what} has not one value")
    kind, content = next(iter(value.items()))
    if kind == "stringValue":
        return text(content, what)
    if kind == "boolValue":
        need(isinstance(content, bool), f"{what} is no boolean")
        return content
    if kind == "intValue":
        need(isinstance(content, str) and re.fullmatch(r"-?[0-9]+", content), f"{what} is no decimal text")
        need(-2**63 <= int(content) < 2**63, f"{what} is out of range")
        return int(content)
    need(isinstance(content, (int, float)), f"{what} is no number")
    return content


def attributes(value, what):
    need(isinstance(value, list), f"{what} is no list")
    result = {}
    for item in value:
        fields(item, what, ("key", "value"))
        key = text(item["key"], what)
        need(key and key not in result, f"{what} has the key {key!r} twice, or empty")
        result[key] = any_value(item["value"], f"{what}.{key}")
    return result


def identifier(value, what, digits):
    need(isinstance(value, str) and re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", value), f"{what} is no id: {value!r}")
    need(set(value) != {"0"}, f"{what} is zero")
    return value.lower()


def check_span(span):
    fields(span, "span", ("traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano"),
           ("traceState", "parentSpanId", "flags", "kind", "attributes", "droppedAttributesCount", "events",
            "droppedEventsCount", "links", "droppedLinksCount", "status"))
    result = {"trace": identifier(span["traceId"], "traceId", 32), "id": identifier(span["spanId"], "spanId", 16)}
    # An absent parent and an empty one are the same.
    parent = span.get("parentSpanId", "")
    result["parent"] = identifier(parent, "parentSpanId", 16) if parent else None
    result["name"] = text(span["name"], "name")
    need(result["name"], "a span without a name")
    result["kind"] = unsigned(span.get("kind", 0), "kind", 32)
    need(1 <= result["kind"] <= 5, "kind is unspecified or unknown")
    result["flags"] = unsigned(span.get("flags", 0), "flags", 32)
    need(result["flags"] & ~0x3FF == 0, "flags has reserved bits")
    result["start"] = unsigned(span["startTimeUnixNano"], "start", 64)
    result["end"] = unsigned(span["endTimeUnixNano"], "end", 64)
    need(result["start"] <= result["end"], "a span ends before it begins")
    result["attributes"] = attributes(span.get("attributes", []), "attributes")
    result["state"] = text(span.get("traceState", ""), "traceState")
    result["events"] = []
    for event in span.get("events", []):
        fields(event, "event", ("timeUnixNano", "name"), ("attributes", "droppedAttributesCount"))
        need(text(event["name"], "event"), "an event without a name")
        time_of = unsigned(event["timeUnixNano"], "event", 64)
        need(result["start"] <= time_of <= result["end"], "an event outside of its span")
        result["events"].append((event["name"], attributes(event.get("attributes", []), "event")))
    unsigned(span.get("droppedEventsCount", 0), "droppedEventsCount", 32)
    status = span.get("status", {})
    fields(status, "status", (), ("message", "code"))
    result["message"] = text(status.get("message", ""), "status.message")
    result["status"] = unsigned(status.get("code", 0), "status.code", 32)
    need(result["status"] <= 2, "status.code is unknown")
    return result


def check_request(headers, body):
    """The spans of one ExportTraceServiceRequest; raises Malformed."""
    need({k.lower(): v for k, v in headers.items()}.get("content-type") == "application/json", "Content-Type")
    document = json.loads(body.decode("utf-8"))
    fields(document, "request", ("resourceSpans",))
    spans = []
    for resource_spans in document["resourceSpans"]:
        fields(resource_spans, "resourceSpans", ("resource", "scopeSpans"), ("schemaUrl",))
        fields(resource_spans["resource"], "resource", ("attributes",), ("droppedAttributesCount",))
        resource = attributes(resource_spans["resource"]["attributes"], "resource")
        need(resource.get("service.name"), "the resource has no service.name")
        for scope_spans in resource_spans["scopeSpans"]:
            fields(scope_spans, "scopeSpans", ("scope", "spans"), ("schemaUrl",))
            fields(scope_spans["scope"], "scope", ("name",), ("version", "attributes", "droppedAttributesCount"))
            need(scope_spans["spans"], "an empty envelope")
            for span in scope_spans["spans"]:
                spans.append({**check_span(span), "resource": resource})
    return spans


def check_tree(spans, remote_parent=None):
    """One trace, one root (or below `remote_parent`), every parent there, children inside of their parents' time."""
    by_id = {span["id"]: span for span in spans}
    need(len(by_id) == len(spans), "a span id twice")
    need(len({span["trace"] for span in spans}) == 1, "more than one trace")
    roots = [span for span in spans if span["parent"] == remote_parent]
    need(len(roots) == 1, f"{len(roots)} roots")
    for span in spans:
        if span is roots[0]:
            continue
        need(span["parent"] in by_id, f"the parent of {span['name']} is missing")
        parent = by_id[span["parent"]]
        need(parent["start"] <= span["start"] and span["end"] <= parent["end"],
             f"{span['name']} lies outside of the time of {parent['name']}")
    return roots[0], by_id
