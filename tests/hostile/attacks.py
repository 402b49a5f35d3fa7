"""What a stranger may try: charts, templates and values made by code, each with what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from helmpy.chart.model import Chart, Config, File, Metadata

ERROR = "error"
TEXT = "text"
EITHER = "either"  # a clean end is all that matters


@dataclass(frozen=True, slots=True)
class Attack:
    """``make`` gives the templates' texts by file name; ``ends`` is what must come of rendering them."""

    name: str
    make: Callable[[], Mapping[str, str | bytes]]
    ends: str = ERROR
    engine: str = "gotpl"
    api: str = "v1"
    values: Callable[[], str] = str
    files: Callable[[], Mapping[str, bytes]] = field(default=dict)

    def chart(self) -> Chart:
        """Return a chart in memory, as the loader would have made it."""
        return Chart(
            metadata=Metadata(name="web", version="1.0.0", api_version=self.api, engine=self.engine),
            templates=tuple(
                File(f"templates/{name}", text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))
                for name, text in self.make().items()
            ),
            values=Config(raw=self.values()),
            files=tuple(File(name, data) for name, data in self.files().items()),
        )


def _one(text: str | bytes) -> Callable[[], Mapping[str, str | bytes]]:
    return lambda: {"a.yaml": text}


def _grown(times: int, step: str, start: str = '{{ $x := "0123456789abcdef" }}') -> str:
    """A template that sets ``$x`` again and again."""
    return start + "{{ range until " + str(times) + " }}{{ $x = " + step + " }}{{ end }}{{ len $x }}"


def _kept(make: str, times: int = 600_000, before: str = "") -> str:
    """A template that keeps ``times`` values, in chunks so that keeping costs little."""
    return (
        before
        + "{{ $all := dict }}{{ range $i := until "
        + str(times)
        + " }}{{ $_ := set $all (toString $i) ("
        + make
        + ") }}{{ end }}"
    )


_BIG = '{{ $big := repeat 2000000 "ab" }}'
_WIDE = '{{ $big := repeat 4900000 "é" }}'
_LOOP = "{{ range until 600000 }}"
_DAG = '{{ $x := list "abcdefghij" }}{{ range until 40 }}{{ $x = list $x $x $x $x }}{{ end }}'
_MAP_DAG = '{{ $x := dict "k" "abcdefghij" }}{{ range until 40 }}{{ $x = dict "a" $x "b" $x "c" $x }}{{ end }}'
_SELF = '{{ $d := dict "a" 1 }}{{ $_ := set $d "self" $d }}'
_DEEP_MAP = '{{ $x := dict }}{{ range until 100000 }}{{ $x = dict "a" $x }}{{ end }}'
_DEEP_LIST = "{{ $x := list }}{{ range until 100000 }}{{ $x = list $x }}{{ end }}"


