"""A collector's OTLP/HTTP endpoint on loopback: it takes protobuf, or refuses it, or never answers."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class CollectorEndpoint:
    """A context manager. `bodies` has what came, by path; `status` None: no answer until it is left."""

    def __init__(self, status: int | None = 200) -> None:
        self.bodies: dict[str, list[bytes]] = {}
        left = threading.Event()
        self._left = left
        bodies = self.bodies

        class Taker(BaseHTTPRequestHandler):
            """One export."""

            def do_POST(self) -> None:
                bodies.setdefault(self.path, []).append(self.rfile.read(int(self.headers["Content-Length"])))
                if status is None:
                    left.wait()
                else:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """It stays silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def sent(self) -> bytes:
        """Everything that came."""
        return b"".join(body for bodies in self.bodies.values() for body in bodies)

    def spans(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each span, and its attributes."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        for body in self.bodies.get("/v1/traces", []):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    yield from ((span, read_attributes(span)) for span in scope.spans)

    def points(self) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
        """Each metric, each of its points, and the point's attributes."""
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

        for body in self.bodies.get("/v1/metrics", []):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (metric for scope in resource.scope_metrics for metric in scope.metrics):
                    yield from ((metric, point, read_attributes(point)) for point in metric.histogram.data_points)


def read_attributes(holder: Any) -> dict[str, Any]:
    """The attributes of a span or of a point as plain values."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in holder.attributes}
