# SPDX-License-Identifier: Apache-2.0
"""GitHub and GitLab as far as the scripts of examples/pipelines see them, and a receiver of notifications.

They are real HTTP servers and refuse what the real ones refuse: wrong tokens, comments that are too long, notes by a job
token, a token that is sent on to the host of a redirect. Pages of comments hold ten entries, whatever is asked for more.
"""

import hashlib
import hmac
import http.server
import io
import json
import re
import ssl
import threading
import time
import urllib.parse
import zipfile

PAGE = 10


class Service:
    """A server in a thread; subclasses have do(method, path, query, headers, body) -> (status, headers, bytes)."""

    def __init__(self, host="127.0.0.1", tls=None):
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                url = urllib.parse.urlsplit(self.path)
                query = {name: values[-1] for name, values in urllib.parse.parse_qs(url.query).items()}
                service.requests.append((self.command, self.path))
                status, headers, reply = service.do(self.command, url.path, query, self.headers, body)
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)
                except OSError:
                    pass  # whoever asked has gone

            do_GET = do_POST = do_PATCH = do_PUT = handle_any

            def log_message(self, *_):
                pass

        self.requests = []
        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://{host}:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def count(self, method):
        return sum(1 for asked, _ in self.requests if asked == method)


def as_json(value, status=200, headers=None):
    return status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, json.dumps(value).encode()