def _go() -> dict[str, str | tuple[str, str]]:
    """Go templates by name: the text, and what it ends in where that is no error."""
    return {
        # Recursion
        "include endless": '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "include mutual": '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "include twice": '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "template endless": '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
        "template twice": '{{ define "a" }}{{ if lt .n 60.0 }}{{ template "a" (dict "n" (addf .n 1)) }}{{ template "a" (dict "n" (addf .n 1)) }}{{ end }}{{ end }}{{ template "a" (dict "n" 0.0) }}',
        "tpl endless": '{{ $_ := set .Values "t" "{{ tpl .Values.t . }}" }}{{ tpl .Values.t . }}',
        "tpl growing": '{{ $_ := set .Values "t" "{{ $_ := set .Values \\"t\\" (print .Values.t \\"x\\") }}{{ tpl .Values.t . }}" }}{{ tpl .Values.t . }}',
        "tpl doubling": '{{ $_ := set .Values "t" "{{ tpl .Values.t . }}{{ tpl .Values.t . }}" }}{{ tpl .Values.t . }}',
        "tpl many texts": '{{ range $i := until 600000 }}{{ tpl (print "{{ .Release.Name }}" $i (repeat 5000 "x")) $ }}{{ end }}',
        "tpl includes tpl": '{{ define "a" }}{{ tpl "{{ include \\"a\\" . }}" . }}{{ end }}{{ include "a" . }}',
        # Loops
        "range until": "{{ range until 1000000000 }}x{{ end }}",
        "range until 1e12": "{{ range until 1000000000000 }}x{{ end }}",
        "range until max": "{{ range until 9223372036854775807 }}{{ end }}",
        "range untilStep": "{{ range untilStep 0 9223372036854775807 1 }}{{ end }}",
        "range untilStep back": "{{ range untilStep 9223372036854775807 -9223372036854775808 -1 }}{{ end }}",
        "seq": "{{ seq 1000000000 }}",
        "seq step": "{{ seq 0 1 9223372036854775807 }}",
        "range nested": "{{ range until 100000 }}{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}{{ end }}",
        "range nested printing": "{{ range until 100000 }}{{ range until 100000 }}xxxxxxxxxxxxxxxxxxxx{{ end }}{{ end }}",
        "range over int": "{{ range 9223372036854775807 }}{{ end }}",
        # Sizes
        "repeat": '{{ repeat 1000000000 "x" }}',
        "repeat max": '{{ repeat 9223372036854775807 "x" }}',
        "repeat of repeat": '{{ repeat 4900000 "x" | repeat 4900000 }}',
        "indent": '{{ indent 1000000000 "x" }}',
        "indent lines": '{{ repeat 100000 "\\n" | indent 100000 }}',
        "nindent": '{{ nindent 1000000000 "x" }}',
        "printf width": ('{{ printf "%1000000000d" 1 }}', TEXT),
        "printf width max": ('{{ printf "%99999999999999999999d" 1 }}', TEXT),
        "printf precision": ('{{ printf "%.1000000000f" 1.0 }}', TEXT),
        "printf precision e": ('{{ printf "%.1000000000e" 1.0 }}', TEXT),
        "printf star": ('{{ printf "%*d" 1000000000 1 }}', TEXT),
        "printf star precision": ('{{ printf "%.*f" 1000000000 1.0 }}', TEXT),
        "printf string width": ('{{ printf "%1000000000s" "x" }}', TEXT),
        "printf many widths": ('{{ printf (repeat 100000 "%1000000d") 1 }}', EITHER),
        "printf index": ('{{ printf "%[999999999]d" 1 }}', TEXT),
        "printf huge index": ('{{ printf "%[99999999999999999999999999]d" 1 }}', TEXT),
        "printf many verbs": _BIG + '{{ printf (repeat 1000000 "%v%v%v") 1 }}',
        "printf quoted": (_BIG + '{{ printf "%q" $big | len }}', EITHER),
        "printf hex": (_BIG + '{{ printf "% x" $big | len }}', EITHER),
        "printf big float": ('{{ printf "%f" 1e308 | len }}', TEXT),
        "cat doubling": _grown(60, "cat $x $x"),
        "print doubling": _grown(60, "print $x $x"),
        "printf doubling": _grown(60, 'printf "%s%s" $x $x'),
        "join doubling": _grown(60, 'join "" (list $x $x)'),
        "replace doubling": _grown(60, 'replace "a" "aa" $x', '{{ $x := "aaaa" }}'),
        "quote growing": _grown(60, "quote $x $x"),
        "squote growing": _grown(60, "squote $x $x"),
        "b64enc growing": _grown(100, "b64enc $x"),
        "b32enc growing": _grown(100, "b32enc $x"),
        "html growing": _grown(60, "html $x", '{{ $x := "&" }}') + "{{ html (repeat 4900000 $x) }}",
        "js growing": _grown(60, "js $x", '{{ $x := "\'<" }}'),
        "urlquery growing": _grown(60, "urlquery $x $x", '{{ $x := "%%%%" }}'),
        "toJson growing": (_grown(60, "toJson (list $x $x)", '{{ $x := "\\"" }}'), EITHER),
        "toYaml growing": (_grown(60, "toYaml (list $x $x)"), EITHER),
        "toYamlPretty growing": (_grown(60, 'toYamlPretty (dict "a" $x "b" $x)'), EITHER),
        "toToml growing": (_grown(60, 'toToml (dict "a" $x "b" $x)'), EITHER),
        "toString of list growing": _grown(60, "toString (list $x $x)"),
        "regexReplaceAll growing": _grown(60, 'regexReplaceAll "." $x "$0$0"'),
        "regexReplaceAllLiteral growing": _grown(60, 'regexReplaceAllLiteral "." $x "ab"'),
        "regexReplaceAll empty": '{{ regexReplaceAll "" (repeat 4900000 "x") (repeat 1000 "y") }}',
        "wrapWith": '{{ wrapWith 1 (repeat 10000 "y") (repeat 1000000 "x") }}',
        "wrap": (_BIG + "{{ range until 100000 }}{{ $_ := wrap 1 $big }}{{ end }}", ERROR),
        "randAlphaNum": "{{ randAlphaNum 1000000000 }}",
        "randAscii loop": _LOOP + "{{ $_ := randAscii 1000000 }}{{ end }}",
        "randBytes": "{{ randBytes 1000000000 }}",
        "randInt": ("{{ randInt -9223372036854775808 9223372036854775807 | len }}", ERROR),
        "list doubling": _grown(60, "concat $x $x", "{{ $x := list 1 2 3 }}"),
        "append": _grown(600_000, "append $x 1", "{{ $x := list }}"),
        "append nested loop": _LOOP + _LOOP + "{{ $_ := append (until 600000) 1 }}{{ end }}{{ end }}",
        "prepend": _grown(600_000, "prepend $x 1", "{{ $x := list }}"),
        "until kept": _kept("until 600000"),
        "texts kept": _kept('repeat 1000000 "x"'),
        "small texts kept": _kept('repeat 1000 "x"'),
        "upper kept": _kept("upper $big", before='{{ $big := repeat 1000000 "x" }}'),
        "captured kept": '{{ define "a" }}{{ repeat 1000000 "x" }}{{ end }}' + _kept('include "a" $'),
        "splitList kept": _kept('splitList "" $big', before='{{ $big := repeat 100000 "é" }}'),
        "in one action": "{{ list " + '(repeat 4500000 "x") ' * 2000 + "| len }}",
        "in one action of lists": "{{ list " + "(until 600000) " * 2000 + "| len }}",
        "in one action of time": _BIG + "{{ list " + "(sha256sum $big) " * 20000 + "| len }}",
        "splitList": ('{{ repeat 4900000 "é" | splitList "" | len }}', EITHER),
        "splitList of wide": (_WIDE + '{{ splitList "" $big | len }}', EITHER),
        "split": ('{{ repeat 4900000 "x," | split "," | len }}', EITHER),
        "splitn": ('{{ repeat 4900000 "x," | splitn "," 1000000000 | len }}', EITHER),
        "regexFindAll": ('{{ regexFindAll "." (repeat 4900000 "é") -1 | len }}', EITHER),
        "regexFindAll empty": ('{{ regexFindAll "" (repeat 4900000 "x") -1 | len }}', EITHER),
        "regexSplit": ('{{ regexSplit "" (repeat 4900000 "x") -1 | len }}', EITHER),
        "chunk": ("{{ chunk 1 (until 600000) | len }}", EITHER),
        "output": '{{ $x := repeat 1000000 "x" }}{{ range until 100000 }}{{ $x }}{{ end }}',
        "output of nothing": "{{ range until 100000 }}{{ range until 100000 }}{{ nil_ }}{{ end }}{{ end }}".replace(
            "nil_", "$.no"
        ),
        "many variables": "".join(f"{{{{ $v{n} := {n} }}}}" for n in range(20000))
        + '{{ define "a" }}'
        + "".join(f"{{{{ $v{n} := {n} }}}}" for n in range(20000))
        + '{{ template "a" }}{{ end }}{{ template "a" }}',
        # Amplifiers of one big text, one at a time
        **{f"big {name}": (_BIG + "{{ " + call + " | len }}", EITHER) for name, call in _BIG_CALLS.items()},
        **{f"wide {name}": (_WIDE + "{{ " + call + " | len }}", EITHER) for name, call in _BIG_CALLS.items()},
        **{
            f"loop {name}": (_BIG + _LOOP + "{{ $_ := " + call + " }}{{ end }}", EITHER)
            for name, call in _BIG_CALLS.items()
            if name in _LOOPED
        },
        # Shared and self-referring values
        **{f"shared list {name}": (_DAG + "{{ " + call + " | len }}", EITHER) for name, call in _VALUE_CALLS.items()},
        **{
            f"shared map {name}": (_MAP_DAG + "{{ " + call + " | len }}", EITHER) for name, call in _VALUE_CALLS.items()
        },
        **{
            f"self {name}": (_SELF + "{{ $x := $d }}{{ " + call + " | len }}", EITHER)
            for name, call in _VALUE_CALLS.items()
        },
        **{f"deep map {name}": (_DEEP_MAP + "{{ " + call + " | len }}", EITHER) for name, call in _VALUE_CALLS.items()},
        **{
            f"deep list {name}": (_DEEP_LIST + "{{ " + call + " | len }}", EITHER)
            for name, call in _VALUE_CALLS.items()
        },
        "self printed": _SELF + "{{ $d }}",
        "shared printed": _DAG + "{{ $x }}",
        "deep printed": _DEEP_LIST + "{{ $x }}",
        "self compared": (
            _SELF + '{{ $e := dict "a" 1 }}{{ $_ := set $e "self" $e }}{{ eq (toString (deepEqual $d $e)) "x" }}',
            EITHER,
        ),
        "deep compared": (_DEEP_MAP.replace("$x", "$y") + _DEEP_MAP + "{{ deepEqual $x $y }}", EITHER),
        "eq of deep": (_DEEP_MAP + "{{ eq $x $x }}", EITHER),
        "self in values": '{{ $_ := set .Values "me" .Values }}{{ toYaml .Values }}{{ .Values }}{{ toJson .Values }}{{ include "x" . }}{{ define "x" }}{{ end }}',
        "merge of selves": (
            _SELF
            + '{{ $e := dict }}{{ $_ := set $e "self" $e }}{{ $_ := merge $d $e }}{{ $_ := mergeOverwrite $d $e }}',
            EITHER,
        ),
        "merge of itself": (
            _SELF + "{{ $_ := merge $d $d.self }}{{ $_ := mergeOverwrite $d $d.self }}{{ keys $d | len }}",
            EITHER,
        ),
        "list in itself": (
            '{{ $l := list 1 }}{{ $d := dict "l" $l }}{{ $_ := set $d "l" (append $l $d) }}{{ $d }}',
            EITHER,
        ),
        # Nesting of the text
        "parentheses": "{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}",
        "ifs": "{{ if 1 }}" * 100_000 + "{{ end }}" * 100_000,
        "ranges": "{{ range $.x }}" * 100_000 + "{{ end }}" * 100_000,
        "defines": '{{ define "a" }}' * 100_000 + "{{ end }}" * 100_000,
        "blocks": '{{ block "a" . }}' * 100_000 + "{{ end }}" * 100_000,
        "pipes": "{{ 1 " + "| print " * 100_000 + "}}",
        "fields": ("{{ .Values" + ".a" * 100_000 + " }}", EITHER),
        "fields of a chain": ("{{ (.Values)" + ".a" * 100_000 + " }}", EITHER),
        "arguments": ("{{ list " + "1 " * 200_000 + "| len }}", EITHER),
        "else ifs": ("{{ if 0 }}" + "{{ else if 0 }}" * 100_000 + "{{ end }}", EITHER),
        "else withs": ("{{ with 0 }}" + "{{ else with 0 }}" * 100_000 + "{{ end }}", EITHER),
        "actions": ("{{ 1 }}" * 1_000_000, EITHER),
        "comments": ("{{/* x */}}" * 1_000_000, EITHER),
        "open braces": "{{" * 1_000_000,
        "open comment": "{{/*" + "*" * 5_000_000,
        "open string": '{{ "' + "\\" * 5_000_000,
        "open raw string": "{{ `" + "x" * 5_000_000,
        "trims": ("{{- 1 -}} " * 500_000, EITHER),
        "spaces": (" " * 5_000_000 + "{{- 1 -}}" + " " * 5_000_000, TEXT),
        "half spaces": ("{{ 1 }}" + (" " * 2000 + "{{ 1 }}") * 2000, TEXT),
        "long name": ("{{ ." + "a" * 5_000_000 + " }}", EITHER),
        "long function": "{{ " + "a" * 5_000_000 + " }}",
        "long number": "{{ " + "9" * 1_000_000 + " }}",
        "long float": "{{ " + "9" * 1_000_000 + ".5 }}",
        "long hex": "{{ 0x" + "f" * 1_000_000 + " }}",
        "long exponent": "{{ 1e" + "9" * 1_000_000 + " }}",
        "hex exponent": "{{ 0x1p" + "9" * 1_000_000 + " }}",
        "float to int": ("{{ 1e308 }}{{ int 1e308 }}{{ until (int 1e1) }}", TEXT),
        "int constant of float": "{{ until 1e308 }}",
        "complex": ("{{ 1e308i }}{{ 1i }}", EITHER),
        "lines": ("\n" * 3_000_000 + "{{ .a.b.c.d.e }}", EITHER),
        "error in every line": "\n" * 200_000
        + '{{ define "a" }}{{ fail_ }}{{ end }}{{ include "a" . }}'.replace("fail_", 'required "no" nil'),
        # Regular expressions
        "regex backtracking": ('{{ regexMatch "^(a+)+$" (print (repeat 50000 "a") "!") }}', TEXT),
        "regex counts": ('{{ regexMatch "((a{1,100}){1,100}){1,100}" (repeat 50000 "a") }}', EITHER),
        "regex huge count": ('{{ mustRegexMatch "a{1000000000}" "a" }}', EITHER),
        "regex deep": '{{ mustRegexMatch (print (repeat 100000 "(") "a" (repeat 100000 ")")) "a" }}',
        "regex long": ('{{ mustRegexMatch (repeat 2000000 "a?") (repeat 10000 "a") }}', EITHER),
        "regex many": '{{ range $i := until 600000 }}{{ $_ := regexMatch (print (repeat 100 "(a|b|c)*") $i) "abc" }}{{ end }}',
        "regex groups": ('{{ regexReplaceAll (repeat 20000 "(a)") "a" "$1" }}', EITHER),
        "regex big class": ('{{ regexMatch (repeat 2000 "\\\\pL") (repeat 10000 "é") }}', EITHER),
        "regex invalid bytes": (
            '{{ regexFindAll "\\xff" "a\\xffb" -1 }}{{ regexReplaceAll "[^a]" "\\xff\\xfe" "$0" }}',
            EITHER,
        ),
        "regex NUL": ('{{ regexReplaceAll "\\x00" "a\\x00b" "c" }}', EITHER),
        # Dates, durations, numbers
        "dates": (
            '{{ range $n := list 9223372036854775807 -9223372036854775808 1e18 253402300800 -62135596801 }}{{ date "2006-01-02T15:04:05Z07:00 MST Monday" (int64 $n) }}{{ dateInZone "2006 Jan _2" (int64 $n) "Asia/Tokyo" }}{{ htmlDate (int64 $n) }}{{ ago (int64 $n) }}{{ durationRound (int64 $n) }}{{ duration (int64 $n) }}{{ end }}',
            TEXT,
        ),
        "dateModify": (
            '{{ now | dateModify "9223372036h" }}{{ now | dateModify "-2540400h" | date "2006" }}{{ now | dateModify (repeat 100000 "1h") }}{{ now | dateModify (print (repeat 100000 "9") "h") }}',
            EITHER,
        ),
        "toDate": (
            '{{ toDate "2006-01-02" "99999-99-99" }}{{ toDate (repeat 100000 "2006") (repeat 100000 "2020") }}{{ toDate "2006" "0000" | unixEpoch }}',
            EITHER,
        ),
        "date layout": ('{{ date (repeat 1000000 "2006-01-02 Monday") now | len }}', EITHER),
        "date layout fractions": ('{{ date (print "." (repeat 1000000 "0")) now | len }}', EITHER),
        "zones": (
            '{{ range $z := list "../../etc/passwd" "/etc/passwd" "\\x00" "a/b/../../../x" "UTC\\x00" "" "Local" "posix/UTC" "\\xff" }}{{ dateInZone "2006" (int64 0) $z }}{{ end }}{{ dateInZone "2006" (int64 0) (repeat 100000 "a/") }}',
            TEXT,
        ),
        "div by zero": "{{ div 1 0 }}",
        "mod by zero": "{{ mod 1 0 }}",
        "div min by -1": (
            "{{ div -9223372036854775808 -1 }}{{ mod -9223372036854775808 -1 }}{{ divf 1 0 }}{{ mul 9223372036854775807 9223372036854775807 9223372036854775807 }}",
            EITHER,
        ),
        "divf zero": ("{{ divf 1.0 0.0 }}", EITHER),
        "float math": (
            '{{ round 1e308 1000000000 }}{{ round 1.5 -1000000000 }}{{ floor "1e400" }}{{ ceil "-inf" }}{{ floor "nan" }}{{ round "nan" 2 }}{{ addf 1e308 1e308 1e308 }}{{ mulf 1e308 1e308 }}{{ maxf "nan" 1 }}',
            EITHER,
        ),
        "ints of text": (
            '{{ $n := repeat 1000000 "9" }}{{ int $n }}{{ int64 $n }}{{ atoi $n }}{{ float64 $n }}{{ add $n 1 }}{{ toDecimal (repeat 1000000 "7") }}{{ int (print "0x" (repeat 1000000 "f")) }}{{ int (print "0b" (repeat 1000000 "1")) }}{{ float64 (print "0x" (repeat 1000000 "f") "p1") }}{{ float64 (print "1e" $n) }}',
            TEXT,
        ),
        "ints of floats": (
            '{{ int 1e308 }}{{ int64 -1e308 }}{{ int (float64 "nan") }}{{ int (float64 "inf") }}{{ toString (float64 "inf") }}{{ add 1e308 1 }}{{ add1 (float64 "nan") }}{{ mod (float64 "inf") 3 }}{{ max 1e308 1 }}{{ until (int (float64 "nan")) | len }}',
            EITHER,
        ),
        "semver": (
            '{{ range $v := list "99999999999999999999.1.1" "1.99999999999999999999999.1" "v" "1.2.3-\\xff" "1.0.0-0000" "" "1.2.3+\\u00e9" }}{{ regexMatch "x" $v }}{{ end }}{{ semver "18446744073709551616.0.0" }}',
            ERROR,
        ),
        "semver giant": '{{ semver (print (repeat 1000000 "9") ".0.0") }}',
        "semver pre": (
            '{{ semver (print "1.2.3-" (repeat 1000000 "9") ".1") }}{{ semverCompare (print ">1.2.3-" (repeat 100000 "9")) (print "1.2.3-" (repeat 100000 "8")) }}',
            EITHER,
        ),
        "semver constraint": ('{{ semverCompare (repeat 100000 ">1.0.0, ") "1.2.3" }}', EITHER),
        "semver constraints": ('{{ semverCompare (print (repeat 100000 ">1.0.0 || ") "<3") "1.2.3" }}', EITHER),
        "semver spaces": ('{{ semverCompare (print ">" (repeat 1000000 " ") "x") "1.2.3" }}', EITHER),
        "semver hyphens": ('{{ semverCompare (repeat 50000 "1 - ") "1.2.3" }}', EITHER),
        # Slow on purpose
        "genPrivateKey": _LOOP + '{{ $_ := genPrivateKey "rsa" }}{{ end }}',
        "genPrivateKey dsa": _LOOP + '{{ $_ := genPrivateKey "dsa" }}{{ end }}',
        "genPrivateKey ecdsa": _LOOP + '{{ $_ := genPrivateKey "ecdsa" }}{{ end }}',
        "genPrivateKey in one action": "{{ list " + '(genPrivateKey "rsa") ' * 1000 + "| len }}",
        "genCA": _LOOP + '{{ $_ := genCA "x" 365 }}{{ end }}',
        "genCA huge": '{{ genCA "x" 9223372036854775807 }}{{ genCA (repeat 1000000 "x") 1 }}{{ genCA "x" -9223372036854775808 }}{{ range until 1000 }}{{ $_ := genCA "x" 1 }}{{ end }}',
        "genSelfSignedCert": (
            '{{ genSelfSignedCert "\\xff\\x00" (list "::1" "1.2.3.4/24") (list "a" "\\xff") 365 }}',
            ERROR,
        ),
        "genSelfSignedCert names": (
            '{{ genSelfSignedCert "x" (list) (splitList "," (repeat 200000 "a,")) 365 | toString | len }}',
            EITHER,
        ),
        "genSignedCert": ('{{ genSignedCert "x" nil nil 365 (dict) }}', ERROR),
        "genSignedCert forged": ('{{ genSignedCert "x" nil nil 365 (buildCustomCert "AAAA" "AAAA") }}', ERROR),
        "buildCustomCert": (
            '{{ buildCustomCert (b64enc "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----") (b64enc "x") }}',
            ERROR,
        ),
        "genCAWithKey": (
            '{{ genCAWithKey "x" 1 "-----BEGIN RSA PRIVATE KEY-----\\nMAMCAQE=\\n-----END RSA PRIVATE KEY-----" }}',
            ERROR,
        ),
        "derivePassword": _LOOP + '{{ $_ := derivePassword 1 "long" "a" "b" "c" }}{{ end }}',
        "derivePassword huge": (
            '{{ derivePassword 4294967295 "long" (repeat 4500000 "a") (repeat 4500000 "b") (repeat 4500000 "\\xff") }}',
            EITHER,
        ),
        "htpasswd": _LOOP + '{{ $_ := htpasswd "a" "b" }}{{ end }}',
        "htpasswd odd": ('{{ htpasswd "\\xff" (repeat 1000000 "\\x00") }}{{ htpasswd "a" "a\\x00b" }}', EITHER),
        "bcrypt": _LOOP + '{{ $_ := bcrypt "b" }}{{ end }}',
        "bcrypt NUL": ('{{ bcrypt "\\x00\\xff" }}{{ bcrypt (repeat 1000000 "\\xff") }}', EITHER),
        "aes": ('{{ decryptAES "x" (encryptAES "x" (repeat 4500000 "a")) | len }}', EITHER),
        "aes wrong": '{{ decryptAES "x" "AAAA" }}',
        "uuids": _LOOP
        + "{{ $_ := uuidv4 }}{{ end }}"
        + _LOOP
        + "{{ $_ := uuidv4 }}{{ end }}"
        + _LOOP
        + "{{ $_ := uuidv4 }}{{ end }}{{ range until 600000 }}{{ range until 600000 }}{{ end }}{{ end }}",
        "getHostByName": ('{{ getHostByName "localhost" }}', TEXT),
        "sorted loop": _LOOP + "{{ $_ := sortAlpha (until 100000) }}{{ end }}",
        "shuffle loop": _LOOP + '{{ $_ := shuffle (repeat 100000 "ab") }}{{ end }}',
        "uniq": ("{{ uniq (until 600000) | len }}", EITHER),
        "uniq of maps": (
            '{{ $l := list }}{{ range $i := until 3000 }}{{ $l = append $l (dict "a" (list 1.0 nil)) }}{{ end }}{{ uniq $l | len }}{{ without $l (dict "b" 1) | len }}',
            EITHER,
        ),
        "uniq of NaN": (
            '{{ $n := float64 "nan" }}{{ $l := list }}{{ range until 20000 }}{{ $l = append $l $n }}{{ end }}{{ uniq $l | len }}',
            EITHER,
        ),
        "without": ("{{ without (until 600000) 1 2 3 | len }}{{ has 5 (until 600000) }}", EITHER),
        "has loop": _LOOP + "{{ $_ := has 5.5 (until 100000) }}{{ end }}",
        "in a dict loop": "{{ $d := dict }}"
        + _LOOP
        + "{{ range $i := until 600000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}{{ end }}",
        "keys loop": "{{ $d := dict }}{{ range $i := until 100000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}"
        + _LOOP
        + "{{ $_ := keys $d }}{{ $_ := values $d }}{{ end }}",
        "pick loop": "{{ $d := dict }}{{ range $i := until 100000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}"
        + _LOOP
        + '{{ $_ := omit $d "1" }}{{ end }}',
        "copies": "{{ $d := dict }}{{ range $i := until 100000 }}{{ $_ := set $d (toString $i) $i }}{{ end }}"
        + _kept("deepCopy $d"),
        "dig": ('{{ dig "a" "b" "c" 1 (dict) }}', EITHER),
        "dig deep": (_DEEP_MAP + "{{ dig " + '"a" ' * 50000 + "1 $x | len }}", EITHER),
        # Readers of data
        "fromYaml aliases": '{{ fromYaml "a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\\ni: &i [*h,*h,*h,*h,*h,*h,*h,*h,*h]\\n" | toYaml }}'.replace(
            "{{ from", "{{ $y := from"
        ).replace("| toYaml }}", "}}{{ if $y.Error }}{{ required $y.Error nil }}{{ end }}{{ toJson $y }}"),
        "fromYaml alias to itself": ('{{ fromYaml "a: &a [*a]" }}{{ fromYaml "&a {b: *a}" }}', EITHER),
        "fromYaml merge": ('{{ fromYaml "a: &a {x: 1}\\nb: {<<: [*a, *a, *a]}\\nc: {<<: *c}" }}', EITHER),
        "fromYaml deep": (
            '{{ fromYaml (repeat 100000 "[") }}{{ fromYaml (repeat 100000 "{a: ") }}{{ fromYaml (repeat 100000 "- ") }}{{ fromYaml (repeat 100000 "? ") }}',
            EITHER,
        ),
        "fromYaml deep lines": (
            '{{ $t := "" }}{{ range $i := until 1500 }}{{ $t = print $t (repeat $i " ") "a:\\n" }}{{ end }}{{ fromYaml $t | toString | len }}',
            EITHER,
        ),
        "fromYaml big": ('{{ fromYaml (repeat 1000000 "a: 1\\n") | len }}', EITHER),
        "fromYaml big list": ('{{ fromYaml (print "a: [" (repeat 2000000 "1,") "]") | len }}', EITHER),
        "fromYaml loop": _LOOP + '{{ $_ := fromYaml "a: [1, 2, {b: c}]" }}{{ end }}' + _LOOP + "{{ end }}",
        "fromYaml loop of big": _BIG + _LOOP + '{{ $_ := fromYaml (repeat 20000 "a: b\\n") }}{{ end }}',
        "fromYaml numbers": (
            '{{ fromYaml (print "a: " (repeat 100000 "9")) }}{{ fromYaml (print "a: 0x" (repeat 100000 "f")) }}{{ fromYaml "a: 1e999999999" }}{{ fromYaml (print "a: " (repeat 30000 "1:") "1") }}{{ fromYaml "a: 0b" }}{{ fromYaml "a: .inf" | toJson }}{{ fromYaml "a: 0o777_" }}{{ fromYaml (print "a: " (repeat 100000 "1_")) }}',
            EITHER,
        ),
        "fromYaml dates": (
            '{{ fromYaml "a: 99999-99-99\\nb: 2020-02-30\\nc: 2001-12-14t21:59:43.10-99:99\\n" }}',
            EITHER,
        ),
        "fromYaml odd": (
            '{{ range $t := list "a: !!binary =" "a: !!int x" "!!set {a}" "? [a]: b" "a: \\x00" "\\xff" "\\ufeffa: 1" "a\\rb: 1" "%YAML 9.9\\n--- a" "--- !<x> a" "a: !!float x" "!!python/object:os.system x" "\\ud7ff: \\ue000" "a: \\"\\\\ud800\\"" "a: \\"\\\\U00110000\\"" "{a, b: [}" "a: |9999999\\n x" "*a" "&a" "a: *b" "- - - :" "~: ~" "1: 1\\n1.0: 2" "true: 1" "{}: 1" "<<: 1" "<<: [1]" "a: !!null x" "a: !!timestamp x" }}{{ fromYaml $t }}{{ fromYamlArray $t }}{{ fromJson $t }}{{ fromToml $t }}{{ end }}',
            TEXT,
        ),
        "fromJson deep": (
            '{{ fromJson (repeat 100000 "[") }}{{ fromJson (repeat 100000 "{\\"a\\":") }}{{ fromJsonArray (print (repeat 100000 "[") (repeat 100000 "]")) }}',
            EITHER,
        ),
        "fromJson deep within": (
            '{{ fromJson (print (repeat 9990 "{\\"a\\":") "1" (repeat 9990 "}")) | toJson | len }}',
            EITHER,
        ),
        "fromJson big": ('{{ fromJsonArray (print "[" (repeat 2000000 "1,") "1]") | len }}', EITHER),
        "fromJson objects": ('{{ fromJsonArray (print "[" (repeat 2000000 "{},") "1]") | len }}', EITHER),
        "fromJson numbers": (
            '{{ fromJson (print "{\\"a\\":" (repeat 100000 "9") "}") }}{{ fromJson "{\\"a\\":1e999}" }}{{ fromJson "{\\"a\\":-0}" }}{{ fromJson "{\\"a\\":\\"\\\\ud800\\"}" | toJson }}',
            EITHER,
        ),
        "fromToml deep": (
            '{{ fromToml (print "a = " (repeat 100000 "[")) }}{{ fromToml (print (repeat 50000 "a.") "a = 1") }}{{ fromToml (print "[" (repeat 50000 "a.") "a]") }}{{ fromToml (print "a = " (repeat 100000 "{a=")) }}',
            EITHER,
        ),
        "fromToml big": ('{{ fromToml (print "a = [" (repeat 2000000 "1,") "]") | len }}', EITHER),
        "fromToml numbers": (
            '{{ fromToml (print "a = " (repeat 100000 "9")) }}{{ fromToml "a = 9999-99-99" }}{{ fromToml "a = 1e999" }}{{ fromToml (print "a = 0x" (repeat 100000 "f")) }}{{ fromToml "a = inf" | toToml }}{{ fromToml "a = 25:00:00" }}',
            EITHER,
        ),
        "fromToml keys": ('{{ fromToml (repeat 100000 "[[a]]\\n") | len }}', EITHER),
        "mustFromJson": ('{{ mustFromJson (repeat 100000 "[") }}', EITHER),
        "b64dec": (
            '{{ b64dec "\\xff" }}{{ b64dec "a" }}{{ b64dec "////" | toJson }}{{ b32dec "a" }}{{ b64dec "77+9" }}{{ "\\xff\\xfe" | upper | title | trunc 1 | quote }}',
            TEXT,
        ),
        "urls": (
            '{{ range $u := list "http://[::1" "http://a:99999999999999999999/" "%zz" "//" ":" "http://\\xff/" "a%00b" "http://u:p@h:1/p?q#f" "http://[fe80::1%25en0]/" "*" }}{{ regexMatch "x" $u }}{{ end }}{{ urlParse "http://[::1" }}',
            ERROR,
        ),
        "urlJoin": ('{{ urlJoin (dict "scheme" 1) }}', ERROR),
        # Characters
        "NUL": ('a\x00b{{ "\\x00" }}{{ .Values.a }}', TEXT),
        "NUL in an action": "{{ \x00 }}",
        "NUL in a name": "{{ .a\x00b }}",
        "BOM": ("\ufeff{{ 1 }}\ufeff", TEXT),
        "BOM in an action": "{{ \ufeff1 }}",
        "lone CR": ("a\rb{{ 1 }}\r{{- 2 -}}\r\n", TEXT),
        "surrogates escaped": '{{ "\\ud800" }}',
        "every plane": (
            "{{ $é := 1 }}" + "".join(f"{{{{ $x{chr(0x4E00 + n)} := {n} }}}}" for n in range(200)) + "{{ $é }}",
            TEXT,
        ),
        "not assigned names": "{{ $\U0001f600 := 1 }}",
        "template of odd name": '{{ template "\\x00\\xff" }}',
        "define of odd name": (
            '{{ define "\\x00\\xff" }}x{{ end }}{{ template "\\x00\\xff" }}{{ include "\\x00\\xff" . }}',
            TEXT,
        ),
        "set of odd keys": (
            '{{ $d := dict "\\xff" 1 "\\x00" 2 "\\ue000" 3 "" 4 }}{{ toYaml $d }}{{ toJson $d }}{{ toToml $d }}{{ $d }}{{ keys $d | sortAlpha }}{{ range $k, $v := $d }}{{ $k }}{{ end }}',
            TEXT,
        ),
        "odd text everywhere": (
            '{{ $t := "\\xff\\x00\\u0085\\u2028\\ufeff\\ufffe\\U0010ffff" }}'
            + "".join("{{ " + call + " }}" for call in _ODD_CALLS),
            TEXT,
        ),
        "files": (
            '{{ .Files.Get "../../../etc/passwd" }}{{ .Files.Get "/etc/passwd" }}{{ .Files.Get "\\x00" }}{{ range .Files.Lines "a" }}{{ . }}{{ end }}',
            TEXT,
        ),
        "glob": ('{{ .Files.Glob (print (repeat 5000 "*a") "b") | toString | len }}', EITHER),
        "glob alternatives": ('{{ .Files.Glob (repeat 30 "{a,b,c}") | toString | len }}', EITHER),
        "glob nested": ('{{ .Files.Glob (print (repeat 5000 "{") "a" (repeat 5000 "}")) | toString | len }}', EITHER),
        "glob stars": ('{{ .Files.Glob (repeat 50 "**/") | toString | len }}', EITHER),
        "glob classes": ('{{ .Files.Glob (repeat 5000 "[!a-z]") }}{{ .Files.Glob "[" }}', EITHER),
        "files as config": ("{{ range until 1000 }}{{ $.Files.AsConfig | len }}{{ end }}", EITHER),
        "capabilities loop": _LOOP
        + '{{ $_ := $.Capabilities.APIVersions.Has "v1" }}{{ end }}'
        + _LOOP * 2
        + "{{ end }}{{ end }}",
        "method with odd arguments": ("{{ .Files.Get 1 }}", ERROR),
        "fail": ('{{ fail (repeat 4500000 "x") }}', ERROR),
        "required": ('{{ required (repeat 4500000 "x") nil }}', ERROR),
        "fail through includes": '{{ define "a" }}{{ if gt . 0 }}{{ include "a" (sub . 1 | int) }}{{ else }}{{ fail (repeat 100000 "x") }}{{ end }}{{ end }}{{ include "a" 900 }}',
        "undefined through templates": '{{ define "a" }}{{ if gt . 0 }}{{ template "a" (sub . 1 | int) }}{{ else }}{{ template "none" }}{{ end }}{{ end }}{{ template "a" 90000 }}',
        "lookup": ('{{ lookup "v1" "Secret" "" "" }}{{ lookup "\\xff" "" (repeat 100000 "x") "" }}', TEXT),
        "index": "{{ index (list 1) 9223372036854775807 }}",
        "slice": "{{ slice (list 1) 9223372036854775807 }}",
        "substr": (
            '{{ substr -9223372036854775808 9223372036854775807 "abc" }}{{ trunc -9223372036854775808 "abc" }}{{ trunc 9223372036854775807 "abc" }}{{ abbrev 9223372036854775807 "abc" }}{{ abbrevboth -9223372036854775808 9223372036854775807 "abc" }}',
            EITHER,
        ),
        "ternary": ("{{ ternary 1 2 nil }}", ERROR),
        "camelcase": (
            '{{ camelcase (repeat 1000000 "a_B") | len }}{{ snakecase (repeat 1000000 "aB1") | len }}{{ kebabcase (repeat 500000 "A-1") | len }}',
            EITHER,
        ),
    }


_BIG_CALLS = {
    "upper": "upper $big", "title": "title $big", "untitle": "untitle $big", "swapcase": "swapcase $big",
    "nospace": "nospace $big", "initials": "initials $big", "shuffle": "shuffle $big", "reverse": 'reverse (splitList "" $big)',
    "camelcase": "camelcase $big", "snakecase": "snakecase $big", "kebabcase": "kebabcase $big",
    "quote": "quote $big", "squote": "squote $big", "js": "js $big", "html": "html $big", "urlquery": "urlquery $big",
    "toJson": "toJson $big", "toPrettyJson": "toPrettyJson $big", "toRawJson": "toRawJson $big", "toYaml": 'toYaml (dict "a" $big)',
    "toYamlPretty": 'toYamlPretty (dict "a" $big)', "toToml": 'toToml (dict "a" $big)', "toString": "toString (list $big)", "b64enc": "b64enc $big", "b32enc": "b32enc $big",
    "sha256sum": "sha256sum $big", "sha512sum": "sha512sum $big", "adler32sum": "adler32sum $big", "wrap": "wrap 10 $big", "wrapWith": 'wrapWith 1 "--" $big',
    "splitList": 'splitList "a" $big', "splitn": 'splitn "a" 100000000 $big', "split": 'split "a" $big',
    "trunc": "trunc 3999900 $big", "substr": "substr 1 3999900 $big", "abbrev": "abbrev 3999900 $big", "abbrevboth": "abbrevboth 5 3999900 $big",
    "regexReplaceAll": 'regexReplaceAll "a" $big "b"', "regexReplaceAllLiteral": 'regexReplaceAllLiteral "a" $big "b"',
    "regexFindAll": 'regexFindAll ".." $big -1', "regexSplit": 'regexSplit "a" $big -1', "regexMatch": 'regexMatch "(a|b|ab)*c" $big | toString',
    "regexQuoteMeta": "regexQuoteMeta $big", "encryptAES": 'encryptAES "k" $big',
    "trimAll": 'trimAll "ab" $big', "trim": "trim $big", "replace": 'replace "a" "b" $big', "indent": "indent 2 $big", "plural": "plural $big $big 1",
    "contains": 'contains (print $big "c") $big | toString', "fromJson": 'fromJson (print "{\\"a\\":\\"" $big "\\"}")',
    "fromYaml": 'fromYaml (print "a: " $big)', "fromYaml quoted": 'fromYaml (print "a: \\"" $big "\\"")', "fromYaml block": 'fromYaml (print "a: |\\n  " $big)', "fromToml": 'fromToml (print "a = \\"" $big "\\"")',
    "urlParse": "urlParse $big", "urlJoin": 'urlJoin (dict "path" $big)', "base": "base $big", "clean": 'clean (replace "a" "../" $big)', "dir": "dir $big", "ext": "ext $big",
    "printf %q": 'printf "%q" $big', "printf %x": 'printf "%x" $big', "printf %v": 'printf "%v" (list $big)', "printf %#v": 'printf "%#v" $big', "printf %U": 'printf "%d" $big',
    "int": "int $big | toString", "float64": "float64 $big | toString", "semver": 'semver (print "1.0.0-" $big) | toString', "date": "date $big now", "duration": "duration $big", "toDecimal": "toDecimal $big | toString",
    "tpl": 'tpl (print $big "{{ 1 }}") $', "index": "index $big 100 | toString", "slice": "slice $big 1 100", "cat": "cat $big 1", "derivePassword": 'derivePassword 1 "long" $big "b" "c"',
    "list of texts": 'toStrings (splitList "a" $big)', "sortAlpha": 'sortAlpha (splitList "a" $big)', "uniq": 'uniq (splitList "a" $big)', "join": 'join "c" (splitList "a" $big)', "compact": 'compact (splitList "a" $big)',
}  # fmt: skip

_LOOPED = (
    "upper",
    "camelcase",
    "toJson",
    "toYaml",
    "sha256sum",
    "splitList",
    "regexFindAll",
    "regexReplaceAll",
    "sortAlpha",
    "uniq",
    "fromYaml",
    "tpl",
    "encryptAES",
)

_VALUE_CALLS = {
    "toYaml": "toYaml $x", "toJson": "toJson $x", "toPrettyJson": "toPrettyJson $x", "toRawJson": "toRawJson $x", "toToml": 'toToml (dict "x" $x)',
    "toString": "toString $x", "quote": "quote $x", "printf %v": 'printf "%v" $x', "printf %s": 'printf "%s" $x', "printf %q": 'printf "%q" $x', "printf %#v": 'printf "%#v" $x', "printf %+v": 'printf "%+v" $x', "printf %x": 'printf "%x" $x', "printf %d": 'printf "%d" $x', "printf %T": 'printf "%T" $x',
    "html": "html $x", "cat": "cat $x", "join": 'join "," (list $x $x)', "toStrings": "toStrings (list $x)", "deepEqual": "deepEqual $x (deepCopy $x) | toString",
    "deepCopy": "deepCopy $x", "merge": 'merge (dict "x" (dict)) (dict "x" $x)', "mergeOverwrite": 'mergeOverwrite (dict "x" (dict "b" 1)) (dict "x" $x)', "uniq": "uniq (list $x $x)", "has": "has $x (list 1 $x) | toString", "without": "without (list $x) $x", "sortAlpha": "sortAlpha (list $x)",
    "len": "len $x | toString", "kindOf": "kindOf $x", "typeOf": "typeOf $x", "default": "default $x nil", "empty": "empty $x | toString", "compact": "compact (list $x)", "fromYaml": "fromYaml (toYaml $x)", "eq": "eq 1 (len $x) | toString", "values": 'values (dict "x" $x)', "int": "int $x | toString", "add": "add $x 1 | toString", "date": 'date "2006" $x', "required": 'required "x" $x', "tpl": 'tpl "{{ . }}" $x', "urlJoin": 'urlJoin (dict "path" (toString $x))', "set": 'set $ "x" $x', "set values": 'set $.Values "x" $x | toYaml', "mustMerge": 'mustMerge (dict "x" (dict)) (dict "x" $x)', "all": "all $x $x | toString", "coalesce": "coalesce $x", "dict": "dict $x $x",
}  # fmt: skip

