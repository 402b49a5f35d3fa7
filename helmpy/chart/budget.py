"""How large a chart may be, whichever way it comes: as a directory or as an archive."""

from __future__ import annotations

from helmpy.chart.model import ChartError
from helmpy.record import record

MAX_FILES = 10_000  # files of one chart with all its subcharts
MAX_FILE_BYTES = 20 * 2**20  # one file; nothing above Tiller's message limit could be installed
MAX_TOTAL_BYTES = 100 * 2**20  # all files, uncompressed, nested archives counted again


@record(slots=True)
class Budget:
    """What may still be read for one chart. ``take`` raises ChartError when it is used up."""

    files: int = MAX_FILES
    total: int = MAX_TOTAL_BYTES

    def take(self, name: str, size: int) -> None:
        if size > MAX_FILE_BYTES:
            raise ChartError(f"chart file {name!r} is larger than the limit of {MAX_FILE_BYTES} bytes")
        self.files -= 1
        self.total -= size
        if self.files < 0:
            raise ChartError(f"chart has more than {MAX_FILES} files")
        if self.total < 0:
            raise ChartError(f"chart is larger than the limit of {MAX_TOTAL_BYTES} bytes uncompressed")
