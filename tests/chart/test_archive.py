import gzip
import io
import tarfile

import pytest

from helmpy.chart import archive
from helmpy.chart.budget import MAX_FILE_BYTES, MAX_TOTAL_BYTES, Budget
from helmpy.chart.model import ChartError, File


def tar(*members: tuple[str, bytes | None, bytes], format_: int = tarfile.USTAR_FORMAT) -> bytes:
    """A gzipped tar of (name, content, type)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format_) as made:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(content or b"")
            info.linkname = "target" if kind in (tarfile.LNKTYPE, tarfile.SYMTYPE) else ""
            made.addfile(info, io.BytesIO(content or b""))
    return gzip.compress(out.getvalue(), mtime=0)  # the same each time, as names of tests are made of it


def files(*named: str) -> bytes:
    return tar(*((name, b"x", tarfile.REGTYPE) for name in named))


def read(data: bytes) -> list[File]:
    return archive.read_files(data, Budget())


def refusal(data: bytes) -> str:
    with pytest.raises(ChartError) as caught:
        read(data)
    return str(caught.value)


def test_names_lose_their_first_part() -> None:
    assert [file.name for file in read(files("web/Chart.yaml", "web/templates/a.yaml", "other/./b//c"))] == [
        "Chart.yaml",
        "templates/a.yaml",
        "b/c",
    ]


def test_windows_paths_are_read_too() -> None:
    assert read(files("web\\templates\\a.yaml"))[0].name == "templates/a.yaml"


def test_directories_are_no_files() -> None:
    data = tar(("web/", None, tarfile.DIRTYPE), ("web/x/", None, tarfile.REGTYPE), ("web/Chart.yaml", b"n", b"0"))
    assert read(data) == [File("Chart.yaml", b"n")]


@pytest.mark.parametrize("format_", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_and_foreign_names_come_whole(format_: int) -> None:
    name = "web/" + "ä" * 90 + "/" + "b" * 120
    assert read(tar((name, b"x", tarfile.REGTYPE), format_=format_)) == [File(name[4:], b"x")]


def test_a_prefix_is_part_of_the_name() -> None:
    name = "web/" + "a" * 90 + "/" + "b" * 90
    assert read(files(name))[0].name == name[4:]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("web//etc/passwd", "chart illegally contains absolute paths"),
        ("web/../../x", "chart illegally references parent directory"),
        ("web/a/../../x", "chart illegally references parent directory"),
        ("web\\..\\..\\x", "chart illegally references parent directory"),
        ("web/.", 'chart illegally contains content outside the base directory: "web/."'),
        ("loose.txt", 'chart illegally contains content outside the base directory: "loose.txt"'),
        ("web/C:/x", "chart contains illegally named files"),
        ("Chart.yaml/x", "chart yaml not in base directory"),
    ],
)
def test_names_stay_inside(name: str, message: str) -> None:
    assert refusal(files(name)) == message


def test_a_leading_slash_is_the_part_that_goes() -> None:
    assert read(files("/etc/passwd"))[0].name == "etc/passwd"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a named pipe"),
        (b"Z", "an entry of unknown type"),
    ],
)
def test_only_regular_files_count(kind: bytes, what: str) -> None:
    assert refusal(tar(("web/x", None, kind))) == f'chart illegally contains {what}: "web/x"'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "EOF"),
        (b"hi", "unexpected EOF"),
        (b"plain text, long enough", "gzip: invalid header"),
        (gzip.compress(b"", mtime=0), "no files in chart archive"),
        (gzip.compress(b"\x00" * 1024, mtime=0), "no files in chart archive"),
        (gzip.compress(b"short", mtime=0), "unexpected EOF"),
        (gzip.compress(b"not a tar" * 100, mtime=0), "archive/tar: invalid tar header"),
        (files("web/a")[:-12], "unexpected EOF"),
        (files("web/a") + b"junk", "gzip: invalid header"),
    ],
)
def test_what_is_no_archive_says_so(data: bytes, message: str) -> None:
    assert refusal(data) == message


def test_zeros_at_the_end_fill_up_a_block() -> None:
    assert archive.read_files(files("web/a") + b"\0" * 100, Budget())[0].name == "a"


def test_a_wrong_checksum_is_seen() -> None:
    data = bytearray(files("web/a"))
    data[-8] ^= 0xFF
    assert refusal(bytes(data)) == "gzip: invalid checksum"


def test_a_content_cut_short_is_seen() -> None:
    plain = gzip.decompress(tar(("web/a", b"x" * 2000, tarfile.REGTYPE)))
    assert refusal(gzip.compress(plain[:1024])) == "unexpected EOF"


def test_a_bomb_is_stopped_before_it_is_made() -> None:
    bomb = gzip.compress(b"\x00" * (MAX_TOTAL_BYTES + 2**22), compresslevel=1)
    assert "larger than the limit" in refusal(bomb)


def test_bombs_in_a_row_are_stopped_too() -> None:
    bomb = gzip.compress(b"\x00" * (MAX_TOTAL_BYTES // 2), compresslevel=1)
    assert "larger than the limit" in refusal(bomb * 3)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (Budget(files=1), "more than"),
        (Budget(total=1), "larger than the limit"),
    ],
)
def test_limits_hold_for_all_files_together(budget: Budget, message: str) -> None:
    with pytest.raises(ChartError, match=message):
        archive.read_files(files("web/a", "web/b"), budget)


def test_one_file_has_its_limit() -> None:
    with pytest.raises(ChartError, match=r"^chart file 'big' is larger than the limit"):
        Budget().take("big", MAX_FILE_BYTES + 1)
