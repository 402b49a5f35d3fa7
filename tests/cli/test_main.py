from __future__ import annotations

import io
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from helmpy.cli.command import Command
from helmpy.cli.docs import commands
from helmpy.cli.main import run
from helmpy.cli.root import COMMANDS
from helmpy.cli.suggestion import suggestions

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("words", [["home"], ["--home", "${PLACE}/x$", "home"]])
def test_variables_in_the_path_of_home(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLACE", "/srv")
    monkeypatch.setenv("HELM_HOME", "$PLACE/x$")
    assert run(words) == 0
    assert capsys.readouterr() == ("/srv/x$\n", "")


@pytest.mark.parametrize(
    ("flags", "cert", "key"),
    [
        ("", "/h/cert.pem", "/h/key.pem"),
        ("--tls-cert= --tls-key=", "/h/cert.pem", "/h/key.pem"),
        ("--tls-cert=$PLACE/c.pem --tls-key=${HELM_HOME}/k", "/srv/c.pem", "/h/k"),
    ],
)
def test_paths_of_tls(
    flags: str, cert: str, key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLACE", "/srv")
    assert run(["version", "--home=/h", "--host=127.0.0.1:1", "--tls", *flags.split()]) == 2
    assert capsys.readouterr().err.startswith(f'could not read x509 key pair (cert: "{cert}", key: "{key}"): ')
    assert run(["list", "--home=/h", "--host=127.0.0.1:1", "--tls", "--debug", *flags.split()]) == 2
    told = f'[debug] Host="", Key="{key}", Cert="{cert}", CA="/h/ca.pem"'
    assert told in capsys.readouterr().out.splitlines()


def test_a_cluster_is_missed_before_files_for_tls(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--tls", "--tls-cert", str(home / "none")]) == 1
    assert capsys.readouterr().err.startswith("Error: no Kubernetes cluster is configured; ")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("foo", 'Error: unknown command "foo" for "helm"\nRun \'helm --help\' for usage.\n'),
        ("hlep", 'Error: unknown command "hlep" for "helm"\nRun \'helm --help\' for usage.\n'),
        (
            "isntall",
            (
                'Error: unknown command "isntall" for "helm"\n\nDid you mean this?\n\tinstall\n\n'
                "Run 'helm --help' for usage.\n"
            ),
        ),
        (
            "re",
            (
                'Error: unknown command "re" for "helm"\n\nDid you mean this?\n\trepo\n\tget\n\treset\n\tregistry\n\n'
                "Run 'helm --help' for usage.\n"
            ),
        ),
        ("--version", "Error: unknown flag: --version\n"),
        ("list --foo", "Error: unknown flag: --foo\n"),
        ("--home", "Error: flag needs an argument: --home\n"),
        ("install", "Error: This command needs 1 argument: chart name\n"),
        ("install a b", "Error: This command needs 1 argument: chart name\n"),
        ("upgrade web", "Error: This command needs 2 arguments: release name, chart path\n"),
        ("rollback web", "Error: This command needs 2 arguments: release name, revision number\n"),
        (
            "rollback web x",
            'Error: invalid revision number \'"x"\': strconv.ParseInt: parsing "x": invalid syntax\n',
        ),
        ("delete", "Error: command 'delete' requires a release name\n"),
        ("del", "Error: command 'delete' requires a release name\n"),
        ("status", "Error: release name is required\n"),
        ("get", "Error: release name is required\n"),
        ("get values", "Error: release name is required\n"),
        ("hist", "Error: release name is required\n"),
        ("test", "Error: This command needs 1 argument: release name\n"),
        ("init extra", "Error: This command does not accept arguments\n"),
        ("init -o xml", 'Error: invalid argument "xml" for "-o, --output" flag: unknown output format "xml"\n'),
        ("sandbox fly", 'Error: unknown command "fly" for "helm sandbox"\n'),
        (
            "status web -o xml",
            "Error: unsupported format xml\n",
        ),
    ],
)
def test_errors(line: str, error: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 1
    assert capsys.readouterr() == ("", error)


@pytest.mark.parametrize(
    ("word", "found"),
    [("lst", ["lint", "get", "list", "test"]), ("rm", ["delete"]), ("REMOVE", ["delete"]), ("zzzzz", [])],
)
def test_suggestions(word: str, found: list[str]) -> None:
    assert suggestions(word, COMMANDS) == found


def test_a_person_hears_which_flag_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["install", "--debug", "--nam", "x"]) == 1
    assert capsys.readouterr().err == "Error: unknown flag: --nam\nDid you mean --name?\n"
    assert run(["install", "--nam", "x"]) == 1
    assert capsys.readouterr().err == "Error: unknown flag: --nam\n"


@pytest.mark.parametrize("line", ["help", "", "-h", "--help", "--debug"])
def test_the_page_of_helm(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 0
    out, err = capsys.readouterr()
    assert "\n  install " in out
    assert "--tiller-namespace string" in out
    assert err == ""


PAGES = [" ".join(path[1:]) for _, path in commands()] + [name for name in COMMANDS if COMMANDS[name].hidden]


@pytest.mark.parametrize("line", PAGES)
def test_pages_fit_a_terminal(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([*line.split(), "--help"], ["help", *line.split()]):
        assert run(words) == 0
        assert [text for text in capsys.readouterr().out.splitlines() if len(text) > 100] == []


@pytest.mark.parametrize("line", ["help upgrade", "upgrade -h", "--host x upgrade --help a b", "upgrade -i -h"])
def test_the_page_of_a_command(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 0
    out, _ = capsys.readouterr()
    assert "  helm upgrade [RELEASE] [CHART] [flags]\n" in out
    assert "  -i, --install " in out
    assert "--disable-hooks" not in out  # deprecated ones are not shown
    assert "Global Flags:" in out


def test_the_page_of_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "get"]) == 0
    out, _ = capsys.readouterr()
    assert "  helm get [flags] RELEASE_NAME\n  helm get [command]\n" in out
    assert "\n  manifest  " in out


@pytest.mark.parametrize(
    ("line", "aliases"), [("list --help", "list, ls"), ("dep ls -h", "list, ls"), ("help hist", "history, hist")]
)
def test_a_page_names_the_aliases(line: str, aliases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line.split()) == 0
    assert f"\nAliases:\n  {aliases}\n\nFlags:\n" in capsys.readouterr().out


def test_an_unknown_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "foo", "bar"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Unknown help topic [`foo` `bar`]\nUsage:\n  helm [command]\n")
    assert "\n  install " in err


def test_plugins_stand_among_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "plugins" / "greet"
    place.mkdir(parents=True)
    (place / "plugin.yaml").write_text(f"name: greet\nusage: greets {'very ' * 30}loud\ncommand: echo\n")
    assert run(["help", "--home", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "\n  get         show what was stored of a release\n  greet       greets very very" in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_plugin_may_be_what_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HELM_HOME", str(tmp_path))
    (tmp_path / "plugins" / "greet").mkdir(parents=True)
    (tmp_path / "plugins" / "greet" / "plugin.yaml").write_text("name: greet\ncommand: echo\n")
    assert run(["gret"]) == 1
    assert "\nDid you mean this?\n\tget\n\tgreet\n\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["get", "vlaues", "web"], "values"), (["inspect", "redme", "web"], "readme")],
)
def test_a_sub_command_may_be_what_was_meant(words: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    environ = ["--host", host, "--tiller-connection-timeout", "1"]
    assert run([*words, *environ]) == 1
    assert "Did you mean" not in capsys.readouterr().err
    assert run([*words, *environ, "--debug"]) == 1
    assert capsys.readouterr().err.endswith(f"Did you mean this?\n\t{meant}\n")


def test_the_sandbox_has_suggestions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sandbox", "strat"]) == 1
    assert capsys.readouterr().err == (
        'Error: unknown command "strat" for "helm sandbox"\n\nDid you mean this?\n\tstart\n'
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_exists(name: str) -> None:
    command = import_module(COMMANDS[name].module).command
    assert isinstance(command, Command)
    assert command.name == name
    assert command.about


def test_a_deprecated_flag_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["upgrade", "--disable-hooks", "a"]) == 1
    assert capsys.readouterr().err.startswith("Flag --disable-hooks has been deprecated, Use --no-hooks instead\n")


@pytest.mark.parametrize(
    ("args", "environ", "home"),
    [
        ([], {"HELM_HOME": "env"}, "env"),
        (["--home", "flag"], {"HELM_HOME": "env"}, "flag"),
        (["--home=one", "--home=two"], {}, "two"),
    ],
)
def test_home(args: list[str], environ: dict[str, str], home: str, tmp_path: Path) -> None:
    code = "from helmpy.cli.start import entry; entry()"
    words = [sys.executable, "-c", code, "init", "--client-only", "--skip-refresh", *args]
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **environ}
    done = subprocess.run(words, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"\n$HELM_HOME has been configured at {home}.\n" in done.stdout
    assert (tmp_path / home / "repository" / "repositories.yaml").is_file()


def test_debug_shows_where_a_surprise_comes_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def surprise(_text: str) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("helmpy.cli.home.say", surprise)
    assert run(["home"]) == 1
    assert capsys.readouterr().err == "Error: the disk is gone\n"
    assert run(["--debug", "home"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err
    assert run(["--debug", "install", "./nosuch", "--host", "127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == 'Error: path "./nosuch" not found\n'


def test_a_group_shows_its_page_for_any_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["repo", "nonsense"]) == 0
    out, err = capsys.readouterr()
    assert ("\nUsage:\n  helm repo [command]\n" in out, err) == (True, "")


def test_a_reader_that_leaves_is_no_error() -> None:
    code = "import sys; from helmpy.cli.main import run; sys.exit(run(['help']))"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == b""
    child.stderr.close()
    assert child.wait() == 141


ENTRY = "from helmpy.cli.start import entry; entry()"


@pytest.mark.parametrize(
    ("line", "status", "out", "err"),
    [
        ("home >&-", 0, "", ""),
        ("home 2>&-", 0, "/h\n", ""),
        ("home <&- >&- 2>&-", 0, "", ""),
        ("nonsense >&- 2>&-", 1, "", ""),
        ("template web -f - <&-", 1, "", "Error: stat web: no such file or directory\n"),
        ("home >/dev/full", 1, "", "Error: write /dev/stdout: no space left on device\n"),
        ("nonsense 2>/dev/full", 1, "", ""),
        ("nonsense >/dev/full 2>&1", 1, "", ""),
    ],
)
def test_streams_that_are_closed_or_full(line: str, status: int, out: str, err: str, tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "HELM_HOME": "/h", "PYTHONPATH": str(ROOT)}
    script = f'"{sys.executable}" -c "{ENTRY}" {line}'
    done = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, out, err)


def test_errors_come_after_what_was_said_before(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", ENTRY, "lint", "nosuch"]
    done = subprocess.run(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.stdout.splitlines()[0] == "==> Skipping nosuch"
    assert done.stdout.splitlines()[-1] == "Error: 0 chart(s) linted, 1 chart(s) failed"


@pytest.mark.parametrize("locale", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_all_bytes_are_printed_as_they_came(locale: dict[str, str]) -> None:
    environ = {"HOME": "/h", "PYTHONPATH": str(ROOT), **locale}

    def said(*words: bytes) -> tuple[bytes, bytes]:
        done = subprocess.run([sys.executable, "-c", ENTRY, *words], env=environ, capture_output=True, check=False)
        return done.stdout, done.stderr

    assert said(b"home", b"--home", b"/\xff\xc3\xa4") == (b"/\xff\xc3\xa4\n", b"")
    assert said(b"template", b"we\xffb\xe2\x98\x83") == (
        b"",
        b"Error: stat we\xffb\xe2\x98\x83: no such file or directory\n",
    )


def test_what_is_no_utf_8(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("name: web\nversion: 1.0.0\n")
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def said(*words: str | bytes) -> tuple[int, bytes]:
        call = [sys.executable, "-c", ENTRY, *words]
        done = subprocess.run(call, env=environ, input=b"a: \xff\n", capture_output=True, check=False)
        return done.returncode, done.stderr

    assert said("template", str(tmp_path), "-f", "-") == (
        1,
        b"Error: failed to parse -: error converting YAML to JSON: yaml: invalid leading UTF-8 octet\n",
    )
    assert said("template", str(tmp_path), "--set-file", "a=/dev/stdin") == (
        1,
        b"Error: failed parsing --set-file data: /dev/stdin is not UTF-8 text: invalid start byte at byte 3\n",
    )
    assert said("repo", "index", str(tmp_path), "--url", b"http://h/\xff") == (0, b"")


def test_a_word_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("helmpy.cli.home.say", lambda _text: "a\udcff".encode())
    assert run(["home"]) == 1
    assert capsys.readouterr() == ("", "Error: what was given is not UTF-8 text: byte 0xff\n")


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    script = f'mkdir gone && cd gone && rmdir ../gone && exec "{sys.executable}" -c "{ENTRY}" package .'
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: getwd: no such file or directory\n")


def test_values_without_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helmpy.cli.value_flags._MAX_BYTES", 1000)
    (tmp_path / "Chart.yaml").write_text("name: web\nversion: 1.0.0\n")
    assert run(["template", str(tmp_path), "-f", "/dev/zero"]) == 1
    assert capsys.readouterr() == ("", "Error: /dev/zero is larger than the limit of 1000 bytes\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("a: b\n" * 1000))
    assert run(["template", str(tmp_path), "-f", "-"]) == 1
    assert capsys.readouterr() == ("", "Error: - is larger than the limit of 1000 bytes\n")


@pytest.mark.parametrize(
    ("before", "out"),
    [
        ("import atexit, threading; atexit.register(print, 'tidied')", "/nowhere\ntidied\n"),
        (
            "import threading, time; work = lambda: (time.sleep(0.3), print('worked')); threading.Thread(target=work).start()",
            "/nowhere\nworked\n",
        ),
        (
            "import threading, time; work = lambda: time.sleep(60); threading.Thread(target=work, daemon=True).start()",
            "/nowhere\n",
        ),
    ],
    ids=["what is to be done at the end", "a thread at work", "a thread that nobody waits for"],
)
def test_what_waits_at_the_end_is_waited_for(before: str, out: str) -> None:
    code = f"{before}\nfrom helmpy.cli.start import entry\nentry()"
    words = [sys.executable, "-c", code, "home", "--home", "/nowhere"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=30)
    assert (done.stdout, done.stderr) == (out, "")


HEAVY = ("grpc", "google.protobuf", "kubernetes", "requests", "jinja2", "yaml", "cryptography", "jsonschema", "re2")


@pytest.mark.parametrize("line", ["version --client", "version -c --short", "help", "help install", "foo"])
def test_light_commands_load_nothing_heavy(line: str) -> None:
    code = (
        "import sys; from helmpy.cli.main import run; run(sys.argv[1:]);"
        f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, *line.split()], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("LOADED []\n")


def test_list_with_a_host_loads_grpc_alone() -> None:
    code = (
        "import sys; from helmpy.cli.main import run;"
        "run(['list', '--host', '127.0.0.1:1', '--tiller-connection-timeout', '1']);"
        "print([name for name in ('grpc', 'google.protobuf', 'kubernetes', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['grpc']\n"
    assert done.stderr == "Error: cannot connect to Tiller at 127.0.0.1:1: connection refused\n"