_ODD_CALLS = (
    "quote $t", "squote $t", "upper $t", "lower $t", "title $t", "untitle $t", "swapcase $t", "trunc 1 $t", "trunc -1 $t", "substr 1 3 $t", "abbrev 5 $t", "initials $t", "nospace $t", "camelcase $t", "snakecase $t", "kebabcase $t",
    "shuffle $t | len", "b64enc $t", "b32enc $t", "sha1sum $t", "sha256sum $t", "adler32sum $t", "toJson $t", "toPrettyJson $t", "toRawJson $t", "toYaml $t", 'toToml (dict "a" $t)', "js $t", "html $t", "urlquery $t", 'printf "%q %x %X %s %v %U" $t $t $t $t $t $t', "printf $t 1",
    "split $t $t", 'splitList "" $t', "join $t (list 1 2)", "regexQuoteMeta $t", 'regexReplaceAll "." $t "$0"', 'regexFindAll "." $t -1', 'regexSplit "" $t -1', "wrap 1 $t", "wrapWith 1 $t $t", "indent 1 $t", "date $t now | len", "int $t", "float64 $t", "duration $t", "toDecimal $t", "base $t", "dir $t", "clean $t", "ext $t", 'sortAlpha (list $t "a")',
    "htpasswd $t $t | len", 'derivePassword 1 "long" $t $t $t', "encryptAES $t $t | len", "typeOf $t", "list $t | toString", "dict $t $t | toString", "index $t 0", "len $t", "tpl $t $", "lookup $t $t $t $t", "repeat 2 $t", "replace $t $t $t", "fromYaml $t", "fromJson $t", "fromToml $t", "contains $t $t", "hasPrefix $t $t", 'urlJoin (dict "host" $t "path" $t "query" $t "fragment" $t)',
    "dateInZone $t (int64 0) $t", "println $t", "getHostByName $t", "plural $t $t 1", "cat $t $t", "trimAll $t $t", "trimSuffix $t $t", "ternary $t $t true", "atoi $t", "coalesce $t", "empty $t", "hasKey (dict $t 1) $t", "pluck $t (dict $t 1)", "pick (dict $t 1) $t", "omit (dict $t 1) $t",
)  # fmt: skip


_JINJA: dict[str, str | tuple[str, str]] = {
    "macro endless": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "include endless": '{% include "a.yaml" %}',
    "import endless": '{% import "a.yaml" as a %}{{ a.x }}',
    "extends endless": '{% extends "a.yaml" %}',
    "tpl endless": '{% set t = "{{ tpl(Values.t) }}" %}{{ tpl(Values.t) }}',
    "range": "{% for i in range(1000000000) %}{% endfor %}",
    "range nested": "{% for i in range(100000) %}{% for j in range(100000) %}{% for k in range(100000) %}{% endfor %}{% endfor %}{% endfor %}",
    "range in a filter": "{{ range(99999) | map('upper') | list | length }}",
    "sum of ranges": "{% for i in range(100000) %}{{ range(99999) | sum }}{% endfor %}",
    "sorted ranges": "{% for i in range(100000) %}{{ range(99999) | sort(reverse=true) | length }}{% endfor %}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "times": "{{ 'x' * 1000000000 }}",
    "list times": "{{ [1] * 1000000000 }}",
    "shift": "{{ 99999999 * 99999999 * 99999999 }}",
    "doubling": "{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "plus doubling": "{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "list doubling": "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "join doubling": "{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] | join %}{% endfor %}",
    "replace doubling": "{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = ns.x | replace('x', 'xx') %}{% endfor %}",
    "captured doubling": "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{% set ns = namespace(x='x') %}{% for i in range(100) %}{% set ns.x = m(ns.x) %}{% endfor %}",
    "shared": "{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "shared tojson": "{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
    "shared string": "{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | string }}",
    "shared toYaml": "{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | toYaml }}",
    "shared unique": "{% set ns = namespace(x=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ [ns.x, ns.x] | unique | list | length }}",
    "shared equal": "{% set ns = namespace(x=['x'], y=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "shared less": "{% set ns = namespace(x=['x'], y=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
    "shared in": "{% set ns = namespace(x=['x'], y=['x']) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x in [ns.y] }}",
    "deep tojson": ("{% set ns = namespace(x=['x']) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson | length }}", EITHER),
    "deep string": ("{% set ns = namespace(x=['x']) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | string | length }}", EITHER),
    "deep equal": ("{% set ns = namespace(x=['x'], y=['x']) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}", EITHER),
    "kept": "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = ns.x + ['x' * 1000000] %}{% endfor %}",
    "kept in one": "{{ [" + "'x' * 10000000," * 2000 + "] | length }}",
    "constants folded": "{{ 'x' * 100000000 }}{{ ('x' * 10000) * 10000 }}{{ 2 ** 64 ** 64 }}",
    "format": "{{ '%1000000000d' % 1 }}",
    "format filter": "{{ '%1000000000d' | format(1) }}",
    "center": "{{ 'x' | center(1000000000) }}",
    "indent": "{{ 'x' | indent(1000000000) }}",
    "text methods": "{{ 'x'.ljust(1000000000) }}",
    "zfill": "{{ 'x'.zfill(1000000000) }}",
    "format method": "{{ '{:1000000000}'.format(1) }}",
    "format_map": "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "expandtabs": "{{ '\\t'.expandtabs(1000000000) }}",
    "translate": "{{ 'x'.translate({120: 'y' * 100000000}) }}",
    "to_bytes": "{{ (1).to_bytes(1000000000, 'big') }}",
    "class": "{{ ''.__class__.__mro__ }}",
    "subclasses": "{{ ().__class__.__base__.__subclasses__() }}",
    "globals": "{{ tpl.__globals__ }}",
    "attr": "{{ '' | attr('__class__') }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
    "lipsum": "{{ lipsum(n=1000000) }}",
    "int of text": ("{{ ('9' * 100000) | int }}{{ ('9' * 100000) | float }}", EITHER),
    "float": ("{{ 1e308 | int }}{{ 1e308 * 10 }}{{ (1e308 * 10) | int }}{{ (1e308 * 10 - 1e308 * 10) | round }}", EITHER),
    "division": "{{ 1 / 0 }}",
    "modulo": "{{ 1 % 0 }}",
    "floor division": "{{ 1.5 // 0 }}",
    "round": ("{{ 1e308 | round(-400) }}{{ 1.5 | round(99) }}", EITHER),
    "truncate": ("{{ ('x ' * 1000000) | truncate(999999) | length }}{{ 'x' | truncate(-5) }}", EITHER),
    "title": ("{{ ('x ' * 4000000) | title | length }}", EITHER),
    "urlencode": ("{{ ('é' * 4000000) | urlencode | length }}", EITHER),
    "wordcount": ("{{ ('x ' * 4000000) | wordcount }}", EITHER),
    "list of text": ("{{ ('é' * 10000000) | list | length }}", EITHER),
    "split": ("{{ ('é ' * 10000000).split() | length }}", EITHER),
    "splitlines": ("{{ ('é\\n' * 10000000).splitlines() | length }}", EITHER),
    "reverse": ("{{ ('x' * 10000000) | reverse | length }}", EITHER),
    "groupby": ("{{ range(99999) | groupby('x') | list | length }}", EITHER),
    "parentheses": "{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}",
    "lists": "{{ " + "[" * 100_000 + "1" + "]" * 100_000 + " }}",
    "nots": "{{ " + "not " * 100_000 + "1 }}",
    "minuses": "{{ " + "-" * 100_000 + "1 }}",
    "sums": "{{ " + "1+" * 100_000 + "1 }}",
    "tildes": ("{{ " + "1~" * 100_000 + "1 }}", EITHER),
    "filters": "{{ 1" + "|string" * 100_000 + " }}",
    "calls": "{{ a" + "()" * 100_000 + " }}",
    "attributes": "{{ Values" + ".a" * 100_000 + " }}",
    "comparisons": ("{{ 1" + "<1" * 100_000 + " }}", EITHER),
    "ands": ("{{ 1" + " and 1" * 100_000 + " }}", EITHER),
    "conditions": ("{{ " + "1 if 1 else " * 50_000 + "1 }}", EITHER),
    "ifs": "{% if 1 %}" * 20_000 + "{% endif %}" * 20_000,
    "fors": "{% for a in [1] %}" * 20_000 + "{% endfor %}" * 20_000,
    "elifs": ("{% if 0 %}" + "{% elif 0 %}" * 20_000 + "{% endif %}", EITHER),
    "macros": "{% macro a() %}" * 20_000 + "{% endmacro %}" * 20_000,
    "blocks": "".join(f"{{% block a{n} %}}" for n in range(5000)) + "{% endblock %}" * 5000,
    "withs": "{% with %}" * 20_000 + "{% endwith %}" * 20_000,
    "many tags": ("{{ 1 }}" * 200_000, EITHER),
    "open tags": "{{" * 500_000,
    "open comment": "{#" + "#" * 1_000_000,
    "spaces": ("{{ 1 }}" + " " * 1_000_000 + "{%- if 1 -%}" + " " * 1_000_000 + "{% endif %}", EITHER),
    "long number": "{{ " + "9" * 1_000_000 + " }}",
    "long float": ("{{ 1." + "9" * 1_000_000 + " }}", EITHER),
    "underscores": ("{{ 1" + "_1" * 500_000 + " }}", EITHER),
    "long name": "{{ " + "a" * 1_000_000 + " }}",
    "long string": ("{{ '" + "\\\\" * 1_000_000 + "' }}", EITHER),
    "open string": "{{ '" + "\\" * 1_000_000,
    "NUL": ("a\x00b{{ '\x00' }}", TEXT),
    "surrogates": ("{{ '\\ud800' }}", EITHER),
    "odd names": "{{ \U0001F600 }}",
    "key": "{{ genPrivateKey('rsa') }}" * 1000,
    "loop of keys": "{% for i in range(1000) %}{{ genPrivateKey('rsa') | length }}{% endfor %}",
    "loop else": ("{% for i in range(10) recursive %}{{ loop(range(10)) }}{% endfor %}", ERROR),
    "loop of itself": ("{% for i in range(10) %}{{ loop }}{{ loop.nextitem }}{{ loop.changed(loop) }}{% endfor %}", EITHER),
    "caller": ("{% macro a() %}{{ caller() }}{% endmacro %}{% call a() %}{{ a }}{% endcall %}", EITHER),
    "mutable": "{{ [].append(1) }}",
    "dict call": ("{{ dict(a=1, **{'b': 2}) }}", EITHER),
    "values itself": ("{{ set(Values, 'me', Values) }}{{ Values }}", EITHER),
    "set self": ("{% set d = dict(a=1) %}{{ set(d, 'me', d) | length }}{{ d }}", EITHER),
    "set self string": ("{% set d = dict(a=1) %}{{ set(d, 'me', d) | string | length }}{{ d | toYaml }}{{ d == d }}", EITHER),
    "set self sort": ("{% set d = dict(a=1) %}{% set e = dict(a=1) %}{{ set(d, 'me', e) | length }}{{ set(e, 'me', d) | length }}{{ d == e }}", EITHER),
    "namespace": ("{% set ns = namespace() %}{% set ns.ns = ns %}{{ ns }}{{ ns.ns.ns }}", EITHER),
    "debug": "{% debug %}",
    "do": ("{% do 1 %}", EITHER),
    "trans": "{% trans %}{% endtrans %}",
    "self": ("{% block a %}{{ self.a() }}{% endblock %}", ERROR),
    "super": ("{% block a %}{{ super() }}{% endblock %}", ERROR),
    "unknown filter": "{{ 1 | nope }}",
    "context": ("{{ self }}{{ self._TemplateReference__context }}", ERROR),
    "repeat": "{{ repeat(1000000000, 'x') }}",
    "until": "{% for i in until(1000000000) %}{% endfor %}",
    "regex": ("{{ regexMatch('^(a+)+$', 'a' * 50000 ~ '!') }}", EITHER),
    "sum of texts": "{{ ['x' * 1000000] * 1000 | sum(start='') }}",
    "sum of lists": "{{ ([[1] * 1000] * 100000) | sum(start=[]) | length }}",
    "max of deep": ("{{ [1, 'a'] | max }}", ERROR),
    "dictsort": ("{{ {'a': 1, 1: 2} | dictsort }}", EITHER),
    "map attribute": ("{{ [Values] | map(attribute='__class__') | list }}", ERROR),
    "map of unknown": ("{{ [1] | map('nope') | list }}", ERROR),
    "items in a loop": ("{% for k, v in Values.items() %}{{ set(Values, k ~ k, v) }}{% endfor %}", EITHER),
}  # fmt: skip


def _bomb(levels: int) -> str:
    lines = (f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]\n" for n in range(1, levels))
    return "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(lines)


VALUES: dict[str, tuple[Callable[[], str], str]] = {
    "aliases": (lambda: _bomb(9), ERROR),
    "map aliases": (lambda: "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{" + ", ".join(f"k{k}: *a{n - 1}" for k in range(10)) + "}\n" for n in range(1, 10)), ERROR),
    "alias of itself": (lambda: "a: &a [*a]\n", ERROR),
    "merge of itself": (lambda: "a: &a {<<: *a}\n", ERROR),
    "merges": (lambda: "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [" + ", ".join([f"*a{n - 1}"] * 10) + "]}\n" for n in range(1, 10)), EITHER),
    "deep lists": (lambda: "a: " + "[" * 100_000 + "]" * 100_000, ERROR),
    "deep maps": (lambda: "{a: " * 100_000 + "}" * 100_000, ERROR),
    "deep lines": (lambda: "".join(" " * n + "a:\n" for n in range(3000)), EITHER),
    "deep dashes": (lambda: "a:\n" + "- " * 100_000, ERROR),
    "deep within": (lambda: "a: " + "[" * 900 + "]" * 900, EITHER),
    "question marks": (lambda: "? " * 100_000, ERROR),
    "open quotes": (lambda: 'a: "' + "x" * 5_000_000, ERROR),
    "long key": (lambda: "x" * 2_000_000 + ": 1", EITHER),
    "many keys": (lambda: "".join(f"k{n}: {n}\n" for n in range(100_000)), EITHER),
    "many items": (lambda: "a: [" + "1," * 500_000 + "]", EITHER),
    "many anchors": (lambda: "".join(f"k{n}: &k{n} 1\n" for n in range(100_000)), EITHER),
    "same keys": (lambda: "a: 1\n" * 100_000, EITHER),
    "long scalar": (lambda: "a: |\n" + "  x\n" * 1_000_000, EITHER),
    "folded scalar": (lambda: "a: >\n" + "  x\n\n" * 500_000, EITHER),
    "plain lines": (lambda: "a: " + "x\n  " * 1_000_000, EITHER),
    "huge number": (lambda: "a: " + "9" * 1_000_000, EITHER),
    "huge hex": (lambda: "a: 0x" + "f" * 1_000_000, EITHER),
    "sexagesimal": (lambda: "a: " + "1:" * 200_000 + "1", EITHER),
    "huge exponent": (lambda: "a: 1e999999999999", EITHER),
    "NUL": (lambda: "a: \x00", ERROR),
    "NUL escaped": (lambda: 'a: "\\0"', TEXT),
    "surrogate": (lambda: 'a: "\\ud800"', EITHER),
    "BOM": (lambda: "\ufeffa: 1", EITHER),
    "lone CR": (lambda: "a: 1\rb: 2", EITHER),
    "tabs": (lambda: "a:\n\t- 1", ERROR),
    "documents": (lambda: "---\na: 1\n" * 100_000, EITHER),
    "tags": (lambda: "a: " + "!!str " * 10_000 + "x", EITHER),
    "python tag": (lambda: "a: !!python/object/apply:os.system [id]", EITHER),
    "no map": (lambda: "- 1", ERROR),
    "keys of any type": (lambda: "1: a\n1.5: b\ntrue: c\n~: d\n[1]: e\n", EITHER),
    "directives": (lambda: "%TAG ! x\n" * 50_000 + "---\na: 1", EITHER),
    "comments": (lambda: "#" * 5_000_000 + "\na: 1", EITHER),
    "block indent": (lambda: "a: |9\n" + " " * 9 + "x", EITHER),
    "flow colons": (lambda: "a: {" + ":" * 200_000, ERROR),
}  # fmt: skip


def attacks() -> list[Attack]:
    """Return all of them; names are unique."""
    return [
        *(
            Attack(f"go: {name}", _one(text), ends, values=lambda: "a: {b: 1}\n", files=lambda: {"a": b"a" * 30})
            for name, (text, ends) in _with_ends(_go())
        ),
        *(
            Attack(f"jinja: {name}", _one(text), ends, engine="jinja2", values=lambda: 't: "{{ tpl(Values.t) }}"\n')
            for name, (text, ends) in _with_ends(_JINJA)
        ),
        *(
            Attack(
                f"values: {name}", _one("{{ toYaml .Values }}{{ .Values }}{{ toJson .Values }}"), ends, values=values
            )
            for name, (values, ends) in VALUES.items()
        ),
        *(
            Attack(
                f"jinja values: {name}", _one("{{ Values }}{{ toYaml(Values) }}"), ends, engine="jinja2", values=values
            )
            for name, (values, ends) in VALUES.items()
        ),
        *_charts(),
    ]


def _with_ends(table: Mapping[str, str | tuple[str, str]]) -> Iterable[tuple[str, tuple[str, str]]]:
    for name, entry in table.items():
        yield name, entry if isinstance(entry, tuple) else (entry, ERROR)


def _charts() -> list[Attack]:
    return [
        Attack("chart: many templates", lambda: {f"{n}.yaml": "{{ 1 }}" for n in range(1_000_000)}),
        Attack("chart: many plain templates", lambda: {f"{n}.yaml": "a" for n in range(1_000_000)}, EITHER),
        Attack("chart: many partials", lambda: {f"_{n}.tpl": f'{{{{ define "x{n}" }}}}{{{{ . }}}}{{{{ end }}}}' for n in range(300_000)} | {"a.yaml": "x"}, EITHER),
        Attack("chart: many jinja templates", lambda: {f"{n}.yaml": "{{ 1 }}" for n in range(300_000)}, EITHER, engine="jinja2"),
        Attack("chart: many defines", _one("".join(f'{{{{ define "x{n}" }}}}{{{{ . }}}}{{{{ end }}}}' for n in range(200_000))), EITHER),
        Attack("chart: invalid UTF-8", _one(b'\xff\xfe{{ "a" }}\x80{{ .Values.\xff }}'), ERROR),
        Attack("chart: invalid UTF-8 as text", _one(b'\xff\xfe{{ "a" }}\x80\x00'), TEXT),
        Attack("chart: invalid UTF-8 in a string", _one(b'{{ "\xff\xed\xa0\x80" | quote }}{{ toJson "\xff" }}{{ toYaml "\xff" }}'), TEXT),
        Attack("chart: invalid UTF-8 in jinja", _one(b'{{ "\xff" }}\xff{{ toJson("\xff") }}{{ "\xff" | upper }}{{ "\xff"|urlencode }}'), EITHER, engine="jinja2"),
        Attack("chart: every plane", lambda: {"a.yaml": "".join(f"{{{{ .Values.{chr(code)} }}}}" for code in range(0x80, 0x110000, 37) if chr(code).isalpha())}, EITHER),
        Attack("chart: every plane in jinja", lambda: {"a.yaml": "".join(f"{{{{ Values.{chr(code)} }}}}" for code in range(0x80, 0x110000, 37) if chr(code).isalpha())}, ERROR, engine="jinja2"),
        Attack("chart: every character", lambda: {f"{code}.yaml": f"{{{{ {chr(code)} }}}}" for code in range(0x80, 0x110000, 997) if not 0xD800 <= code < 0xE000}, ERROR),
        Attack("chart: big template", lambda: {"a.yaml": "x: {{ .Values.a }}\n" * 1_000_000}, EITHER),
        Attack("chart: big text", lambda: {"a.yaml": "x" * 20_000_000}, EITHER),
        Attack("chart: big files", _one('{{ range $n, $_ := .Files }}{{ $.Files.Get $n | b64enc | len }}{{ end }}{{ .Files.AsSecrets | len }}{{ .Files.AsConfig | len }}{{ .Files.Lines "big0" | len }}{{ (.Files.Glob "*").AsConfig | indent 8 | len }}'), EITHER, files=lambda: {f"big{n}": b"\xffy\n" * 1_000_000 for n in range(5)}),
        Attack("chart: v2", _one('{{ fail (repeat 100000 "x") }}'), ERROR, api="v2"),
        Attack("chart: v2 lookups", _one('{{ range until 1000000000 }}{{ lookup "v1" "Pod" "" "" }}{{ end }}'), ERROR, api="v2"),
        Attack("chart: v2 selves", _one('{{ $_ := set . "me" . }}{{ . }}{{ toYaml . }}{{ toJson . }}{{ toToml . }}'), EITHER, api="v2"),
        Attack("chart: dot printed", _one('{{ . }}{{ toYaml . }}{{ toJson . }}{{ toToml . }}{{ printf "%#v" . }}{{ $_ := set . "me" . }}{{ printf "%#v %+v %q %x %d %s" . . . . . . }}'), EITHER),
    ]  # fmt: skip
