"""A hub on the loopback address: as much of the Hugging Face hub's protocol as sharing a model takes."""

from __future__ import annotations

import base64
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Repositories in memory: ``files[repo][name]`` is bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, dict[str, bytes]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts == ["api", "repos", "create"]:
            wanted = json.loads(body)
            repo = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
            self.server.files.setdefault(repo, {})
            return self.reply({"url": f"{self.server.address}/{repo}", "name": repo})
        repo = "/".join(parts[2:4])
        if parts[4] == "preupload":
            names = [item["path"] for item in json.loads(body)["files"]]
            modes = [{"path": name, "uploadMode": "regular", "shouldIgnore": False} for name in names]
            return self.reply({"files": modes})
        if parts[4] == "commit":
            for line in body.splitlines():
                item = json.loads(line)
                if item["key"] == "file":
                    content = base64.b64decode(item["value"]["content"])
                    self.server.files[repo][item["value"]["path"]] = content
            return self.reply(
                {"commitUrl": f"{self.server.address}/{repo}/commit/{COMMIT}", "commitOid": COMMIT}
            )
        return self.send_error(404)

    def do_HEAD(self) -> None:
        self.do_GET(has_body=False)

    def do_GET(self, *, has_body: bool = True) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[:2] == ["api", "whoami-v2"]:
            return self.reply({"name": "me", "type": "user"})
        repo = "/".join(parts[2:4] if parts[:2] == ["api", "models"] else parts[:2])
        if repo not in self.server.files:
            return self.reply({"error": "Repository not found"}, status=404, error="RepoNotFound")
        files = self.server.files[repo]
        if parts[:2] == ["api", "models"]:
            if "tree" in parts:
                return self.reply(
                    [
                        {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                        for name, content in files.items()
                    ]
                )
            siblings = [{"rfilename": name} for name in files]
            return self.reply({"id": repo, "sha": COMMIT, "siblings": siblings, "private": False})
        content = files["/".join(parts[4:])]
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
        return self.respond(content if has_body else b"", len(content), headers)

    def reply(self, content: object, *, status: int = 200, error: str | None = None) -> None:
        data = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"} | ({"X-Error-Code": error} if error else {})
        self.respond(data, len(data), headers, status)

    def respond(self, data: bytes, length: int, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass
