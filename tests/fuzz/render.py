"""A fuzz target: any template over any values gives text or a HelmError, nothing else.

Needs atheris (``pip install atheris``; Linux, CPython up to 3.13), which is no part of what the
other tests need. See README.md beside this file.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]  # ships no types, and may be missing

with atheris.instrument_imports(include=["helmpy"]):
    from helmpy.chart import strvals
    from helmpy.chart.capabilities import Capabilities
    from helmpy.chart.model import Chart, Config, File, Metadata
    from helmpy.engine import Limits, ReleaseOptions, render
    from helmpy.errors import HelmError
    from helmpy.gocompat import glob, json, semver, toml, yaml, yaml_pretty
    from helmpy.gotemplate import runtime
    from helmpy.sprig import catalogue, certificates, keys

    for room in ("gocompat", "gotemplate", "sprig", "engine", "chart"):  # what is loaded late is to be seen too
        for module in pkgutil.iter_modules([str(Path(catalogue.__file__).parents[1] / room)]):
            import_module(f"helmpy.{room}.{module.name}")

setattr(runtime, "HOT", 1)  # noqa: B010 - as below
_KEY = keys.new_rsa()
setattr(certificates, "new_rsa", lambda: _KEY)  # noqa: B010 - to the checker it is another's name; a key takes as long as a thousand templates

LIMITS = Limits(steps=20_000, output=200_000, size=20_000, calls=200, depth=2000, seconds=3, memory=256)
SLOW = (b"genPrivateKey", b"derivePassword", b"htpasswd", b"bcrypt")  # on purpose
OPTIONS = ReleaseOptions("web", "shop")
CAPABILITIES = Capabilities()


def chart(template: bytes, values: str, *, api: str, engine: str) -> Chart:
    return Chart(
        metadata=Metadata(name="web", version="1.0.0", api_version=api, engine=engine),
        templates=(File("templates/a.yaml", template), File("templates/_b.tpl", b'{{ define "b" }}{{ . }}{{ end }}')),
        values=Config(raw=values),
        files=(File("f.txt", b"a\nb\xff\n"),),
    )


def rendered(template: bytes, values: str, *, api: str, engine: str) -> str:
    if any(word in template for word in SLOW):
        return ""
    result = render(
        chart(template, values, api=api, engine=engine), {}, OPTIONS, CAPABILITIES, limits=LIMITS, now=lambda: 0
    )
    text = "".join(result.values())
    text.encode("utf-8", "surrogateescape")
    return text


_BY_CHANCE = (b"rand", b"shuffle", b"uuid", b"encrypt", b"gen", b"now", b"ago")
_LIMITED = ("exceeded", "longer than", "more memory")
_body = runtime._body


def compared(template: bytes, values: str, *, api: str) -> None:
    """Closures, and functions in their place, say the same."""
    if any(word in template for word in _BY_CHANCE):
        return
    said = []
    for way in (lambda _run, _tree: None, _body, _body):
        setattr(runtime, "_body", way)  # noqa: B010 - as with the key above
        try:
            said.append(rendered(template, values, api=api, engine="gotpl"))
        except HelmError as error:
            said.append(str(error))
    if len(set(said)) > 1 and not any(word in text for word in _LIMITED for text in said):
        raise AssertionError(f"{said[0]} became {said[1:]}")


def read_yaml(data: str) -> None:
    value = yaml.load(data)
    if "<<" in data:  # Go's library writes that key plain, and reads a merge
        return
    for again in (yaml.load(yaml.dump(value)), yaml.load(yaml_pretty.dump(value))):
        if value != again:  # -0.0 is 0 again, in Go too
            raise AssertionError(f"{value!r} became {again!r}")


def read_json(data: str) -> None:
    json.dumps_pretty(json.loads(data))


def read_toml(data: str) -> None:
    toml.dumps(toml.loads(data))


def read_set(data: str) -> None:
    strvals.parse(data)
    strvals.parse_into_string(data, {"a": {"b": 1}, "c": [1]})
    strvals.parse_into_file(data, {}, lambda name: name)


def read_version(data: str) -> None:
    constraint, _, version = data.partition("\n")
    for dialect in (2, 3):
        semver.Constraint(constraint, dialect).check(semver.Version.parse(version, dialect))


def read_glob(data: str) -> None:
    pattern, _, name = data.partition("\n")
    glob.match(pattern, name)


READERS: tuple[Callable[[str], None], ...] = (read_yaml, read_json, read_toml, read_set, read_version, read_glob)
ENGINES = (("v1", "gotpl"), ("v2", "gotpl"), ("v1", "gotpl"), ("v1", "jinja2"))


def one(data: bytes) -> None:
    """The first byte chooses what is tried; of a render's rest, the first line is values, what follows the template."""
    if not data:
        return
    choice, rest = data[0] % 16, data[1:]
    try:
        if choice < len(READERS):
            READERS[choice](rest.decode("utf-8", "surrogateescape"))
            return
        api, engine = ENGINES[choice % len(ENGINES)]
        values, _, template = rest.partition(b"\n")
        text = values.decode("utf-8", "surrogateescape")
        if engine == "gotpl":
            compared(template, text, api=api)
        rendered(template, text, api=api, engine=engine)
    except HelmError as error:
        str(error).encode("utf-8", "surrogateescape")
        if type(error).__name__ == "InternalFault":
            raise AssertionError("the engine had no answer of its own") from error


ARGUMENTS = {
    "string": '"a.b-1"', "int": "3", "int64": "(int64 3)", "float64": "1.5", "bool": "true", "uint32": "1",
    "list": '(list 1 "a" nil)', "dict": '(dict "a" 1 "b" (list 1))', "strings": '(splitList "," "a,b")', "any": ".Values.a",
}  # fmt: skip


def seeds() -> Iterator[bytes]:
    """What the fuzzer begins with: a call of every function, and a few longer texts."""
    for name, (_, params, _) in catalogue.V3.items():
        words = " ".join(ARGUMENTS.get(param.removeprefix("..."), '"x"') for param in params.split())
        yield b"\x08{a: [1, b, {c: d}]}\n{{ " + f"{name} {words}".encode() + b" }}"
    for text in (
        "{{ range $i, $v := .Values }}{{ $i }}{{ with $v }}{{ . }}{{ else }}x{{ end }}{{ end }}",
        '{{ define "a" }}{{ template "b" . }}{{ end }}{{ include "a" . | indent 2 | quote }}{{ block "c" . }}{{ end }}',
        '{{- $x := printf "%05.2f|%q|%x|%[1]v|%*d" 1.5 "a" "b" 3 4 -}}{{ $x = "y" }}{{/* c */}}{{ break }}',
        '{{ tpl "{{ .Values.a }}" . }}{{ toYaml .Values }}{{ fromYaml "a: 1" }}{{ .Files.Get "f.txt" }}{{ .Chart.Name }}',
        '{{ if and (eq 1 1) (not false) (lt 1 2) }}{{ index .Values "a" 0 }}{{ slice "abc" 1 2 }}{{ else if 1 }}{{ end }}',
        '{{ toToml (dict "a" 1) }}{{ fromJson "{}" }}{{ (.Files.Glob "*").AsConfig }}{{ html "<" | js | urlquery }}',
        '{{ $d := dict "a" 1 }}{{ $_ := set $d "d" $d }}{{ $d }}{{ toJson $d }}{{ 0x1p-2 }}{{ \'a\' }}{{ 1i }}{{ nil }}',
    ):
        yield b"\x08{a: 1}\n" + text.encode()
        yield b"\x09{a: 1}\n" + text.encode()
    for text in (
        "{% for i in range(3) %}{{ loop.index }}{% endfor %}{% set x = namespace(a=1) %}{% set x.a = 2 %}{{ x.a ~ 'b' }}",
        "{% macro m(a, b=1) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(1) %}c{% endcall %}{{ Values.a | toYaml }}",
        "{{ Values | tojson }}{{ ['a', 1] | join(',') | upper | indent(2) }}{% if a is defined %}{% endif %}{{ tpl('{{ 1 }}') }}",
        "{% block a %}{{ super() }}{% endblock %}{{ 1 + 2 * 3 ** 2 // 4 % 5 }}{{ 'a' in 'ab' and not false or 1 < 2 }}",
    ):
        yield b"\x0b{a: 1}\n" + text.encode()
    yield from (
        b'\x00a: &x [1, 2.5, "b", null, 0x1F, 2020-01-01]\nb: {<<: {c: d}, e: *x}\nf: |\n  g\n',
        b'\x01{"a": [1, 2.5e3, "\\u00e9", null, true]}', b'\x02a = 1\nb = "c"\n[d.e]\nf = [1.5, 2]\n[[g]]\nh = 1979-05-27T07:32:00Z\n',
        b"\x03a.b[0].c=1,d={1,2},e=null,f\\,g=h", b"\x04>=1.2.3 <2 || ~3.x - 4\n1.2.3-a.1+b", b"\x05{a,b[!c-d]}/**/*.t?t\nab/c/d.txt",
    )  # fmt: skip


def words() -> str:
    """A dictionary for the fuzzer: the names that templates are made of."""
    names = [
        *catalogue.V3,
        "include",
        "tpl",
        "toYaml",
        "fromYaml",
        "toToml",
        "fromToml",
        "required",
        "range",
        "define",
        "template",
        "block",
        "with",
        "else",
        "end",
        "break",
        "continue",
    ]
    return (
        "\n".join(f'"{name}"' for name in [*names, "{{", "}}", "{{-", "-}}", "{%", "%}", ":=", ".Values", "$x"]) + "\n"
    )


def main() -> None:
    if sys.argv[1:2] == ["--seeds"]:
        folder = Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds()):
            (folder / f"seed-{number}").write_bytes(seed)
        (folder.parent / "words.txt").write_text(words(), encoding="utf-8")
        return
    atheris.Setup(sys.argv, _one)
    atheris.Fuzz()


def _one(data: Any) -> None:
    one(bytes(data))


if __name__ == "__main__":
    main()
