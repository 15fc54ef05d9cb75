"""What the tests share that need more than pip brings: a server."""

from __future__ import annotations

from tests.outside.servers.server import server as server