def page_of(entries, query, url):
    """The entries of a page and its Link header."""
    size = min(int(query.get("per_page", 30)), PAGE)
    page = int(query.get("page", 1))
    last = max(1, -(-len(entries) // size))
    links = []
    if page < last:
        links = [f'<{url}?per_page={size}&page={page + 1}>; rel="next"', f'<{url}?per_page={size}&page={last}>; rel="last"']
    return entries[(page - 1) * size : page * size], ({"Link": ", ".join(links)} if links else {})


class Storage(Service):
    """Where GitHub keeps artifacts: another host, which refuses requests with somebody else's token."""

    def __init__(self):
        super().__init__("127.0.0.2")
        self.files = {}

    def do(self, method, path, query, headers, body):
        if headers.get("Authorization"):
            return 400, {}, b"InvalidAuthenticationInfo"
        return (200, {}, self.files[path]) if path in self.files else (404, {}, b"")


class GitHub(Service):
    TOKEN = "ghs_a-token-of-the-job"
    ME = "github-actions[bot]"

    def __init__(self, repository="octo/fleet"):
        self.repository = repository
        self.comments = []
        self.merged = {}  # commit to pull request number and head
        self.artifacts = {}  # head to {name: bytes}
        self.storage = Storage()
        super().__init__()

    def stop(self):
        self.storage.stop()
        super().stop()

    def comment(self, user, body):
        number = 1000 + len(self.comments)
        base = f"{self.url}/repos/{self.repository}"
        # In the order of the real ones, in which the author stands between id and body.
        self.comments.append({
            "url": f"{base}/issues/comments/{number}", "html_url": f"https://github.example/c#{number}", "id": number,
            "node_id": "IC_x", "user": {"login": user, "id": 41898282, "type": "Bot" if user == self.ME else "User"},
            "created_at": "2026-11-21T04:00:00Z", "author_association": "NONE", "body": body,
            "reactions": {"+1": 0, "total_count": 0}, "performed_via_github_app": None})
        return self.comments[-1]

    def ours(self):
        return [comment["body"] for comment in self.comments if comment["user"]["login"] == self.ME]

    def do(self, method, path, query, headers, body):
        if headers.get("Authorization") != f"Bearer {self.TOKEN}":
            return as_json({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)
        if not headers.get("User-Agent"):
            return 403, {}, b"Request forbidden by administrative rules."
        prefix = f"/repos/{self.repository}"
        if not path.startswith(prefix):
            return as_json({"message": "Not Found"}, 404)
        return self.of_repository(method, path[len(prefix) :], query, body) or as_json({"message": "Not Found"}, 404)

    def of_repository(self, method, path, query, body):
        if re.fullmatch(r"/issues/\d+/comments", path):
            if method == "GET":
                entries, link = page_of(self.comments, query, f"{self.url}/repos/{self.repository}{path}")
                return as_json(entries, 200, link)
            return self.write(body, lambda text: as_json(self.comment(self.ME, text), 201)) if method == "POST" else None
        if (match := re.fullmatch(r"/issues/comments/(\d+)", path)) and method == "PATCH":
            found = [comment for comment in self.comments if comment["id"] == int(match[1])]
            return self.write(body, lambda text: found[0].update(body=text) or as_json(found[0])) if found else None
        if method == "GET":
            return self.of_merge(path, query)
        return None

    @staticmethod
    def write(body, action):
        try:
            text = json.loads(body)["body"]
        except (ValueError, KeyError):
            return as_json({"message": "Problems parsing JSON"}, 400)
        if len(text) > 65536:
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)"}
            return as_json({"message": "Validation Failed", "errors": [error]}, 422)
        return action(text)

    def of_merge(self, path, query):
        if match := re.fullmatch(r"/commits/(\w+)/pulls", path):
            number, head = self.merged.get(match[1], (None, None))
            return as_json([{"url": "x", "id": 1, "number": number, "state": "closed", "head": {"ref": "change", "sha": head}}] if number else [])
        if path == "/actions/workflows/plan.yml/runs":
            head = query.get("head_sha")
            runs = [{"id": 77, "name": "firmform plan", "head_sha": head}] if head in self.artifacts else []
            assert (query.get("event"), query.get("status")) == ("pull_request", "success")
            self.head = head
            return as_json({"total_count": len(runs), "workflow_runs": runs})
        if path == "/actions/runs/77/artifacts":
            known = [{"id": 11, "name": "firmform-plan"}] if query.get("name") == "firmform-plan" else []
            return as_json({"total_count": len(known), "artifacts": known})
        if path == "/actions/artifacts/11/zip":
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as file:
                for name, content in self.artifacts[self.head].items():
                    file.writestr(name, content)
            self.storage.files["/artifact.zip"] = archive.getvalue()
            return 302, {"Location": f"{self.storage.url}/artifact.zip"}, b""
        return None


class GitLab(Service):
    TOKEN = "glpat-a-project-token"
    ME = "project_7_bot_1"

    def __init__(self):
        self.notes = []
        self.merged = {}  # commit to iid
        self.artifacts = {}  # "job ref path" to bytes
        super().__init__()
        self.api = self.url + "/api/v4"

    def note(self, user, body):
        self.notes.append({
            "id": 300 + len(self.notes), "type": None, "body": body, "author": {"id": 9, "username": user, "state": "active"},
            "created_at": "2026-11-21T04:00:00.000Z", "system": False, "noteable_id": 5, "noteable_type": "MergeRequest"})
        return self.notes[-1]

    def ours(self):
        return [note["body"] for note in self.notes if note["author"]["username"] == self.ME]

    @staticmethod
    def escaped(answer):
        """Like GitLab's own JSON, in which < and > are escapes."""
        status, headers, body = answer
        return status, headers, body.replace(b"<", b"\\u003c").replace(b">", b"\\u003e")

    def do(self, method, path, query, headers, body):
        if headers.get("PRIVATE-TOKEN") != self.TOKEN:
            return as_json({"message": "401 Unauthorized"}, 401)
        answer = self.of_user(path) or self.of_notes(method, path, query, body) or self.of_merge(path, query)
        return answer or as_json({"message": "404 Not Found"}, 404)

    def of_user(self, path):
        return as_json({"id": 9, "username": self.ME, "name": "bot", "bot": True}) if path == "/api/v4/user" else None

    def of_notes(self, method, path, query, body):
        match = re.fullmatch(r"/api/v4/projects/7/merge_requests/5/notes(?:/(\d+))?", path)
        if match is None:
            return None
        if method == "GET":
            entries, link = page_of(self.notes, query, self.url + path)
            return self.escaped(as_json(entries, 200, link))
        text = json.loads(body)["body"]
        if len(text) > 1_000_000:
            return as_json({"message": {"note": ["is too long (maximum is 1000000 characters)"]}}, 400)
        if method == "POST" and match[1] is None:
            return self.escaped(as_json(self.note(self.ME, text), 201))
        found = [note for note in self.notes if str(note["id"]) == match[1]]
        if method == "PUT" and found and found[0]["author"]["username"] == self.ME:
            found[0]["body"] = text
            return self.escaped(as_json(found[0]))
        return as_json({"message": "403 Forbidden"}, 403)

    def of_merge(self, path, query):
        if match := re.fullmatch(r"/api/v4/projects/7/repository/commits/(\w+)/merge_requests", path):
            iid = self.merged.get(match[1])
            return as_json([{"id": 900, "iid": iid, "state": "merged"}] if iid else [])
        if match := re.fullmatch(r"/api/v4/projects/7/jobs/artifacts/([^/]+)/raw/(.+)", path):
            content = self.artifacts.get(f"{query.get('job')} {urllib.parse.unquote(match[1])} {match[2]}")
            return (200, {}, content) if content is not None else None
        return None


class Receiver(Service):
    """Takes notifications, and checks the signature over exactly the bytes that came."""

    def __init__(self, key, tls=None, statuses=(), delay=0.0):
        self.key = key
        self.statuses = list(statuses)  # of the first answers; then 204
        self.delay = delay
        self.events = []  # bodies with a right signature
        self.deliveries = []  # ids, of every attempt
        self.refused = []
        self.signed = []  # raw bodies with the signature that came with them
        super().__init__(tls=tls)

    def do(self, method, path, query, headers, body):
        self.deliveries.append(headers.get("X-Firmform-Delivery"))
        if self.delay:
            time.sleep(self.delay)
        if self.statuses:
            return self.statuses.pop(0), {}, b""
        wanted = "sha256=" + hmac.new(self.key.encode(), body, hashlib.sha256).hexdigest()
        event = json.loads(body)
        same = (event["event"], event["id"], event["at"]) == tuple(
            headers.get(f"X-Firmform-{name}") for name in ("Event", "Delivery", "Timestamp"))
        if method != "POST" or not same or not hmac.compare_digest(wanted, headers.get("X-Signature", "")):
            self.refused.append(dict(headers))
            return 401, {}, b""
        self.events.append(event)
        self.signed.append((body, headers["X-Signature"]))
        return 204, {}, b""
